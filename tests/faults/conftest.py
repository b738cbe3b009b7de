"""What several files of faults begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitsdesk.project.case_sources import discover
from kitsdesk.project.workspace import Workspace
from tests.kitsdesk.project.conftest import KITS, make_image, make_mask
from trainer.imaging.mask_file import write_image, write_mask

CASE = "case_00700"


@pytest.fixture
def one_case_project(tmp_path) -> Path:
    """Return the folder of a closed project of the one case `CASE`, with its reference."""
    case = tmp_path / "source" / CASE
    write_image(case / "imaging.nii.gz", make_image(make_mask(0), 0), KITS)
    write_mask(case / "segmentation.nii.gz", make_mask(0), KITS)
    Workspace.create(tmp_path / "renal.kitsdesk", discover(tmp_path / "source")).close()
    return tmp_path / "renal.kitsdesk"
