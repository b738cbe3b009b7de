"""Computes an edit from a frozen mask and makes it part of the history."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject

from kitsdesk.background.tasks import Task, TaskPool
from kitsdesk.controllers.editing import EditingController
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.views import ShellView
from kitsdesk.editing.edit_scene import EditScene
from kitsdesk.editing.flood import FillLeaks
from kitsdesk.editing.patch import Mask, Patch
from trainer.contract.errors import KitsDeskError

Edit = Callable[[EditScene], Patch | None]
_NOTHING = "Nothing to change there."


class PatchWorker(QObject):
    """Runs edits one at a time: small ones at once, heavy ones in the pool on a copy."""

    def __init__(
        self, session: Session, pool: TaskPool, editing: EditingController, shell: ShellView
    ) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._editing = editing
        self._shell = shell
        self._running: Task | None = None
        session.caseClosed.connect(self._drop)

    @property
    def busy(self) -> bool:
        """Return whether a heavy edit is being computed, or waits to be made."""
        return self._running is not None

    def at_once(self, edit: Edit, nothing: str = _NOTHING) -> None:
        """Make an edit that touches one slice; it reads the live mask on the UI thread."""
        case = self._writable()
        if case is None:
            return
        votes = case.votes.get(self._editing.structure)
        try:
            patch = edit(self._scene(case, case.mask, votes))
        except KitsDeskError as error:
            self._failed(error)
            return
        self._commit(patch, nothing)

    def in_background(self, name: str, edit: Edit, nothing: str = _NOTHING) -> None:
        """Make an edit of the whole mask: computed in the pool on a copy of the mask, refused
        where the live one has changed there meanwhile."""
        if self.busy:
            self._shell.show_message("An edit is still being computed.")
            return
        case = self._writable()
        if case is None:
            return
        mask, structure = case.mask.copy(), self._editing.structure
        found = case.votes.get(structure)
        unread = bool(self._editing.gates.votes_at_least) and structure != 0 and found is None
        predictions = self._session.predictions
        scene = self._scene(case, mask, found)

        def work() -> Patch | None:
            if not unread:
                return edit(scene)
            votes = predictions.votes(case.case, structure)
            return edit(EditScene(mask, scene.image, scene.spacing, scene.gates, votes))

        def done(patch: Patch | None) -> None:
            self._running = None
            if self._session.case is case:
                self._commit(patch, nothing)

        self._running = self._pool.start(
            name, work, done=done, failed=self._not_made, cancelled=self._forget
        )

    def _writable(self) -> OpenCase | None:
        self._session.settle()
        case = self._session.case
        return case if case is not None and self._editing.may_write() else None

    def _scene(self, case: OpenCase, mask: Mask, votes: NDArray[np.uint8] | None) -> EditScene:
        gates = self._editing.gates
        return EditScene(mask, case.volume.array, case.volume.spacing, gates, votes)

    def _commit(self, patch: Patch | None, nothing: str) -> None:
        if patch is None and not self._editing.gates.open:
            nothing = f"{nothing} The gates may hold it back."
        if self._editing.commit(patch, nothing) and patch is not None:
            count = "1 voxel" if patch.voxels == 1 else f"{patch.voxels} voxels"
            self._shell.show_message(f"{patch.name}: {count} changed.")

    def _not_made(self, error: KitsDeskError) -> None:
        self._forget()
        self._failed(error)

    def _forget(self) -> None:
        self._running = None

    def _failed(self, error: KitsDeskError) -> None:
        if isinstance(error, FillLeaks):
            self._shell.show_message(f"{error.happened} {error.advice}")
        else:
            self._shell.show_problem(error)

    def _drop(self) -> None:
        if self._running is not None:
            self._running.cancel()
