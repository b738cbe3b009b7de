"""Which kidney and tumor volumes are unlike those of the other cases of the data set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kitsdesk.review.rows import Chip
from trainer.contract.structures import Structure

FARTHEST = 3.5
"""Of the modified z-score: Iglewicz and Hoaglin, How to detect and handle outliers (1993)."""
TO_SIGMA = 0.6745
LEAST_CASES = 12
SMALLEST_SPREAD = 0.1
"""In logarithms, about 10 %: among cases that are all alike nothing closer is an outlier."""


@dataclass(frozen=True)
class MaskVolumes:
    """What a working mask holds, in ml: kidney tissue (cysts with it) and tumor."""

    kidney: float
    tumor: float


@dataclass(frozen=True)
class _Norm:
    middle: float
    spread: float
    ml: float

    def score(self, ml: float) -> float:
        return TO_SIGMA * (float(np.log(ml)) - self.middle) / self.spread


class VolumeNorms:
    """The middle and spread of the volumes of a data set, of those that are not 0."""

    def __init__(self, volumes: Iterable[MaskVolumes]) -> None:
        known = list(volumes)
        self._kidney = _norm([found.kidney for found in known])
        self._tumor = _norm([found.tumor for found in known])

    def chips(self, found: MaskVolumes) -> tuple[Chip, ...]:
        """Return "outlier volume" for a kidney or tumor volume whose logarithm lies more than
        3.5 robust standard deviations from the median of at least 12 cases.

        Logarithms, as tumors of one data set go from 4 to 1,460 ml; the 21 KiTS19 masks at
        hand reach 2.6 at most.
        """
        for norm, ml, name in (
            (self._kidney, found.kidney, "Kidney tissue"),
            (self._tumor, found.tumor, "The tumor"),
        ):
            if norm is not None and ml > 0 and abs(norm.score(ml)) > FARTHEST:
                why = f"{name} has {ml:.1f} ml, half of the cases have less than {norm.ml:.1f}"
                return (Chip("outlier volume", why=why),)
        return ()


def mask_volumes(mask: NDArray[np.uint8], voxel_ml: float) -> MaskVolumes:
    """Return what a mask (any shape) of voxels of `voxel_ml` holds."""
    tumor = int(np.count_nonzero(mask == Structure.TUMOR))
    whole = int(np.count_nonzero(mask))
    return MaskVolumes((whole - tumor) * voxel_ml, tumor * voxel_ml)


def _norm(volumes: list[float]) -> _Norm | None:
    logs = np.log([ml for ml in volumes if ml > 0])
    if len(logs) < LEAST_CASES:
        return None
    middle = float(np.median(logs))
    spread = max(float(np.median(np.abs(logs - middle))), TO_SIGMA * SMALLEST_SPREAD)
    return _Norm(middle, spread, float(np.exp(middle)))
