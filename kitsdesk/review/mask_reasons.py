"""Reasons that a mask and its prediction show: each a rule in ml and mm with its ground.

The limits were set on the 21 KiTS19 masks at hand and the 21 KiTS23 masks of the same
patients (read as right masks): each lies beyond everything that these contain.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from kitsdesk.review.mask_parts import (
    MaskPart,
    Spacing,
    distance_mm,
    enclosed,
    enclosed_per_slice_ml,
    is_near,
    parts_of,
)
from kitsdesk.review.rows import Chip
from trainer.contract.structures import Structure

TUMOR_ML = 1.0
"""The smallest tumor of KiTS is about 1 cm across, 0.5 ml; twice that is no outline's doubt."""
NEARBY_MM = 10.0
KIDNEY_ML = 10.0
"""A shrunken kidney of an adult still has some 30 ml; no other part of the 42 masks has 0.2."""
OUTSIDE_ML = 1.0
FAR_ML, FAR_MM = 0.5, 10.0
"""The largest separate part of the 42 masks has 0.13 ml and lies 5.8 mm from its kidney."""
HOLE_ML = 1.0
TUMOR_HOLES_ML = 0.5
"""In axial slices the tumors of the 42 masks enclose 0.06 ml of background at most, while a
tumor segmented by threshold (KiTS19 cases 42 and 114) is full of it."""
KIDNEY_COUNTS = (1, 2)
Mask = NDArray[np.uint8]


def mask_chips(mask: Mask, prediction: Mask | None, spacing: Spacing) -> list[Chip]:
    """Return the reasons in a working mask (z, y, x), and against its prediction if any.

    Warnings come first. `spacing` is (z, y, x) in mm; both masks have one shape.
    """
    found = _Compared(mask, prediction, spacing)
    rules: tuple[Callable[[], Chip | None], ...] = (
        found.tumor_missed,
        found.kidney_missed,
        found.tumor_only_in_mask,
        found.outside_kidneys,
        found.kidney_count,
        found.holes,
    )
    return [chip for rule in rules if (chip := rule()) is not None]


