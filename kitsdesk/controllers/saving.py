"""Saving the live mask as a revision: one save at a time, in the pool, on a copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.views import ShellView
from kitsdesk.project.revisions import Revision, RevisionKind
from trainer.contract.errors import KitsDeskError
from trainer.imaging.hashing import volume_hash

Then = Callable[[Revision], None]


@dataclass(frozen=True)
class _Save:
    """A mask as it was when the save began, and where it stands in the history."""

    case: OpenCase
    mask: NDArray[np.uint8]
    token: int
    kind: RevisionKind
    note: str
    then: Then | None


class MaskSaver(QObject):
    """Writes revisions. A case is not left while its mask is being saved: two journals of
    one case would write over each other."""

    saved = pyqtSignal(object)  # the OpenCase

    def __init__(self, session: Session, pool: TaskPool, shell: ShellView) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._shell = shell
        self._busy = False
        self._waiting: list[Callable[[], None]] = []
        session.projectClosed.connect(self._waiting.clear)

    def after(self, action: Callable[[], None]) -> None:
        """Do something now, or when the saves under way have ended, well or not."""
        self._waiting.append(action)
        self._go_on()

    def save(self, case: OpenCase, kind: RevisionKind, note: str, then: Then | None) -> None:
        """Save the live mask of the open case; `then` gets the revision if all went well."""
        self.after(lambda: self._begin(case, kind, note, then))

    def _begin(self, case: OpenCase, kind: RevisionKind, note: str, then: Then | None) -> None:
        if self._session.case is not case:
            return
        self._session.settle()
        if case.base is None and kind == "correction":
            kind = "first"
        save = _Save(case, case.mask.copy(), case.history.begin_save(), kind, note, then)
        self._busy = True
        self._pool.start(
            f"Saving {case.case}",
            lambda: volume_hash(case.volume.with_array(save.mask)),
            done=lambda voxels_hash: self._announce(save, voxels_hash),
            failed=self._failed,
        )

    def _announce(self, save: _Save, voxels_hash: str) -> None:
        # First the journal learns what comes, then the revision counts: a crash in between
        # loses neither the edits nor their history.
        case = save.case
        if self._session.case is not case:
            self._end()
            return
        try:
            case.history.announce_save(voxels_hash, save.token)
        except KitsDeskError as error:
            self._shell.show_problem(error)
        revisions = self._session.revisions
        self._pool.start(
            f"Saving {case.case}",
            lambda: revisions.save(case.case, save.mask, kind=save.kind, note=save.note),
            done=lambda revision: self._written(save, revision),
            failed=self._failed,
        )

    def _written(self, save: _Save, revision: Revision) -> None:
        case = save.case
        if self._session.case is not case:
            self._end()
            return
        same = case.base is not None and case.base.number == revision.number
        case.base = revision
        try:
            case.history.mark_saved(revision.number, revision.voxels_hash, save.token)
        except KitsDeskError as error:
            self._shell.show_problem(error)
        saved, unchanged = "Saved as", "Nothing new to save: the mask is that of"
        self._shell.show_message(f"{unchanged if same else saved} r{revision.number}.")
        self.saved.emit(case)
        self._session.historyChanged.emit()
        self._session.maskSaved.emit(case.case)
        self._session.casesChanged.emit([case.case])
        self._busy = False
        if save.then is not None:
            save.then(revision)
        self._go_on()

    def _failed(self, error: KitsDeskError) -> None:
        self._shell.show_problem(error)
        self._end()

    def _end(self) -> None:
        self._busy = False
        self._go_on()

    def _go_on(self) -> None:
        while self._waiting and not self._busy:
            self._waiting.pop(0)()
