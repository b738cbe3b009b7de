"""Where a mask and a prediction contradict each other, part by part, largest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, find_objects, label

from kitsdesk.review.fold_patterns import FoldPattern
from kitsdesk.review.foreground_box import Box, Slices, box_of, foreground_box, slices_of
from kitsdesk.review.kidney_sides import KidneySides, Pole, Side, kidney_sides
from trainer.contract.structures import Structure
from trainer.imaging.volume import Volume

SMALLEST_ML = 0.1
_KINDS: tuple[tuple[Structure, bool], ...] = (
    (Structure.KIDNEY, True),
    (Structure.KIDNEY, False),
    (Structure.TUMOR, True),
    (Structure.TUMOR, False),
)
Mask = NDArray[np.uint8]
Votes = Callable[[int], NDArray[Any] | None]


@dataclass(frozen=True, eq=False)
class Disagreement:
    """One connected part that mask and prediction see differently.

    `structure` is 1 (kidney: foreground or not) or 2 (tumor or not). `crop` is boolean
    (z, y, x) and lies at `box` (z0, z1, y0, y1, x0, x1); `centre` is a (z, y, x) index of
    the volume inside it, deep in its largest axial slice. HU are means, over the part and
    over what both call kidney (None without any). `folds_agree` of `folds` say here what
    the prediction says, `held_out` of them had not seen the case; None where not known.
    `fold_pattern` says it fold by fold, empty where it was not asked for.
    `parts` are the boundary differences that an entry of `boundaries.gathered` stands for;
    `crumbs` is how many parts below 0.1 ml this one is all of, 0 for a part of its own.
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
    parts: tuple[Disagreement, ...] = ()
    crumbs: int = 0
    fold_pattern: FoldPattern = ()


def find_disagreements(
    reference: Mask,
    prediction: Mask,
    volume: Volume,
    votes_by_structure: Votes | None = None,
    *,
    folds: int | None = None,
    held_out: int | None = None,
) -> list[Disagreement]:
    """Return the parts of at least 0.1 ml where two masks differ, largest first.

    No voxel is in two of them: where either says tumor and the other does not, it is a
    tumor disagreement, else foreground against background is a kidney disagreement. Kidney
    against cyst is none, as no Dice sees it. Voxels that share a face are one part.

    Parameters
    ----------
    reference, prediction : masks (z, y, x) on the grid of `volume`, a CT in HU.
    votes_by_structure : gives how many folds say 1 (kidney, meaning all foreground) or 2
        (tumor) at each voxel (z, y, x), or None where that is not known.
    folds : the number of folds that voted; held_out : those that had not seen the case.
    """
    box = foreground_box([reference, prediction])
    if box is None:
        return []
    within = slices_of(box)
    codes = _codes(reference[within], prediction[within])
    parts = _parts(codes, SMALLEST_ML / volume.voxel_ml)
    if not parts:
        return []
    sides = kidney_sides(volume, [reference, prediction])
    kidney = _kidney_hu(reference[within], prediction[within], volume.array[within])
    count = _VoteCount(votes_by_structure, folds, held_out)
    return [_describe(part, box, volume, sides, kidney, count) for part in parts]


def crumbs_beside(
    found: Sequence[Disagreement], reference: Mask, prediction: Mask, volume: Volume
) -> list[Disagreement]:
    """Return what differs beside `found`, the parts below 0.1 ml: one entry per structure and
    direction, each of many pieces.

    With them the volumes of all entries add up to all that Kidney and Tumor Dice see differ.
    """
    box = foreground_box([reference, prediction])
    if box is None:
        return []
    within = slices_of(box)
    codes = _codes(reference[within], prediction[within])
    for part in found:
        lows = (box[0], box[0], box[2], box[2], box[4], box[4])
        inner = [edge - low for edge, low in zip(part.box, lows, strict=True)]
        place = slices_of((inner[0], inner[1], inner[2], inner[3], inner[4], inner[5]))
        codes[place][part.crop] = 0
    sides = kidney_sides(volume, [reference, prediction])
    nobody = _VoteCount(None, None, None)
    crumbs = []
    places: list[Any] = find_objects(codes, max_label=len(_KINDS))
    for kind, place in enumerate(places):
        if place is None:
            continue
        crop = codes[place] == kind + 1
        whole = _Part(kind, int(np.count_nonzero(crop)), crop, place)
        told = _describe(whole, box, volume, sides, None, nobody)
        crumbs.append(replace(told, crumbs=int(label(crop)[1])))
    return crumbs


def agrees(found: Disagreement, mask_crop: Mask, source_crop: Mask) -> bool:
    """Return whether the mask already is, in the whole part, what the source says there."""
    return bool(np.array_equal(mask_crop[found.crop], source_crop[found.crop]))


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
        self._number = folds or 0
        self._held_out = held_out
        self._asked: dict[int, NDArray[Any] | None] = {}

    def about(
        self, structure: int, present: bool, within: Slices, crop: NDArray[np.bool_]
    ) -> tuple[int | None, int | None, int | None]:
        """Return the folds that agree, all folds, and those that had not seen the case."""
        if structure not in self._asked:
            self._asked[structure] = None if self._votes is None else self._votes(structure)
        votes = self._asked[structure]
        if votes is None:
            return None, None, None
        said = float(votes[within][crop].mean())
        agreeing = said if present else self._number - said
        rounded = int(np.clip(np.floor(agreeing + 0.5), 0, self._number))
        return rounded, self._number, self._held_out


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
    centre = _centre(part.crop, box, volume.spacing[1:])
    side = sides.side_of(centre[2])
    agreeing, folds, held_out = count.about(int(structure), prediction_only, within, part.crop)
    return Disagreement(
        structure=int(structure),
        prediction_only=prediction_only,
        ml=part.voxels * volume.voxel_ml,
        box=box,
        crop=part.crop,
        centre=centre,
        mean_hu=float(volume.array[within][part.crop].mean(dtype=np.float64)),
        kidney_hu=kidney_hu,
        folds_agree=agreeing,
        folds=folds,
        held_out=held_out,
        side=side,
        pole=sides.pole_of(side, box[0], box[1], centre[0]),
    )


def _centre(crop: NDArray[np.bool_], box: Box, pixel: tuple[float, ...]) -> tuple[int, int, int]:
    """Return the deepest voxel (`pixel` is its size (y, x) in mm) of the largest axial slice:
    the centre of gravity of a crescent lies outside it."""
    z = int(np.count_nonzero(crop, axis=(1, 2)).argmax())
    depth = distance_transform_edt(np.pad(crop[z], 1), sampling=pixel)[1:-1, 1:-1]
    y, x = (int(value) for value in np.unravel_index(int(depth.argmax()), depth.shape))
    return (z + box[0], y + box[2], x + box[4])
