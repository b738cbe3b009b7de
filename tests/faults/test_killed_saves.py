"""kill -9 at each step of a whole save: announce, temporary file, rename, database row, mark."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np
import pytest

from kitsdesk.editing.patch import Patch
from kitsdesk.project import revisions as revisions_module
from kitsdesk.project.case_sources import discover
from kitsdesk.project.orphan_masks import find_orphan
from kitsdesk.project.project_opening import open_project
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.workspace import Workspace
from tests.faults.soak_work import opened
from tests.kitsdesk.project.conftest import KITS, SHAPE, make_image, make_mask
from trainer.imaging.hashing import volume_hash
from trainer.imaging.mask_file import write_image, write_mask
from trainer.imaging.volume import Volume

CASE = "case_00700"
BOX = (0, SHAPE[0], 0, SHAPE[1], 0, SHAPE[2])


@pytest.fixture
def folder(tmp_path) -> Path:
    case = tmp_path / "source" / CASE
    write_image(case / "imaging.nii.gz", make_image(make_mask(0), 0), KITS)
    write_mask(case / "segmentation.nii.gz", make_mask(0), KITS)
    Workspace.create(tmp_path / "renal.kitsdesk", discover(tmp_path / "source")).close()
    return tmp_path / "renal.kitsdesk"


def edited(mask: np.ndarray) -> np.ndarray:
    after = mask.copy()
    after[0] = 3
    return after


def die(*_arguments, **_more):
    os.kill(os.getpid(), signal.SIGKILL)


def die_after(real):
    def dying(*arguments, **more):
        real(*arguments, **more)
        die()

    return dying


def save_and_die(folder: Path, step: str) -> None:
    """Edit and save in a child process that is killed at `step`."""
    child = os.fork()
    if child == 0:
        try:
            workspace = open_project(folder)
            mask, history, _journal = opened(workspace, CASE)
            history.commit(Patch.between("Paint", BOX, mask, edited(mask)))
            revisions = Revisions(workspace)
            steps = {
                "before the file": (revisions_module, "write_mask", die),
                "before the row": (Revisions, "_register", die),
                "in the row": (workspace.audit, "append", die),
                "after the row": (Revisions, "_register", die_after(Revisions._register)),
            }
            if step in steps:
                owner, name, dying = steps[step]
                setattr(owner, name, dying)
            token = history.begin_save()
            voxels = volume_hash(Volume(mask, workspace.geometry(CASE)))
            if step == "before the announcement":
                die()
            history.announce_save(voxels, token)
            revision = revisions.save(CASE, mask.copy())
            if step == "before the mark":
                die()
            history.mark_saved(revision.number, revision.voxels_hash, token)
            die()
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL


REGISTERED = ("after the row", "before the mark", "at the end")
WRITTEN = ("before the row", "in the row")


@pytest.mark.parametrize(
    "step", ["before the announcement", "before the file", *WRITTEN, *REGISTERED]
)
def test_20_a_save_killed_at_each_step_loses_no_edit_and_mixes_no_mask(folder, step):
    save_and_die(folder, step)
    with open_project(folder) as workspace:
        newest = Revisions(workspace).newest(CASE)
        assert newest is not None
        assert newest.number == (1 if step in REGISTERED else 0)
        orphan = find_orphan(workspace, CASE)
        assert (orphan is not None) == (step in WRITTEN)
        mask, history, journal = opened(workspace, CASE)
        assert np.array_equal(mask, edited(make_mask(0)))
        assert history.unsaved == (0 if step in REGISTERED else 1)
        assert [entry.name for entry in history.entries()] == ["Paint"]
        journal.close()
        if orphan is not None:
            Revisions(workspace).recover(CASE, orphan.path)
            mask, history, journal = opened(workspace, CASE)
            assert np.array_equal(mask, edited(make_mask(0)))
            assert history.unsaved == 0, "what was recovered is what was announced"
            journal.close()
        history.undo()
        assert np.array_equal(mask, make_mask(0))
        assert workspace.audit.verify().whole
