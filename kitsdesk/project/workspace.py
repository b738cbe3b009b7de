"""A project folder `NAME.kitsdesk`: where everything lies, and which cases it has."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import secrets
import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from kitsdesk.project.audit import Audit
from kitsdesk.project.audit_anchors import drop_anchor
from kitsdesk.project.case_record import CaseRecord as CaseRecord
from kitsdesk.project.case_record import geometry_to_text, record_from_row
from kitsdesk.project.case_sources import CaseSource
from kitsdesk.project.lock_record import user_name
from kitsdesk.project.locking import ProjectLock
from kitsdesk.project.network_folder import on_network
from kitsdesk.project.opening_notices import opening_notices
from kitsdesk.project.safe_places import require_inside, safe_case_id
from kitsdesk.project.store import STORE_NAME, Store, now
from kitsdesk.project.store_connection import StoreNotWritten
from kitsdesk.project.writing_words import writing
from trainer.contract.errors import KitsDeskError
from trainer.imaging.geometry import Geometry
from trainer.imaging.hashing import volume_hash
from trainer.imaging.reader import read_image
from trainer.imaging.volume import Volume

PROJECT_SUFFIX = ".kitsdesk"
_SUBFOLDERS = ("masks", "history", "predictions", "models", "exports", "runs")


class ProjectFolderProblem(KitsDeskError):
    """A folder cannot become a project, or is none."""


class UnknownCase(KitsDeskError):
    """The project has no case of that id."""


class SourceChanged(KitsDeskError):
    """A case's image is no longer the one that was added."""