class _Compared:
    """Mask and prediction with their parts, and one method per reason."""

    def __init__(self, mask: Mask, prediction: Mask | None, spacing: Spacing) -> None:
        self._mask, self._prediction, self._spacing = mask, prediction, spacing
        smallest = min(KIDNEY_ML, OUTSIDE_ML, FAR_ML, HOLE_ML)
        self._parts = parts_of(mask > 0, spacing, smallest)
        self._guessed: list[MaskPart] | None = None
        if prediction is not None:
            self._guessed = parts_of(prediction > 0, spacing, smallest)

    def tumor_missed(self) -> Chip | None:
        """A predicted tumor of 1 ml with none of the mask's within 10 mm.

        "tumor missed" where the mask has no tumor at all, which no KiTS patient lacks, else
        "tumor only in prediction".
        """
        if self._prediction is None:
            return None
        tumor = self._mask == Structure.TUMOR
        ml = self._lone_ml(self._prediction == Structure.TUMOR, tumor)
        if not ml:
            return None
        where = "within 10 mm of it" if tumor.any() else "anywhere"
        why = f"The prediction has a tumor of {ml:.1f} ml, the mask has none {where}"
        return Chip("tumor only in prediction" if tumor.any() else "tumor missed", "warning", why)

    def kidney_missed(self) -> Chip | None:
        """A predicted kidney (10 ml) of which the mask has not one voxel."""
        ml = _untouched_ml(self._guessed or [], self._mask, KIDNEY_ML)
        why = f"The prediction has a kidney of {ml:.0f} ml where the mask has nothing"
        return Chip("kidney missed", "warning", why) if ml else None

    def tumor_only_in_mask(self) -> Chip | None:
        """A tumor of 1 ml in the mask with none of the prediction's within 10 mm."""
        if self._prediction is None:
            return None
        tumor = self._mask == Structure.TUMOR
        ml = self._lone_ml(tumor, self._prediction == Structure.TUMOR)
        why = f"The mask has a tumor of {ml:.1f} ml that the prediction does not see"
        return Chip("tumor only in mask", why=why) if ml else None

    def outside_kidneys(self) -> Chip | None:
        """A part of 0.5 ml more than 10 mm from every kidney, or of 1 ml unknown to the
        prediction.

        Kidneys are the parts of 10 ml of the prediction; without one the two largest of the
        mask, as nobody has three.
        """
        kidneys = self._kidneys()
        for part in self._parts:
            if part.ml < FAR_ML - 1e-9 or not kidneys or part in kidneys:
                continue
            away = distance_mm(part, kidneys, self._spacing)
            if away > FAR_MM:
                why = f"A part of {part.ml:.1f} ml lies {away:.0f} mm from any kidney"
                return Chip("far from any kidney", "warning", why)
        if self._prediction is None:
            return None
        ml = _untouched_ml(self._parts, self._prediction, OUTSIDE_ML)
        why = f"A part of {ml:.1f} ml lies where the prediction has no kidney"
        return Chip("outside kidneys", why=why) if ml else None

    def kidney_count(self) -> Chip | None:
        """Neither one nor two parts of 10 ml, unless the prediction counts as many.

        One is an operated patient or a horseshoe kidney; where both counts are possible they
        must be the same.
        """
        count = sum(part.ml >= KIDNEY_ML for part in self._parts)
        if self._guessed is None:
            odd, beside = count not in KIDNEY_COUNTS, ""
        else:
            predicted = sum(part.ml >= KIDNEY_ML for part in self._guessed)
            odd = count != predicted
            odd &= count not in KIDNEY_COUNTS or predicted in KIDNEY_COUNTS
            beside = f", the prediction {predicted}"
        kidneys = "1 part" if count == 1 else f"{count} parts"
        why = f"The mask has {kidneys} of kidney size{beside}"
        return Chip("kidney count", why=why) if odd else None

    def holes(self) -> Chip | None:
        """Background enclosed by a kidney (1 ml in 3D) or a tumor (0.5 ml in its slices).

        A closed renal sinus is right: a hole of a kidney counts where the prediction fills
        half of it; without a prediction it must take a tenth of its kidney. Of a tumor, what
        it encloses is tumor, necrosis too.
        """
        for part in self._parts:
            for hole in enclosed(part, self._spacing, HOLE_ML):
                if self._is_fault(hole, part):
                    return Chip("holes", why=f"The kidney has a hole of {hole.ml:.1f} ml")
        tumor = self._mask == Structure.TUMOR
        ml = enclosed_per_slice_ml(tumor, self._mask, self._spacing)
        why = f"The tumor encloses {ml:.1f} ml of background, as a threshold leaves it"
        return Chip("holes", why=why) if ml >= TUMOR_HOLES_ML else None

    def _is_fault(self, hole: MaskPart, part: MaskPart) -> bool:
        if self._prediction is None:
            return hole.ml >= 0.1 * part.ml
        inner = np.pad(self._prediction[part.place] > 0, 1)
        return bool(inner[hole.place][hole.crop].mean() >= 0.5)

    def _kidneys(self) -> list[MaskPart]:
        if self._guessed is not None:
            return [part for part in self._guessed if part.ml >= KIDNEY_ML]
        large = sorted(self._parts, key=lambda part: -part.ml)[:2]
        return [part for part in large if part.ml >= KIDNEY_ML]

    def _lone_ml(self, voxels: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
        """Return the ml of the largest part of tumor size far from `other`, 0 for none."""
        found = parts_of(voxels, self._spacing, TUMOR_ML)
        lone = [p.ml for p in found if not is_near(p, other, self._spacing, NEARBY_MM)]
        return max(lone, default=0.0)


def _untouched_ml(parts: list[MaskPart], other: Mask, smallest_ml: float) -> float:
    """Return the ml of the largest part that shares no voxel with the foreground, 0 for none."""
    alone = [
        part.ml
        for part in parts
        if part.ml >= smallest_ml - 1e-9 and not other[part.place][part.crop].any()
    ]
    return max(alone, default=0.0)
