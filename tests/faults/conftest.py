"""What several files of faults begin with."""

from __future__ import annotations

from pathlib import Path

import pytest
from full_disk import small_disk

from kitsdesk.project.case_sources import discover
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.workspace import Workspace
from tests.kitsdesk.project.conftest import KITS, make_image, make_mask
from trainer.imaging.mask_file import write_image, write_mask

CASE = "case_00700"
DISK_KB = 3000


def write_source(folder: Path) -> Path:
    """Write five cases, the first of them `CASE`; return the folder."""
    for number in range(5):
        case = folder / f"case_{700 + number:05d}"
        write_image(case / "imaging.nii.gz", make_image(make_mask(number), number), KITS)
        write_mask(case / "segmentation.nii.gz", make_mask(number), KITS)
    return folder


@pytest.fixture
def one_case_project(tmp_path) -> Path:
    """Return the folder of a closed project of the one case `CASE`, with its reference."""
    case = tmp_path / "source" / CASE
    write_image(case / "imaging.nii.gz", make_image(make_mask(0), 0), KITS)
    write_mask(case / "segmentation.nii.gz", make_mask(0), KITS)
    Workspace.create(tmp_path / "renal.kitsdesk", discover(tmp_path / "source")).close()
    return tmp_path / "renal.kitsdesk"


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    """Five cases to make a project of."""
    return write_source(tmp_path_factory.mktemp("source"))


@pytest.fixture
def disk(tmp_path):
    """A small disk of its own."""
    folder = tmp_path / "disk"
    with small_disk(folder, DISK_KB):
        yield folder


@pytest.fixture
def project(disk, source):
    """A project on the small disk, its reference masks read once."""
    with Workspace.create(disk / "renal.kitsdesk", discover(source), author="anna") as made:
        for record in made.cases():
            Revisions(made).load(record.case)
        yield made
