"""The masks of a case: r0 is the reference, every save is a new file with its parent's hash."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from kitsdesk.project.planted_guard import refuse_planted
from kitsdesk.project.safe_places import require_inside
from kitsdesk.project.store import now
from kitsdesk.project.store_connection import StoreNotWritten
from kitsdesk.project.workspace import Workspace
from trainer.contract.errors import DamagedFile, KitsDeskError
from trainer.contract.fault_points import reach
from trainer.imaging.hashing import volume_hash
from trainer.imaging.mask_file import read_mask, write_mask
from trainer.imaging.orientation import orientation_of
from trainer.imaging.volume import Volume

RevisionKind = Literal["reference", "correction", "replacement", "restore", "first", "recovered"]
_FILE = re.compile(r"^r(\d{4,})\.nii\.gz$")


class NoReference(KitsDeskError):
    """A case has no reference mask to go back to."""


@dataclass(frozen=True)
class Revision:
    """One mask of a case. `voxels_hash` is `trainer.imaging.hashing.volume_hash` of it."""

    case: str
    number: int
    path: Path
    voxels_hash: str
    parent_hash: str
    kind: RevisionKind
    author: str
    created: str
    note: str = ""

    @property
    def is_reference(self) -> bool:
        """Return whether its voxels are the reference's: r0, or the reference restored."""
        return self.kind in ("reference", "restore")


def revision_number(path: Path) -> int:
    """Return the number in a revision's file name; raises DamagedFile where it is none."""
    match = _FILE.match(path.name)
    if match is None:
        raise DamagedFile(f"{path.name} is not the name of a revision.")
    return int(match.group(1))


