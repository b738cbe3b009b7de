"""Where a mask and a prediction contradict each other, part by part, largest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects, label

from kitsdesk.review.foreground_box import Box, Slices, box_of, foreground_box, slices_of
from kitsdesk.review.kidney_sides import KidneySides, Pole, Side, kidney_sides
from trainer.contract.structures import Structure
from trainer.imaging.volume import Volume

SMALLEST_ML = 0.1
AT_MOST = 60
_KINDS: tuple[tuple[Structure, bool], ...] = (
    (Structure.KIDNEY, True),
    (Structure.KIDNEY, False),
    (Structure.TUMOR, True),
    (Structure.TUMOR, False),
)
Mask = NDArray[np.uint8]
Votes = Callable[[int], NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Disagreement:
    """One connected part that mask and prediction see differently.

    `structure` is 1 (kidney: foreground or not) or 2 (tumor or not). `crop` is boolean
    (z, y, x) and lies at `box` (z0, z1, y0, y1, x0, x1); `centre` is a (z, y, x) index of
    the volume inside it. HU are means, over the part and over what both call kidney (None
    without any). `folds_agree` of `folds` say here what the prediction says, `held_out`
    of them had not seen the case; None where that is not known.
    """

    structure: int
    prediction_only: bool
    ml: float
    box: Box
    crop: NDArray[np.bool_]
    centre: tuple[int, int, int]
    mean_hu: float
    kidney_hu: float | None
    folds_agree: int | None
    folds: int | None
    held_out: int | None
    side: Side
    pole: Pole


def find_disagreements(
    reference: Mask,
    prediction: Mask,
    volume: Volume,
    votes_by_structure: Votes | None = None,
    *,
    folds: int | None = None,
    held_out: int | None = None,
) -> list[Disagreement]:
    """Return the parts of at least 0.1 ml where two masks differ, largest first, at most 60.

    No voxel is in two of them: where either says tumor and the other does not, it is a
    tumor disagreement, else foreground against background is a kidney disagreement. Kidney
    against cyst is none, as no Dice sees it. Voxels that share a face are one part.

    Parameters
    ----------
    reference, prediction : masks (z, y, x) on the grid of `volume`, a CT in HU.
    votes_by_structure : gives, for a structure (0 or 2 are asked for), how many folds say
        exactly that structure at each voxel (z, y, x).
    folds : the number of folds that voted; held_out : those that had not seen the case.
    """
    box = foreground_box([reference, prediction])
    if box is None:
        return []
    within = slices_of(box)
    codes = _codes(reference[within], prediction[within])
    parts = _parts(codes, SMALLEST_ML / volume.voxel_ml)[:AT_MOST]
    if not parts:
        return []
    sides = kidney_sides(volume, [reference, prediction])
    kidney = _kidney_hu(reference[within], prediction[within], volume.array[within])
    count = _VoteCount(votes_by_structure, folds, held_out)
    return [_describe(part, box, volume, sides, kidney, count) for part in parts]


def take(found: Disagreement, mask: Mask, source: Mask) -> Mask:
    """Return what `mask` becomes inside `found.box` when `source` is right about the part.

    `source` is the prediction (take prediction) or the reference (keep reference). All are
    (z, y, x) of one shape; the result is a new crop, everything outside the part as it was.
    """
    within = slices_of(found.box)
    crop = mask[within].copy()
    crop[found.crop] = source[within][found.crop]
    return crop


def agrees(found: Disagreement, mask: Mask, source: Mask) -> bool:
    """Return whether `mask` already is, in the whole part, what `source` says there."""
    within = slices_of(found.box)
    return bool(np.array_equal(mask[within][found.crop], source[within][found.crop]))


@dataclass(frozen=True)
class _Part:
    """One component inside the foreground box, not yet described."""

    kind: int
    voxels: int
    crop: NDArray[np.bool_]
    place: Slices


class _VoteCount:
    """How many folds say what the prediction says, asked once per structure."""

    def __init__(self, votes: Votes | None, folds: int | None, held_out: int | None) -> None:
        self._votes = votes if folds else None
        self.folds = folds if self._votes is not None else None
        self.held_out = held_out if self._votes is not None else None
        self._asked: dict[int, NDArray[Any]] = {}

    def agree(self, structure: int, present: bool, within: Slices, crop: Any) -> int | None:
        if self._votes is None or self.folds is None:
            return None
        # Foreground has no vote of its own: it is what the folds do not call background.
        kidney = structure == Structure.KIDNEY
        asked = int(Structure.BACKGROUND) if kidney else structure
        if asked not in self._asked:
            self._asked[asked] = self._votes(asked)
        said = float(self._asked[asked][within][crop].mean())
        agreeing = said if kidney != present else self.folds - said
        return int(np.clip(np.floor(agreeing + 0.5), 0, self.folds))


def _codes(reference: Mask, prediction: Mask) -> NDArray[np.uint8]:
    """Return 0 where the masks agree, else 1 + the place in `_KINDS`."""
    wants, has = prediction > 0, reference > 0
    tumor_wanted, tumor_there = prediction == Structure.TUMOR, reference == Structure.TUMOR
    codes = np.zeros(reference.shape, np.uint8)
    codes[wants & ~has] = 1
    codes[has & ~wants] = 2
    codes[tumor_wanted & ~tumor_there] = 3
    codes[tumor_there & ~tumor_wanted] = 4
    return codes


def _parts(codes: NDArray[np.uint8], smallest: float) -> list[_Part]:
    parts = []
    places: list[Any] = find_objects(codes, max_label=len(_KINDS))
    for kind, place in enumerate(places):
        if place is None:
            continue
        labels, _ = label(codes[place] == kind + 1)
        sizes = np.bincount(labels.ravel())
        start = [edge.start for edge in place]
        for number, inner in enumerate(find_objects(labels), start=1):
            # Rounding of the quotient must not drop a part of exactly 0.1 ml.
            if sizes[number] >= smallest - 1e-6:
                moved = slices_of(box_of(inner, start))
                parts.append(_Part(kind, int(sizes[number]), labels[inner] == number, moved))
    return sorted(parts, key=lambda part: (-part.voxels, part.kind, part.place[0].start))


def _kidney_hu(reference: Mask, prediction: Mask, hu: NDArray[Any]) -> float | None:
    kidney = (reference == Structure.KIDNEY) & (prediction == Structure.KIDNEY)
    return float(hu[kidney].mean(dtype=np.float64)) if kidney.any() else None


def _describe(
    part: _Part,
    outer: Box,
    volume: Volume,
    sides: KidneySides,
    kidney_hu: float | None,
    count: _VoteCount,
) -> Disagreement:
    structure, prediction_only = _KINDS[part.kind]
    box = box_of(part.place, (outer[0], outer[2], outer[4]))
    within = slices_of(box)
    centre = _centre(part.crop, box, volume.spacing)
    side = sides.side_of(centre[2])
    return Disagreement(
        structure=int(structure),
        prediction_only=prediction_only,
        ml=part.voxels * volume.voxel_ml,
        box=box,
        crop=part.crop,
        centre=centre,
        mean_hu=float(volume.array[within][part.crop].mean(dtype=np.float64)),
        kidney_hu=kidney_hu,
        folds_agree=count.agree(int(structure), prediction_only, within, part.crop),
        folds=count.folds,
        held_out=count.held_out,
        side=side,
        pole=sides.pole_of(side, box[0], box[1], centre[0]),
    )


def _centre(
    crop: NDArray[np.bool_], box: Box, spacing: tuple[float, float, float]
) -> tuple[int, int, int]:
    """Return the voxel of the part that is nearest, in mm, to its centre of gravity: in a
    crescent the centre of gravity itself lies outside."""
    places = np.argwhere(crop)
    offset = (places - places.mean(axis=0)) * spacing
    z, y, x = (int(value) for value in places[np.einsum("ij,ij->i", offset, offset).argmin()])
    return (z + box[0], y + box[2], x + box[4])
