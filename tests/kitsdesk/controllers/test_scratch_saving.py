"""A case opened alone: asked once where its mask belongs, and never saved anywhere else."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np
import pytest
from desk_cases import AGREEING, MISSING, DrivenDesk

from kitsdesk.project.case_sources import discover
from kitsdesk.project.scratch import is_scratch, open_scratch
from trainer.imaging.geometry import Geometry
from trainer.imaging.hashing import file_hash
from trainer.imaging.mask_file import write_image, write_mask
from trainer.imaging.reader import read_image

FLIPPED = (-1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0)
OBLIQUE = (0.96, -0.28, 0.0, 0.28, 0.96, 0.0, 0.0, 0.0, 1.0)


@dataclass
class Alone:
    """One case of the data set, copied away and opened alone."""

    desk: DrivenDesk
    image: Path

    def open(self):
        self.desk.project.show_opened(open_scratch(discover(self.image), author="anna"))
        [record] = self.desk.session.project.cases()
        return self.desk.show(record.case)

    def save(self) -> None:
        self.desk.scratch.save()
        self.desk.rest()

    def masks(self) -> list[str]:
        return sorted(path.name for path in self.desk.session.project.folder.rglob("r*.nii.gz"))


@pytest.fixture
def alone(qtbot, template, tmp_path):
    case = tmp_path / "ct" / MISSING
    shutil.copytree(template.parent / "source" / MISSING, case)
    desk = DrivenDesk(qtbot, tmp_path)
    yield Alone(desk, case / "imaging.nii.gz")
    desk.close()


def same_voxels(case, path) -> None:
    written, source = nibabel.load(path), nibabel.load(case.record.image)
    assert written.shape == source.shape
    assert np.allclose(written.affine, source.affine, atol=1e-5)
    shown = read_image(path)
    assert np.array_equal(shown.array, case.mask)


def test_the_first_save_asks_and_every_save_writes_the_mask_file(alone, tmp_path):
    desk, case, target = alone.desk, alone.open(), tmp_path / "out" / "mine.nii.gz"
    target.parent.mkdir()
    desk.places.kind, desk.places.path = "file", target
    desk.paint((4, 6, 6))
    alone.save()
    assert len(desk.places.asked) == 1
    assert alone.masks() == ["r0001.nii.gz"]
    assert desk.said == f"Saved as r1, written to {target}."
    same_voxels(case, target)
    desk.paint((4, 30, 6))
    alone.save()
    assert len(desk.places.asked) == 1, "the choice is remembered"
    assert alone.masks() == ["r0001.nii.gz", "r0002.nii.gz"]
    same_voxels(case, target)
    assert not desk.shell.problems


def test_a_decision_that_saves_writes_the_chosen_file_too(alone, tmp_path):
    desk, case = alone.desk, alone.open()
    desk.places.kind, desk.places.path = "file", tmp_path / "mine"
    alone.save()
    desk.paint((4, 6, 6))
    desk.decisions.save_correction()
    desk.rest()
    same_voxels(case, tmp_path / "mine.nii.gz")
    assert desk.decision(case.case) == "corrected"


def test_cancelling_saves_nothing_says_so_and_the_work_comes_back(alone):
    desk, case = alone.desk, alone.open()
    desk.paint((4, 6, 6))
    for kind in ("", "file", "project"):
        desk.places.kind, desk.places.path = kind, None
        alone.save()
        assert desk.said.startswith("Not saved to a place of its own.")
    assert alone.masks() == []
    painted = case.mask.copy()
    desk.session.close_project()
    again = alone.open()
    assert again.unsaved == 1
    assert np.array_equal(again.mask, painted)


def test_a_scratch_case_becomes_a_project_and_the_work_goes_on_there(alone, tmp_path):
    desk, case, target = alone.desk, alone.open(), tmp_path / "renal"
    scratch, made = desk.session.project.folder, []
    desk.scratch.projectMade.connect(made.append)
    desk.places.kind, desk.places.path = "project", target
    desk.paint((4, 6, 6))
    desk.paint((4, 30, 6), structure=1)
    painted = case.mask.copy()
    alone.save()
    folder = tmp_path / "renal.kitsdesk"
    assert made == [folder]
    assert desk.session.project.folder == folder
    assert not scratch.exists()
    assert not is_scratch(desk.session.project)
    now = desk.open_case
    assert (now.case, now.base.number, now.unsaved) == (case.case, 1, 0)
    assert np.array_equal(now.mask, painted)
    names = [name.split(",")[0] for name in desk.history()]
    assert names == ["Paint tumor", "Paint kidney"], "the history came along"
    desk.editing.undo()
    alone.save()
    assert len(desk.places.asked) == 1
    assert alone.masks() == ["r0001.nii.gz", "r0002.nii.gz"]
    assert desk.session.project.audit.verify().whole
    desk.session.close_project()
    assert alone.open().base.number == 2, "the same file opens where it was saved"
    assert desk.session.project.folder == folder


def test_a_folder_in_use_is_refused_and_nothing_moves(alone, tmp_path):
    desk, case = alone.desk, alone.open()
    (tmp_path / "full.kitsdesk").mkdir()
    (tmp_path / "full.kitsdesk" / "theirs").touch()
    desk.places.kind, desk.places.path = "project", tmp_path / "full"
    alone.save()
    assert desk.open_case is case
    assert "exists and is not empty" in desk.shell.problems[0].happened


@pytest.mark.parametrize("which", ["image", "reference"])
def test_a_source_file_is_never_written_over(alone, which):
    desk, case = alone.desk, alone.open()
    path = getattr(case.record, which)
    before = file_hash(path)
    desk.places.kind, desk.places.path = "file", path
    desk.paint((4, 6, 6))
    alone.save()
    assert "belongs to the source data set" in desk.shell.problems[0].happened
    assert file_hash(path) == before
    assert alone.masks() == []


@pytest.mark.parametrize("direction", [FLIPPED, OBLIQUE], ids=["flipped", "oblique"])
def test_the_mask_file_has_the_sources_grid_whatever_it_is(alone, tmp_path, direction):
    grid = Geometry((40, 40, 32), (2.0, 2.0, 3.0), (17.0, -5.0, 210.0), direction)
    old = read_image(alone.image)
    write_image(alone.image, old.array, grid)
    write_mask(alone.image.with_name("segmentation.nii.gz"), np.zeros(old.shape, np.uint8), grid)
    case = alone.open()
    alone.desk.places.kind, alone.desk.places.path = "file", tmp_path / "m.nii.gz"
    centre = tuple(float(v) for v in case.volume.to_mm((10, 12, 14)))
    alone.desk.editing.choose_tool("brush")
    alone.desk.editing.choose_structure(1)
    for kind in ("press", "release"):
        event = alone.desk.told(kind, centre)
        alone.desk.editing.on_pointer(event)
    alone.save()
    same_voxels(case, tmp_path / "m.nii.gz")
    assert (case.mask == 1).sum() > 10
    assert np.asarray(nibabel.load(tmp_path / "m.nii.gz").dataobj).sum() == case.mask.sum()


def test_in_a_project_nothing_is_asked(desk):
    desk.show(AGREEING)
    desk.paint((4, 6, 6))
    desk.scratch.save()
    desk.rest()
    assert desk.said == "Saved as r1."
    assert desk.places.asked == []
