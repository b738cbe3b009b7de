"""Why a mask deserves a look, in a word or three: the chips beside a case."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects, label

from kitsdesk.review.foreground_box import (
    Slices,
    box_of,
    foreground_box,
    slices_of,
    widened,
)
from kitsdesk.review.rows import Chip
from kitsdesk.review.suspicion import Suspicion
from trainer.contract.structures import Structure

TUMOR_ML = 1.0
KIDNEY_ML = 10.0
OUTSIDE_ML = 1.0
HOLE_ML = 1.0
NEARBY_MM = 10.0
MISFIT_SHOWN = 0.3
# Amber is rationed: below this suspicion a reason is told, but not as a warning.
WARNED_FROM = 0.4
KIDNEY_COUNTS = (1, 2)
Mask = NDArray[np.uint8]
Spacing = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class _Part:
    """Voxels that share faces: where, which, and how many ml."""

    place: Slices
    crop: NDArray[np.bool_]
    ml: float


@dataclass(frozen=True)
class Memory:
    """Which of the `learnt` folds, trained on the very mask in question, never fitted it."""

    never_fitted: tuple[str, ...]
    learnt: int

    @property
    def sentence(self) -> str:
        """Return for example "Never fitted in training by folds 0, 1, 3 of 4"."""
        folds = "fold" if len(self.never_fitted) == 1 else "folds"
        return (
            f"Never fitted in training by {folds} {', '.join(self.never_fitted)} of {self.learnt}"
        )


def reasons(
    mask: Mask | None,
    prediction: Mask | None,
    volume_spacing: Spacing,
    suspicion: Suspicion,
    memory: Memory | None = None,
) -> tuple[Chip, ...]:
    """Return the chips of a case, warnings first.

    Parameters
    ----------
    mask, prediction : working mask and held-out prediction (z, y, x) of one shape, None
        where there is none. Without a prediction only what the mask shows alone is told.
    volume_spacing : (z, y, x) in mm.
    suspicion : the case's own; a misfit of at least 0.3 and the mark become chips;
        below a value of 0.4 nothing is a warning.
    memory : what training knows of this very mask; folds that never fitted it are a reason.
    """
    chips: list[Chip] = []
    box = foreground_box([one for one in (mask, prediction) if one is not None] or [_NOTHING])
    if mask is not None and box is not None:
        within = slices_of(box)
        guess = None if prediction is None else prediction[within]
        chips += _of_masks(mask[within], guess, volume_spacing)
    if suspicion.value is not None and suspicion.value < WARNED_FROM:
        chips = [Chip(chip.text) for chip in chips]
    if memory is not None and memory.never_fitted:
        chips.append(Chip("never fitted", why=memory.sentence))
    chips += _misfit(suspicion)
    if suspicion.mark in ("by mirroring", "one member"):
        chips.append(Chip(suspicion.mark))
    return tuple(chips)


_NOTHING = np.zeros((1, 1, 1), np.uint8)


def _misfit(suspicion: Suspicion) -> list[Chip]:
    if suspicion.misfit is None:
        return []
    contradicted = suspicion.misfit >= MISFIT_SHOWN
    verb = "contradict" if contradicted else "fit"
    why = f"Networks trained on it {verb} it: misfit {suspicion.misfit:.2f}"
    if suspicion.mark == "misfit only":
        return [Chip("misfit only", why=why)]
    return [Chip("misfit", why=why)] if contradicted else []


def _of_masks(mask: Mask, prediction: Mask | None, spacing: Spacing) -> list[Chip]:
    kidneys = _parts(mask > 0, spacing)
    guessed = None if prediction is None else _parts(prediction > 0, spacing)
    found = []
    if prediction is not None and guessed is not None:
        tumor, tumor_guess = mask == Structure.TUMOR, prediction == Structure.TUMOR
        found = [
            (Chip("tumor missed", "warning"), _has_lone_part(tumor_guess, tumor, spacing)),
            (Chip("kidney missed", "warning"), _has_untouched_part(guessed, mask, KIDNEY_ML)),
            (Chip("tumor not predicted"), _has_lone_part(tumor, tumor_guess, spacing)),
            (Chip("outside kidneys"), _has_untouched_part(kidneys, prediction, OUTSIDE_ML)),
        ]
    found += [
        (Chip("kidney count"), _odd_kidney_count(kidneys, guessed)),
        (Chip("holes"), _has_holes(kidneys, prediction, spacing)),
    ]
    return [chip for chip, holds in found if holds]


def _parts(voxels: NDArray[np.bool_], spacing: Spacing) -> list[_Part]:
    """Return the parts that share faces; crumbs below the smallest of all limits are no part."""
    voxel_ml = math.prod(spacing) / 1000.0
    labels, _ = label(voxels)
    sizes = np.bincount(labels.ravel()) * voxel_ml
    places: list[Any] = find_objects(labels)
    smallest = min(TUMOR_ML, KIDNEY_ML, OUTSIDE_ML, HOLE_ML) - 1e-9
    return [
        _Part(place, labels[place] == number, float(sizes[number]))
        for number, place in enumerate(places, start=1)
        if sizes[number] >= smallest
    ]


def _has_lone_part(voxels: NDArray[np.bool_], other: NDArray[np.bool_], spacing: Spacing) -> bool:
    """Return whether a part of tumor size has nothing of `other` within 10 mm of its box."""
    margin = [math.ceil(NEARBY_MM / step) for step in spacing]
    return any(
        not other[slices_of(widened(box_of(part.place), margin, other.shape))].any()
        for part in _parts(voxels, spacing)
        if part.ml >= TUMOR_ML - 1e-9
    )


def _has_untouched_part(parts: list[_Part], other: Mask, smallest_ml: float) -> bool:
    """Return whether a part of at least this size shares no voxel with the foreground."""
    return any(
        part.ml >= smallest_ml - 1e-9 and not other[part.place][part.crop].any() for part in parts
    )


def _odd_kidney_count(kidneys: list[_Part], guessed: list[_Part] | None) -> bool:
    """Without a prediction, none or more than two are odd; with one, what it does not share."""
    count = sum(part.ml >= KIDNEY_ML for part in kidneys)
    if guessed is None:
        return count not in KIDNEY_COUNTS
    predicted = sum(part.ml >= KIDNEY_ML for part in guessed)
    return count != predicted and (count not in KIDNEY_COUNTS or predicted in KIDNEY_COUNTS)


def _has_holes(kidneys: list[_Part], prediction: Mask | None, spacing: Spacing) -> bool:
    """Return whether a part encloses background that the prediction, if any, calls kidney.

    The renal sinus is sometimes closed off in a correct mask: without a prediction to
    contradict it, a hole must take a tenth of its kidney.
    """
    return any(
        hole.ml >= HOLE_ML
        and (hole.ml >= 0.1 * part.ml if prediction is None else _filled(hole, part, prediction))
        for part in kidneys
        for hole in _holes(part, spacing)
    )


def _holes(part: _Part, spacing: Spacing) -> list[_Part]:
    """Return the enclosed background of a part, placed in its padded crop."""
    outside = _parts(~np.pad(part.crop, 1), spacing)
    return [hole for hole in outside if all(edge.start > 0 for edge in hole.place)]


def _filled(hole: _Part, part: _Part, prediction: Mask) -> bool:
    inner = np.pad(prediction[part.place] > 0, 1)
    return bool(inner[hole.place][hole.crop].mean() >= 0.5)
