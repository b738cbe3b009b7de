"""kill -9 at each step of `safe_write`: one process stands still there, another one looks."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest
from stopped_process import go_on, kill_9, stopped_at

from trainer.imaging.geometry import Geometry
from trainer.imaging.mask_file import read_mask, write_mask

GRID = Geometry((40, 50, 60), (0.8, 0.8, 3.0), (1.0, 2.0, 3.0), (1.0, 0, 0, 0, 1.0, 0, 0, 0, 1.0))
WRITER = """
import sys
from pathlib import Path
import numpy as np
from trainer.imaging.mask_file import read_mask, write_mask
path, new = Path(sys.argv[1]), np.load(sys.argv[2])
write_mask(path, new, read_mask(path).geometry)
"""
BEFORE_THE_RENAME = (
    "safe_write.begun",
    "write_nifti.voxels",
    "safe_write.written",
    "safe_write.verified",
    "safe_write.synced",
)
AFTER_IT = ("safe_write.renamed", "safe_write.done")


def mask(seed: int) -> np.ndarray:
    """Noise of three values: gzip cannot make it small."""
    return np.random.default_rng(seed).integers(0, 4, (60, 50, 40)).astype(np.uint8)


@pytest.fixture
def path(tmp_path) -> Path:
    write_mask(tmp_path / "case" / "r0001.nii.gz", mask(1), GRID)
    np.save(tmp_path / "new.npy", mask(2))
    return tmp_path / "case" / "r0001.nii.gz"


def writer(path: Path) -> tuple[str, ...]:
    return ("-c", WRITER, str(path), str(path.parent.parent / "new.npy"))


@pytest.mark.parametrize("point", [*BEFORE_THE_RENAME, *AFTER_IT])
def test_20_kill_9_at_each_step_leaves_one_whole_mask(path, point):
    seen = mask(1 if point in BEFORE_THE_RENAME else 2)
    with stopped_at(point, *writer(path)) as process:
        assert np.array_equal(read_mask(path).array, seen), "as another program sees it now"
        kill_9(process)
    assert np.array_equal(read_mask(path).array, seen)
    left = [name for name in path.parent.iterdir() if name != path]
    assert len(left) <= 1
    assert all(".tmp." in rest.name and rest.name.startswith(".") for rest in left)
    long_ago = time.time() - 7200
    for rest in left:
        os.utime(rest, (long_ago, long_ago))
    write_mask(path, mask(3), GRID)
    assert list(path.parent.iterdir()) == [path], "what the killed one left is swept"
    assert np.array_equal(read_mask(path).array, mask(3))


@pytest.mark.parametrize("point", ["write_nifti.voxels", "safe_write.synced"])
def test_20_two_processes_that_write_one_mask_leave_one_of_theirs(path, point):
    """The first stands still half way; a second one writes, then the first goes on."""
    with stopped_at(point, *writer(path)) as process:
        write_mask(path, mask(3), GRID)
        assert np.array_equal(read_mask(path).array, mask(3))
        go_on(process)
    assert np.array_equal(read_mask(path).array, mask(2))
    assert list(path.parent.iterdir()) == [path]
