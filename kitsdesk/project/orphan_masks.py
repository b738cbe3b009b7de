"""Masks on disk that no row knows: the program ended between the file and the row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kitsdesk.project.revisions import Revisions, revision_number
from kitsdesk.project.workspace import Workspace
from trainer.contract.errors import KitsDeskError
from trainer.imaging.hashing import volume_hash
from trainer.imaging.mask_file import read_mask


@dataclass(frozen=True)
class Orphan:
    """A mask that can be recovered: its file, number, time (seconds since 1970) and how many
    voxels differ from the working mask."""

    case: str
    path: Path
    number: int
    written: float
    voxels: int


def find_orphan(workspace: Workspace, case: str) -> Orphan | None:
    """Return the newest unregistered mask of a case that is whole (its file's checksums hold
    and its grid is the image's) and newer and other than the working mask, else None."""
    revisions = Revisions(workspace)
    newest = revisions.newest(case)
    for path in reversed(revisions.orphans(case)):
        number = revision_number(path)
        if newest is not None and number <= newest.number:
            return None
        try:
            found = read_mask(path, like=workspace.geometry(case))
        except KitsDeskError:
            continue
        if newest is None or volume_hash(found) != newest.voxels_hash:
            mask, _revision = revisions.load(case)
            voxels = int(np.count_nonzero(found.array != mask))
            return Orphan(case, path, number, path.stat().st_mtime, voxels)
    return None
