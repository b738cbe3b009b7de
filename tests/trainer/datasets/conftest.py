"""Five small cases in KiTS's layout, and the commands on a copy that a test may break."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.trainer.conftest import blob_case
from tests.trainer.datasets.broken_sets import SHAPE, Commands, grid
from trainer.imaging.mask_file import write_image, write_mask


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("five")
    for number in range(5):
        image, mask = blob_case(SHAPE, number)
        write_image(folder / f"case_{number:05d}" / "imaging.nii.gz", image, grid(SHAPE))
        write_mask(folder / f"case_{number:05d}" / "segmentation.nii.gz", mask, grid(SHAPE))
    return folder


@pytest.fixture
def commands(five: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(tmp_path, Path(shutil.copytree(five, tmp_path / "data")), capsys)