class Workspace:
    """One open project. Methods may be called from any thread.

    Attributes
    ----------
    folder : the project folder. store, audit : its database and its log.
    read_only : whether somebody else has it open (`holder` says who), its folder cannot be
        written (`barrier` says either in words) or it was asked for.
    notices : sentences to show once: a lock taken over, a network folder, a missing backup.
    author : who makes changes from now on, written into every revision and decision.
    """

    def __init__(self, folder: Path, *, read_only: bool = False, author: str = "") -> None:
        self.folder = folder.absolute()
        self.author = author or user_name()
        self._lock = ProjectLock(self.folder)
        self.read_only = read_only or not self._lock.acquire()
        self.barrier = self._lock.barrier
        self.holder = "" if self._lock.held or read_only else self._lock.holder()
        network = on_network(self.folder)
        try:
            self.store = Store(self.folder / STORE_NAME, read_only=self.read_only, network=network)
        except KitsDeskError:
            self._lock.release()
            raise
        if not self.read_only:
            self.store.may_write = lambda: self._lock.held
        self.notices = opening_notices(self.name, self._lock.notice, self.store, network)
        self.audit = Audit(self.store)

    @classmethod
    def create(cls, folder: Path, sources: Sequence[CaseSource] = (), author: str = "") -> Self:
        """Make a new project folder and add the cases to it.

        Raises
        ------
        ProjectFolderProblem : the folder exists and is not empty, or lies inside a source.
        """
        folder = folder.absolute()
        if folder.exists() and any(folder.iterdir()):
            raise ProjectFolderProblem(
                f"{folder.name} exists and is not empty.",
                kept="It was not changed.",
                advice="Choose another name, or open it if it is a project.",
            )
        try:
            with writing(f"The project {folder.name}", "Nothing was made.", folder.parent):
                for name in _SUBFOLDERS:
                    (folder / name).mkdir(parents=True, exist_ok=True)
            project = cls(folder, author=author)
            with project.store.transaction():
                project.store.set_fact("created", now())
                project.store.set_fact("patient_key", secrets.token_hex(16))
                project.audit.append("project created", project.author)
                project.add_cases(sources)
        except KitsDeskError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return project

    @classmethod
    def open(cls, folder: Path, read_only: bool = False, author: str = "") -> Self:
        """Open a project; read-only where another process has it open for writing.

        Raises
        ------
        ProjectFolderProblem : the folder is not a project.
        """
        folder = folder.absolute()
        if not (folder / STORE_NAME).is_file():
            raise ProjectFolderProblem(
                f"{folder.name} is not a project.",
                advice=f"Choose a folder that holds {STORE_NAME}, or make a new project.",
            )
        return cls(folder, read_only=read_only, author=author)

    @property
    def name(self) -> str:
        """Return the project's name, without the extension."""
        return self.folder.name.removesuffix(PROJECT_SUFFIX)

    @property
    def models_folder(self) -> Path:
        """Return the folder of the project's models."""
        return self.folder / "models"

    @property
    def predictions_folder(self) -> Path:
        """Return the folder of predictions, one subfolder per models in use."""
        return self.folder / "predictions"

    @property
    def exports_folder(self) -> Path:
        """Return the folder of exports."""
        return self.folder / "exports"

    @property
    def runs_folder(self) -> Path:
        """Return the folder of runs."""
        return self.folder / "runs"

    def masks_folder(self, case: str) -> Path:
        """Return the folder of a case's revisions; raises OutsideProject."""
        return require_inside(self.folder, self.folder / "masks" / case)

    def journal_path(self, case: str) -> Path:
        """Return the file of a case's edit history; raises OutsideProject."""
        return require_inside(self.folder, self.folder / "history" / f"{case}.journal")

    def cases(self) -> list[CaseRecord]:
        """Return all cases, sorted by id."""
        rows = self.store.query("SELECT * FROM cases ORDER BY case_id")
        return [record_from_row(row) for row in rows]

    def case(self, case: str) -> CaseRecord:
        """Return one case; raises UnknownCase where there is none of that id."""
        rows = self.store.query("SELECT * FROM cases WHERE case_id = ?", (case,))
        if not rows:
            raise UnknownCase(f"The project has no case {case}.")
        return record_from_row(rows[0])

    def add_cases(self, sources: Sequence[CaseSource]) -> list[CaseRecord]:
        """Add cases and return the new ones; ids and images that are there are left alone.

        Ids are made fit for file names on every system, see `safe_case_id`.
        """
        added = []
        with self.store.transaction() as connection:
            known = {record.case for record in self.cases()}
            images = {record.image for record in self.cases()}
            for source in sources:
                if source.case in known or source.image.absolute() in images:
                    continue
                case = safe_case_id(source.case, known)
                known.add(case)
                reference = str(source.reference.absolute()) if source.reference else None
                patient = source.patient or self._patient(source)
                connection.execute(
                    "INSERT INTO cases (case_id, patient, image, reference, added) "
                    "VALUES (?, ?, ?, ?, ?)",
                    (case, patient, str(source.image.absolute()), reference, now()),
                )
                added.append(case)
            if added:
                self.audit.append("cases added", self.author, cases=added)
        return [self.case(case) for case in added]

    def read_case(self, case: str) -> Volume:
        """Read a case's CT and remember its hash and grid.

        Raises
        ------
        KitsDeskError : the image cannot be read (the case is marked with the reason).
        SourceChanged : it is not the image that was added.
        """
        try:
            volume = read_image(self.case(case).image)
        except KitsDeskError as error:
            self.mark_problem(case, error.happened)
            raise
        self.note_image(case, volume)
        return volume

    def note_image(self, case: str, volume: Volume) -> str:
        """Remember the hash and grid of a CT that was just read; return the hash.

        Raises
        ------
        SourceChanged : an earlier reading found other voxels.
        """
        found = volume_hash(volume)
        record = self.case(case)
        if record.image_hash is not None and record.image_hash != found:
            problem = f"The image of {case} has changed since it was added."
            self.mark_problem(case, problem)
            raise SourceChanged(
                problem,
                kept="Its masks and decisions are kept.",
                advice="Put the original file back, or add the new one as another case.",
            )
        if not self.read_only and (record.image_hash is None or record.problem):
            # A full disk does not keep a person from looking: it is noted the next time.
            with (
                contextlib.suppress(StoreNotWritten),
                self.store.transaction() as connection,
            ):
                connection.execute(
                    "UPDATE cases SET image_hash = ?, geometry = ?, problem = '' WHERE case_id = ?",
                    (found, geometry_to_text(volume.geometry), case),
                )
        return found

    def geometry(self, case: str) -> Geometry:
        """Return the grid of a case's CT, reading the CT where that was never done."""
        record = self.case(case)
        return record.geometry or self.read_case(case).geometry

    def image_hash(self, case: str) -> str:
        """Return the hash of a case's CT, reading the CT where that was never done."""
        record = self.case(case)
        return record.image_hash or volume_hash(self.read_case(case))

    def mark_problem(self, case: str, problem: str) -> None:
        """Store why a case cannot be used; nothing is stored in a read-only project."""
        if not self.read_only:
            with (
                contextlib.suppress(StoreNotWritten),
                self.store.transaction() as connection,
            ):
                connection.execute(
                    "UPDATE cases SET problem = ? WHERE case_id = ?", (problem, case)
                )

    def close(self) -> None:
        """Close the database and give the lock back."""
        if not self.read_only and self._lock.held:
            with contextlib.suppress(KitsDeskError, sqlite3.Error):
                drop_anchor(self.folder, self.audit)
        self.store.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _patient(self, source: CaseSource) -> str:
        # A keyed hash groups a patient's series without storing who it is.
        if not source.patient_id:
            return source.case
        key = bytes.fromhex(self.store.fact("patient_key"))
        return hmac.new(key, source.patient_id.encode(), hashlib.sha256).hexdigest()[:16]
