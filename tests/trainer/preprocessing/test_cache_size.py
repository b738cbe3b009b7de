"""What the cache of all of KiTS19 takes on disk, extrapolated from one real-size case."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from trainer.preprocessing.cached_case import CaseRecord, write_case

# KiTS19 at 3.2164×1.6153×1.6153 mm: all 210 cases, and the median case (100×248×248 of
# 107×512×512 at 3×0.78×0.78 mm) of whose voxels 0.78 % are kidney or tumor.
ALL_VOXELS = 1.687e9
CASES = 210
MEDIAN_SHAPE = (100, 248, 248)
FOREGROUND = 0.0078
ALLOWED = 4.0e9


def bytes_on_disk(folder: Path) -> int:
    """Return what the files take, whole blocks of 4096 bytes counted."""
    return sum(-(-path.stat().st_size // 4096) * 4096 for path in folder.iterdir())


@pytest.mark.parametrize("times_median", [1, 2])
def test_all_of_kits19_fits_in_four_gigabytes(tmp_path: Path, times_median: int) -> None:
    voxels = int(np.prod(MEDIAN_SHAPE))
    image = np.random.default_rng(0).normal(0, 1, MEDIAN_SHAPE).astype(np.float32)
    mask = np.zeros(MEDIAN_SHAPE, np.uint8)
    foreground = round(voxels * FOREGROUND * times_median)
    mask.ravel()[:foreground] = 1
    mask.ravel()[: foreground // 8] = 2
    record = CaseRecord(
        image_hash="i", mask_hash="m", plan_hash="p", shape=MEDIAN_SHAPE, structures=(1, 2)
    )
    write_case(tmp_path / "case", record, image, mask)
    per_voxel = bytes_on_disk(tmp_path / "case") / voxels
    assert per_voxel == pytest.approx(2 + 1 / 4 + 4 * FOREGROUND * times_median, rel=5e-3)
    hashes = CASES * 4096
    assert per_voxel * ALL_VOXELS + hashes <= ALLOWED
