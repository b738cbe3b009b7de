"""What a training set is like: grids, and the HU inside its masks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.contract.errors import KitsDeskError
from trainer.contract.training_plan import Fingerprint
from trainer.datasets.broken_cases import BrokenCase, reason_of, require_none_broken
from trainer.datasets.training_set import TrainingSet
from trainer.imaging.mask_file import read_mask
from trainer.imaging.reader import read_image
from trainer.preprocessing.prepare import nonzero_box

_LOWEST, _HIGHEST = -32768, 32767


class NothingToLearn(KitsDeskError):
    """No mask of a training set has any structure."""


def take_fingerprint(
    training_set: TrainingSet, progress: Callable[[int, int, str], None] | None = None
) -> Fingerprint:
    """Read every case and describe the set; HU are counted in whole numbers.

    As in nnU-Net the shape is that of the box that holds every voxel other than 0 HU.

    Raises
    ------
    BrokenTrainingSet : naming every case that cannot be read.
    NothingToLearn : no mask has any structure.
    """
    counts = np.zeros(_HIGHEST - _LOWEST + 1, np.int64)
    spacings, shapes, broken = [], [], []
    for done, case in enumerate(training_set.cases, start=1):
        try:
            image = read_image(case.image)
            mask = read_mask(case.mask, like=image.geometry)
        except KitsDeskError as error:
            broken.append(BrokenCase(case.id, reason_of(error)))
            continue
        inside = np.rint(image.array[mask.array > 0]).astype(np.int64)
        counts += np.bincount(np.clip(inside, _LOWEST, _HIGHEST) - _LOWEST, minlength=len(counts))
        spacings.append(image.spacing)
        shapes.append([high - low for low, high in nonzero_box(image.array)])
        if progress is not None:
            progress(done, len(training_set.cases), case.id)
    require_none_broken(broken, len(training_set.cases))
    if not counts.any():
        raise NothingToLearn(
            "No mask of these cases has a kidney or a tumor.", advice="Choose other cases."
        )
    return Fingerprint(
        **describe_grids(spacings, shapes),
        foreground_voxels=int(counts.sum()),
        **_intensities(counts),
    )


def describe_grids(
    spacings: Sequence[Sequence[float]], shapes: Sequence[Sequence[int]]
) -> dict[str, Any]:
    """Return number of cases, median spacing (mm) and median shape, (z, y, x).

    The median shape is that of the cases resampled to the median spacing, not rounded.
    """
    spacing = np.median(spacings, axis=0)
    shape = np.median(np.array(shapes) * np.array(spacings) / spacing, axis=0)
    return {
        "cases": len(shapes),
        "median_spacing": spacing.round(6).tolist(),
        "median_shape": shape.round(3).tolist(),
    }


def _intensities(counts: NDArray[np.int64]) -> dict[str, float]:
    """Return percentiles, mean and deviation of a histogram over whole HU."""
    total = int(counts.sum())
    values = np.arange(_LOWEST, _HIGHEST + 1)
    cumulated = np.cumsum(counts)
    low, high = (int(values[np.searchsorted(cumulated, share * total)]) for share in (0.005, 0.995))
    mean = float((counts * values).sum() / total)
    variance = float((counts * (values - mean) ** 2).sum() / total)
    return {
        "percentile_00_5": low,
        "percentile_99_5": high,
        "mean": round(mean, 2),
        "deviation": round(variance**0.5, 2),
    }
