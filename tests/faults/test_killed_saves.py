"""kill -9 at each step of a whole save: announce, temporary file, rename, database row, mark."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from stopped_process import kill_9, stopped_at

from kitsdesk.project.orphan_masks import find_orphan
from kitsdesk.project.project_opening import open_project
from kitsdesk.project.revisions import Revisions
from tests.faults.saving_process import edited
from tests.faults.soak_work import opened
from tests.kitsdesk.project.conftest import make_mask

CASE = "case_00700"
FILE = "r0001.nii.gz"
NOTHING_YET = ("saving.begun", "saving.announced", f"safe_write.synced@{FILE}")
# The file is there under its name, and no row counts it.
WRITTEN = (f"safe_write.renamed@{FILE}", "revision.written", "revision.inserted", "revision.logged")
REGISTERED = ("revision.registered", "saving.marked")


def require_read_only_beside(folder: Path) -> None:
    """While the first one stands still, a second one may look and may not write."""
    with open_project(folder) as second:
        assert second.read_only
        assert second.barrier is not None


@pytest.mark.parametrize("point", [*NOTHING_YET, *WRITTEN, *REGISTERED])
def test_20_a_save_killed_at_each_step_loses_no_edit_and_mixes_no_mask(one_case_project, point):
    arguments = ("-m", "tests.faults.saving_process", str(one_case_project), CASE)
    with stopped_at(point, *arguments) as process:
        require_read_only_beside(one_case_project)
        kill_9(process)
    with open_project(one_case_project) as workspace:
        assert not workspace.read_only, "a dead one's lock is retaken"
        newest = Revisions(workspace).newest(CASE)
        assert newest is not None
        assert newest.number == (1 if point in REGISTERED else 0)
        orphan = find_orphan(workspace, CASE)
        assert (orphan is not None) == (point in WRITTEN)
        mask, history, journal = opened(workspace, CASE)
        assert np.array_equal(mask, edited(make_mask(0)))
        assert history.unsaved == (0 if point in REGISTERED else 1)
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
