"""Paints and saves in a project as the window does, to be stopped on the way; see
`trainer.contract.fault_points`. Arguments: the project, its case."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from kitsdesk.editing.patch import Patch
from kitsdesk.project.project_opening import open_project
from kitsdesk.project.revisions import Revisions
from tests.faults.soak_work import opened
from trainer.contract.fault_points import reach
from trainer.imaging.hashing import volume_hash
from trainer.imaging.volume import Volume


def edited(mask: np.ndarray) -> np.ndarray:
    """The mask that is saved, made of the one that was there."""
    after = mask.copy()
    after[0] = 3
    return after


def save(folder: Path, case: str) -> None:
    """Commit one edit and save it: announcement, file, row, mark."""
    workspace = open_project(folder)
    mask, history, _journal = opened(workspace, case)
    box = (0, mask.shape[0], 0, mask.shape[1], 0, mask.shape[2])
    history.commit(Patch.between("Paint", box, mask, edited(mask)))
    token = history.begin_save()
    voxels = volume_hash(Volume(mask, workspace.geometry(case)))
    reach("saving.begun")
    history.announce_save(voxels, token)
    reach("saving.announced")
    revision = Revisions(workspace).save(case, mask.copy())
    history.mark_saved(revision.number, revision.voxels_hash, token)
    reach("saving.marked")


if __name__ == "__main__":
    save(Path(sys.argv[1]), sys.argv[2])