class Revisions:
    """Reads and saves the masks of a project's cases; callable from any thread."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def all(self, case: str) -> list[Revision]:
        """Return the known revisions of a case in order; r0 is there once it was read."""
        rows = self._workspace.store.query(
            "SELECT * FROM revisions WHERE case_id = ? ORDER BY number", (case,)
        )
        return [self._from_row(row) for row in rows]

    def newest(self, case: str) -> Revision | None:
        """Return the working mask's revision, None for a case with no mask at all.

        The reference is read once to learn its hash.
        """
        known = self.all(case)
        if known:
            return known[-1]
        record = self._workspace.case(case)
        return None if record.reference is None else self._load_reference(case)[1]

    def load(self, case: str) -> tuple[NDArray[np.uint8], Revision | None]:
        """Return the working mask (z, y, x) and its revision; zeros and None without one.

        Raises
        ------
        DamagedFile : the voxels are not those that were saved.
        GeometryMismatch, UnreadableImage : the mask does not fit the image or cannot be read.
        """
        known = self.all(case)
        if known:
            return self._read(known[-1]), known[-1]
        if self._workspace.case(case).reference is not None:
            return self._load_reference(case)
        return np.zeros(self._shape(case), np.uint8), None

    def load_number(self, case: str, number: int) -> NDArray[np.uint8]:
        """Return the mask (z, y, x) of one revision; 0 is the reference."""
        for revision in self.all(case):
            if revision.number == number:
                return self._read(revision)
        if number == 0:
            return self.load_reference(case)
        raise DamagedFile(f"{case} has no revision {number}.")

    def load_reference(self, case: str) -> NDArray[np.uint8]:
        """Return the reference mask (z, y, x); raises NoReference where there is none."""
        return self._load_reference(case)[0]

    def save(
        self,
        case: str,
        array: NDArray[Any],
        kind: RevisionKind = "correction",
        note: str = "",
    ) -> Revision:
        """Write `array` (z, y, x) as the next revision on the source's grid, proved by reading.

        A mask equal to the working mask makes no revision; that one is returned.

        Raises
        ------
        WriteFailed : the file could not be written whole; the working mask stays.
        PlantedFaultShown : the case shows a fault planted for display.
        ReadOnlyProject : the project is open read-only.
        """
        self._workspace.store.require_writable()
        mask = Volume(np.ascontiguousarray(array, np.uint8), self._workspace.geometry(case))
        if mask.shape != self._shape(case):
            raise ValueError(f"a mask of shape {mask.shape} for an image of {self._shape(case)}")
        parent = self.newest(case)
        voxels = volume_hash(mask)
        if parent is not None and parent.voxels_hash == voxels:
            return parent
        refuse_planted(self._workspace, case, voxels)
        number = self._next_number(case)
        path = self._workspace.masks_folder(case) / f"r{number:04d}.nii.gz"
        write_mask(path, mask.array, mask.geometry)
        reach("revision.written")
        return self._register(case, number, path, voxels, kind, note)

    def restore_reference(self, case: str) -> Revision:
        """Save a new revision equal to the reference; raises NoReference without one."""
        return self.save(case, self.load_reference(case), kind="restore")

    def orphans(self, case: str) -> list[Path]:
        """Return readable mask files of the case that no row knows (a crash while saving)."""
        known = {revision.path for revision in self.all(case)}
        folder = self._workspace.masks_folder(case)
        files = sorted(folder.glob("r*.nii.gz")) if folder.is_dir() else []
        return [file for file in files if _FILE.match(file.name) and file not in known]

    def recover(self, case: str, path: Path) -> Revision:
        """Make an orphan the newest revision, under the number in its name."""
        match = _FILE.match(path.name)
        if match is None:
            raise DamagedFile(f"{path.name} is not the name of a revision.")
        mask = read_mask(path, like=self._workspace.geometry(case))
        if int(match.group(1)) < self._next_number(case) - 1:
            return self.save(case, mask.array, kind="recovered")
        voxels = volume_hash(mask)
        refuse_planted(self._workspace, case, voxels)
        return self._register(case, int(match.group(1)), path, voxels, "recovered", "")

    def _shape(self, case: str) -> tuple[int, int, int]:
        geometry = self._workspace.geometry(case)
        z, y, x = (geometry.size[axis] for axis in orientation_of(geometry.direction).file_axis)
        return (z, y, x)

    def _read(self, revision: Revision) -> NDArray[np.uint8]:
        if revision.number == 0:
            return self._load_reference(revision.case)[0]
        mask = read_mask(revision.path, like=self._workspace.geometry(revision.case))
        if volume_hash(mask) != revision.voxels_hash:
            raise DamagedFile(
                f"Revision {revision.number} of {revision.case} is not what was saved.",
                kept="Earlier revisions are unchanged.",
                advice="Restore the reference, or put the file back from a backup.",
            )
        return cast("NDArray[np.uint8]", mask.array)

    def _load_reference(self, case: str) -> tuple[NDArray[np.uint8], Revision]:
        record = self._workspace.case(case)
        if record.reference is None:
            raise NoReference(f"{case} has no reference mask.", kept="Nothing was changed.")
        try:
            mask = read_mask(record.reference, like=self._workspace.geometry(case))
        except KitsDeskError as error:
            self._workspace.mark_problem(case, error.happened)
            raise
        voxels = volume_hash(mask)
        known = [revision for revision in self.all(case) if revision.number == 0]
        if known and known[0].voxels_hash != voxels:
            raise DamagedFile(
                f"The reference mask of {case} has changed since it was added.",
                kept="Saved revisions are unchanged.",
                advice="Put the original file back into the data set.",
            )
        revision = known[0] if known else self._register_reference(case, record.reference, voxels)
        return cast("NDArray[np.uint8]", mask.array), revision

    def _register_reference(self, case: str, path: Path, voxels: str) -> Revision:
        unregistered = Revision(case, 0, path, voxels, "", "reference", "", "")
        if self._workspace.read_only:
            return unregistered
        # A full disk does not keep a person from looking: it is registered the next time.
        with (
            contextlib.suppress(StoreNotWritten),
            self._workspace.store.transaction() as connection,
        ):
            connection.execute(
                "INSERT OR IGNORE INTO revisions VALUES (?, 0, '', ?, '', 'reference', '', ?, '')",
                (case, voxels, now()),
            )
        known = self.all(case)
        return known[0] if known else unregistered

    def _register(
        self, case: str, number: int, path: Path, voxels: str, kind: RevisionKind, note: str
    ) -> Revision:
        author = self._workspace.author
        with self._workspace.store.transaction() as connection:
            parent = self.newest(case)
            parent_hash = parent.voxels_hash if parent else ""
            file = str(path.relative_to(self._workspace.folder).as_posix())
            connection.execute(
                "INSERT INTO revisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (case, number, file, voxels, parent_hash, kind, author, now(), note),
            )
            reach("revision.inserted")
            self._workspace.audit.append(
                "revision saved",
                author,
                case,
                number=number,
                kind=kind,
                mask_hash=voxels,
                parent_hash=parent_hash,
                note=note,
            )
            reach("revision.logged")
        reach("revision.registered")
        return self.all(case)[-1]

    def _next_number(self, case: str) -> int:
        # Files count too: an orphan's number is never given to another mask.
        numbers = [revision.number for revision in self.all(case)]
        folder = self._workspace.masks_folder(case)
        names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        numbers += [int(match.group(1)) for name in names if (match := _FILE.match(name))]
        return max(numbers, default=0) + 1

    def _from_row(self, row: sqlite3.Row) -> Revision:
        record = self._workspace.case(row["case_id"])
        own = require_inside(self._workspace.folder, self._workspace.folder / row["file"])
        return Revision(
            case=row["case_id"],
            number=row["number"],
            path=own if row["file"] else (record.reference or own),
            voxels_hash=row["voxels_hash"],
            parent_hash=row["parent_hash"],
            kind=row["kind"],
            author=row["author"],
            created=row["created"],
            note=row["note"],
        )
