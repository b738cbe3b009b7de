"""What a training set is like: grids, and the HU inside its masks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from trainer.datasets.training_set import TrainingSet
from trainer.imaging.mask_file import read_mask
from trainer.imaging.reader import read_image

_LOWEST, _HIGHEST = -32768, 32767


class Fingerprint(BaseModel):
    """Medians over the cases, (z, y, x) with spacing in mm, and the HU of all foreground
    voxels of all cases: percentiles 0.5 and 99.5, mean and standard deviation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cases: int
    median_spacing: tuple[float, float, float]
    median_shape: tuple[int, int, int]
    foreground_voxels: int
    percentile_00_5: float
    percentile_99_5: float
    mean: float
    deviation: float


def take_fingerprint(
    training_set: TrainingSet, progress: Callable[[int, int, str], None] | None = None
) -> Fingerprint:
    """Read every case and describe the set; HU are counted in whole numbers.

    Raises
    ------
    UnreadableImage, GeometryMismatch : a case cannot be read.
    """
    counts = np.zeros(_HIGHEST - _LOWEST + 1, np.int64)
    spacings, shapes = [], []
    for done, case in enumerate(training_set.cases, start=1):
        image = read_image(case.image)
        mask = read_mask(case.mask, like=image.geometry)
        inside = np.rint(image.array[mask.array > 0]).astype(np.int64)
        counts += np.bincount(np.clip(inside, _LOWEST, _HIGHEST) - _LOWEST, minlength=len(counts))
        spacings.append(image.spacing)
        shapes.append(image.shape)
        if progress is not None:
            progress(done, len(training_set.cases), case.id)
    spacing = np.median(spacings, axis=0).tolist()
    # The median shape is that of the cases resampled to the median spacing.
    resampled = np.array(shapes) * np.array(spacings) / np.array(spacing)
    shape = np.rint(np.median(resampled, axis=0)).astype(int).tolist()
    return Fingerprint(
        cases=len(training_set.cases),
        median_spacing=spacing,
        median_shape=shape,
        **_intensities(counts),
    )


def _intensities(counts: NDArray[np.int64]) -> dict[str, float]:
    """Return percentiles, mean and deviation of a histogram over whole HU."""
    total = int(counts.sum())
    values = np.arange(_LOWEST, _HIGHEST + 1)
    cumulated = np.cumsum(counts)
    low, high = (int(values[np.searchsorted(cumulated, share * total)]) for share in (0.005, 0.995))
    mean = float((counts * values).sum() / max(1, total))
    variance = float((counts * (values - mean) ** 2).sum() / max(1, total))
    return {
        "foreground_voxels": total,
        "percentile_00_5": low,
        "percentile_99_5": high,
        "mean": round(mean, 2),
        "deviation": round(variance**0.5, 2),
    }
