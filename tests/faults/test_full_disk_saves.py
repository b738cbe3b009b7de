"""A disk that fills while edits, masks and decisions are saved: the words, and what is left."""

from __future__ import annotations

import numpy as np
import pytest
from full_disk import fill, make_room
from full_disk_project import CASE, noise, tree

from kitsdesk.editing.patch import Patch
from kitsdesk.project.decisions import Decisions
from kitsdesk.project.journal import JournalNotWritten, open_history
from kitsdesk.project.mask_places import write_revision
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.store_connection import StoreNotWritten
from tests.kitsdesk.project.conftest import KITS, SHAPE
from trainer.imaging.mask_file import read_mask
from trainer.imaging.safe_write import WriteFailed


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


def test_21_a_mask_saved_as_a_file_on_a_full_disk_keeps_the_old_file(project, disk, tmp_path):
    target = disk / "mask.nii.gz"
    write_revision(Revisions(project).save(CASE, noise(1)), target, KITS)
    revision = Revisions(project).save(CASE, noise(2))
    fill(disk)
    with pytest.raises(WriteFailed, match=r"mask\.nii\.gz could not be written"):
        write_revision(revision, target, KITS)
    assert np.array_equal(read_mask(target).array, noise(1))
