"""A disk that fills at every step that writes: the words a person reads, and what is left."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from full_disk import FILLER, fill, make_room, read_only, small_disk

from kitsdesk.background.settings import Settings, load_settings, save_settings
from kitsdesk.editing.patch import Patch
from kitsdesk.project.audit_report import run_audit
from kitsdesk.project.case_sources import discover
from kitsdesk.project.decisions import Decisions
from kitsdesk.project.exports import export
from kitsdesk.project.journal import JournalNotWritten, open_history
from kitsdesk.project.mask_places import write_revision
from kitsdesk.project.model_shelf import Models
from kitsdesk.project.predictions import Predictions
from kitsdesk.project.project_move import move_project
from kitsdesk.project.project_opening import open_project
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.run_specs import predict_run
from kitsdesk.project.store import STORE_NAME, ProjectGone
from kitsdesk.project.store_connection import StoreNotWritten
from kitsdesk.project.workspace import Workspace
from tests.kitsdesk.project.conftest import KITS, SHAPE, make_image, make_mask
from tests.trainer.tiny_models import write_tiny_model
from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import FileNotWritten, write_json
from trainer.imaging.mask_file import read_mask, write_image, write_mask
from trainer.imaging.safe_write import WriteFailed

CASE = "case_00700"
DISK_KB = 3000


def noise(seed: int) -> np.ndarray:
    """A mask that gzip cannot make small."""
    return np.random.default_rng(seed).integers(0, 4, SHAPE).astype(np.uint8)


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("source")
    for number in range(5):
        case = folder / f"case_{700 + number:05d}"
        write_image(case / "imaging.nii.gz", make_image(make_mask(number), number), KITS)
        write_mask(case / "segmentation.nii.gz", make_mask(number), KITS)
    return folder


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


def tree(folder: Path) -> dict[str, int]:
    """Every file below but the database and its log, with its size."""
    return {
        str(path.relative_to(folder)): path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and STORE_NAME not in path.name and path.name != FILLER
    }


def test_21_a_full_disk_keeps_an_edit_in_the_window_and_says_so(project, disk):
    path = project.journal_path(CASE)
    base = Revisions(project).newest(CASE)
    mask = Revisions(project).load(CASE)[0]
    history, journal = open_history(path, base.voxels_hash, mask)
    box = (0, SHAPE[0], 0, SHAPE[1], 0, SHAPE[2])
    history.commit(Patch.between("First", box, mask, noise(1)))
    before = path.read_bytes()
    fill(disk)
    with pytest.raises(JournalNotWritten) as caught:
        history.commit(Patch.between("Second", box, mask, noise(2)))
    assert str(caught.value) == (
        f"The edit history {CASE}.journal could not be written: No space left on device. "
        "The edits are in the window and can be undone and saved. "
        "Save the mask, and make room on the disk of the project."
    )
    assert np.array_equal(mask, noise(2))
    assert path.read_bytes() == before, "the record is not half there"
    make_room(disk)
    history.commit(Patch.between("Third", box, mask, noise(3)))
    journal.close()
    again = Revisions(project).load(CASE)[0]
    history, journal = open_history(path, base.voxels_hash, again)
    assert [entry.name for entry in history.entries()] == ["First", "Second", "Third"]
    assert np.array_equal(again, noise(3))
    journal.close()


def test_21_a_full_disk_keeps_the_working_mask(project, disk):
    Revisions(project).save(CASE, noise(1))
    before = tree(project.folder)
    fill(disk)
    with pytest.raises(WriteFailed) as caught:
        Revisions(project).save(CASE, noise(2))
    assert caught.value.happened.startswith("r0002.nii.gz could not be written: ")
    assert caught.value.kept == "The file that was there before is unchanged."
    assert f"Check the free space and the permissions of {project.masks_folder(CASE)}" in (
        caught.value.advice
    )
    assert tree(project.folder) == before
    assert np.array_equal(Revisions(project).load(CASE)[0], noise(1))
    make_room(disk)
    assert Revisions(project).save(CASE, noise(2)).number == 2


def test_22_a_decision_on_a_full_disk_is_not_made_and_that_is_said(project, disk):
    decisions = Decisions(project)
    decisions.decide([CASE], "kept")
    entries = len(project.audit.entries())
    fill(disk)
    with pytest.raises(StoreNotWritten) as caught:
        decisions.decide([CASE], "excluded", "x" * 2_000_000)
    assert caught.value.happened.startswith("project.sqlite could not be written: ")
    assert "full" in caught.value.happened
    assert caught.value.kept == (
        "Nothing of this step was stored; everything stored before is there."
    )
    assert decisions.current(CASE).decision == "kept"
    assert len(project.audit.entries()) == entries
    make_room(disk)
    decisions.decide([CASE], "excluded", "no kidney")
    assert decisions.current(CASE).decision == "excluded"
    assert project.audit.verify().whole


def test_22_a_mask_whose_row_finds_no_room_is_found_again(project, disk, monkeypatch):
    """The file is written, then the disk fills before the row: an orphan, offered later."""
    from kitsdesk.project import revisions
    from kitsdesk.project.orphan_masks import find_orphan

    real = revisions.write_mask

    def write_then_fill(*arguments):
        real(*arguments)
        fill(disk)

    monkeypatch.setattr(revisions, "write_mask", write_then_fill)
    with pytest.raises(StoreNotWritten):
        Revisions(project).save(CASE, noise(1), note="x" * 2_000_000)
    assert Revisions(project).newest(CASE).number == 0
    make_room(disk)
    orphan = find_orphan(project, CASE)
    assert orphan is not None
    assert Revisions(project).recover(CASE, orphan.path).number == 1
    assert np.array_equal(Revisions(project).load(CASE)[0], noise(1))


@pytest.mark.parametrize("leave", [0, 60_000])
def test_21_an_export_on_a_full_disk_leaves_nothing(project, disk, leave):
    for _ in export(project, "kits", stamp="first"):
        pass
    before = tree(project.folder)
    fill(disk, leave)
    with pytest.raises(WriteFailed) as caught:
        for _ in export(project, "kits"):
            pass
    assert caught.value.happened.startswith("The export could not be written: ")
    assert caught.value.kept == (
        "No export was made; masks, decisions and earlier exports are as they were."
    )
    assert str(project.exports_folder) in caught.value.advice
    assert tree(project.folder) == before
    assert [path.name for path in project.exports_folder.iterdir()] == ["first"]


def masks_of_somebody(folder: Path, seed: int) -> Path:
    for number in range(3):
        write_mask(folder / f"case_{700 + number:05d}.nii.gz", noise(seed + number), KITS)
    return folder


def test_21_predictions_on_a_full_disk_keep_the_former_ones(project, disk, tmp_path):
    Predictions(project).import_folder(masks_of_somebody(tmp_path / "a", 1), "theirs", "none")
    before = tree(project.folder)
    fill(disk)
    with pytest.raises(WriteFailed) as caught:
        Predictions(project).import_folder(masks_of_somebody(tmp_path / "b", 5), "theirs", "none")
    assert caught.value.happened.startswith(f"The prediction of {CASE} could not be written: ")
    assert caught.value.kept == "Predictions that were there before are unchanged."
    assert tree(project.folder) == before
    assert np.array_equal(Predictions(project).heldout(CASE), noise(1))


def test_21_a_model_on_a_full_disk_is_not_installed(project, disk, tmp_path):
    write_tiny_model(tmp_path / "tiny", spacing=(14.0, 6.0, 6.0), patch=(16, 32, 32))
    before = tree(project.folder)
    fill(disk)
    with pytest.raises(WriteFailed) as caught:
        Models(project).install(tmp_path / "tiny", "tiny")
    assert caught.value.happened.startswith("The model tiny could not be written: ")
    assert caught.value.kept == "Nothing was installed."
    assert tree(project.folder) == before
    assert Models(project).available() == []


def test_21_a_run_that_finds_no_room_leaves_no_folder(project, disk, tmp_path):
    write_tiny_model(tmp_path / "tiny", spacing=(14.0, 6.0, 6.0), patch=(16, 32, 32))
    Models(project).install(tmp_path / "tiny", "tiny")
    fill(disk)
    with pytest.raises(WriteFailed) as caught:
        predict_run(project, [CASE], ("tiny",))
    assert str(caught.value) == (
        "The run could not be written: cases.json could not be written: No space left on device. "
        "Nothing was started. "
        f"Check the free space and the permissions of {project.runs_folder}, then do it again."
    )
    assert list(project.runs_folder.iterdir()) == []


def test_21_settings_on_a_full_disk_are_the_old_ones(disk):
    path = disk / "settings.json"
    assert save_settings(path, Settings(author="anna")) is None
    fill(disk)
    problem = save_settings(path, Settings(author="ben" * 5000))
    assert problem is not None
    assert problem.happened == "settings.json could not be written: No space left on device."
    assert problem.kept == "The file that was there before is unchanged."
    assert load_settings(path).author == "anna"
    assert sorted(path.name for path in disk.iterdir()) == [FILLER, "settings.json"]


def test_21_a_report_on_a_full_disk_leaves_the_old_one(project, disk):
    out = disk / "audit.json"
    run_audit(project.folder, out)
    before = out.read_bytes()
    fill(disk)
    with pytest.raises(WriteFailed, match=r"audit\.json could not be written"):
        run_audit(project.folder, out)
    assert out.read_bytes() == before
    assert json.loads(before)["whole"]
    assert not [path for path in disk.iterdir() if ".tmp" in path.name]


def test_21_a_mask_saved_as_a_file_on_a_full_disk_keeps_the_old_file(project, disk, tmp_path):
    target = disk / "mask.nii.gz"
    write_revision(Revisions(project).save(CASE, noise(1)), target, KITS)
    revision = Revisions(project).save(CASE, noise(2))
    fill(disk)
    with pytest.raises(WriteFailed, match=r"mask\.nii\.gz could not be written"):
        write_revision(revision, target, KITS)
    assert np.array_equal(read_mask(target).array, noise(1))


def test_21_a_project_on_a_full_disk_is_not_made(disk, source):
    fill(disk)
    with pytest.raises((WriteFailed, StoreNotWritten)) as caught:
        Workspace.create(disk / "renal.kitsdesk", discover(source))
    assert caught.value.kept
    assert "free space" in caught.value.advice
    assert [path.name for path in disk.iterdir()] == [FILLER]
    make_room(disk)
    with Workspace.create(disk / "renal.kitsdesk", discover(source)) as made:
        assert len(made.cases()) == 5


def test_21_a_project_that_finds_no_room_stays_where_it_is(tmp_path, source, disk):
    folder = tmp_path / "here.kitsdesk"
    Workspace.create(folder, discover(source)).close()
    before = tree(folder)
    fill(disk)
    with pytest.raises(WriteFailed, match=r"there\.kitsdesk could not be written") as caught:
        move_project(folder, disk / "there.kitsdesk")
    assert caught.value.kept == "The case, its history and its masks are where they were."
    assert tree(folder) == before
    assert [path.name for path in disk.iterdir()] == [FILLER]


def test_21_a_full_disk_does_not_keep_a_project_from_being_looked_at(project, disk):
    folder = project.folder
    Revisions(project).save(CASE, noise(1))
    project.close()
    fill(disk, 80_000)
    with open_project(folder) as opened:
        assert np.array_equal(Revisions(opened).load(CASE)[0], noise(1))
        assert Revisions(opened).load("case_00704")[1].number == 0
        opened.read_case("case_00703")


def test_21_a_project_that_cannot_even_be_opened_is_not_called_damaged(project, disk):
    folder = project.folder
    project.close()
    whole = (folder / STORE_NAME).read_bytes()
    fill(disk)
    said: list[KitsDeskError] = []
    try:
        with open_project(folder) as opened:
            assert len(opened.cases()) == 5
    except KitsDeskError as error:
        said.append(error)
    for error in said:
        assert isinstance(error, StoreNotWritten)
        assert error.kept == "The project was not changed."
        assert "free space" in error.advice
    assert (folder / STORE_NAME).read_bytes() == whole


def test_22_a_json_record_is_an_os_error_with_its_number_too(disk):
    write_json(disk / "run.json", {"a": 1})
    fill(disk)
    with pytest.raises(FileNotWritten) as caught:
        write_json(disk / "run.json", {"a": "x" * 100_000})
    assert isinstance(caught.value, OSError)
    assert caught.value.errno == 28
    assert str(caught.value).startswith("run.json could not be written: No space left on device.")
    assert json.loads((disk / "run.json").read_text()) == {"a": 1}


def test_30_a_read_only_folder_is_looked_at_and_said(project, disk):
    folder = project.folder
    Revisions(project).save(CASE, noise(1))
    project.close()
    before = tree(folder)
    with read_only(folder), open_project(folder) as opened:
        assert opened.read_only
        assert opened.barrier is not None
        assert opened.barrier.happened == (
            "renal.kitsdesk cannot be written: Read-only file system."
        )
        assert opened.barrier.kept == "It is open here read-only."
        assert np.array_equal(Revisions(opened).load(CASE)[0], noise(1))
        with pytest.raises(Exception, match="This project is open read-only"):
            Decisions(opened).decide([CASE], "kept")
    assert tree(folder) == before


def test_30_a_folder_that_went_away_is_said(project, disk, tmp_path):
    """A stick that was pulled, a share that is gone."""
    folder = project.folder
    folder.rename(folder.with_name("gone.kitsdesk"))
    with pytest.raises(ProjectGone) as caught:
        Revisions(project).save(CASE, noise(1))
    assert caught.value.happened == (
        "The folder of the project, renal.kitsdesk, is not there any more."
    )
    assert not folder.exists(), "no new folder in its place"
    folder.with_name("gone.kitsdesk").rename(folder)
    with pytest.raises(Exception, match=r"other\.kitsdesk is not a project"):
        open_project(folder.with_name("other.kitsdesk"))
