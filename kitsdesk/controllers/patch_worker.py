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
from kitsdesk.editing.edit_preview import EditPreview
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
        case = self.writable()
        if case is None:
            return
        votes = case.votes.get(self._editing.structure)
        try:
            patch = edit(self._scene(case, case.mask, votes))
        except KitsDeskError as error:
            self.fail(error)
            return
        self.make(patch, nothing)

    def in_background(self, name: str, edit: Edit, nothing: str = _NOTHING) -> None:
        """Make an edit of the whole mask: computed in the pool on a copy of the mask, refused
        where the live one has changed there meanwhile."""
        if self.busy:
            self._shell.show_message("An edit is still being computed.")
            return
        case = self.writable()
        if case is None:
            return

        def done(patch: Patch | None) -> None:
            self._running = None
            if self._session.case is case:
                self.make(patch, nothing)

        self._running = self._pool.start(
            name,
            self._frozen(case, edit),
            done=done,
            failed=self._not_made,
            cancelled=self._forget,
        )

    def preview(
        self,
        name: str,
        edit: Edit,
        done: Callable[[EditPreview | None], None],
        ended: Callable[[KitsDeskError | None], None],
    ) -> Task | None:
        """Compute what an edit would change, on a copy in the pool; nothing is changed.

        `done` gets None where nothing would change; `ended` comes instead of it where the
        work failed or was cancelled (None). Returns None where nothing may be written.
        """
        case = self.writable()
        if case is None:
            return None
        mask = case.mask.copy()
        compute = self._frozen(case, edit, mask)
        spacing = case.volume.spacing

        def work() -> EditPreview | None:
            patch = compute()
            return EditPreview.of(patch, mask, spacing) if patch is not None else None

        return self._pool.start(name, work, done=done, failed=ended, cancelled=lambda: ended(None))

    def writable(self) -> OpenCase | None:
        """End a stroke under way; return the open case, None where it takes no edits."""
        self._session.settle()
        case = self._session.case
        return case if case is not None and self._editing.may_write() else None

    def make(self, patch: Patch | None, nothing: str) -> bool:
        """Make a computed edit part of the history and say how much it changed."""
        if patch is None and not self._editing.gates.open:
            nothing = f"{nothing} The gates may hold it back."
        made = self._editing.commit(patch, nothing)
        if made and patch is not None:
            count = "1 voxel" if patch.voxels == 1 else f"{patch.voxels} voxels"
            self._shell.show_message(f"{patch.name}: {count} changed.")
        return made

    def fail(self, error: KitsDeskError) -> None:
        """Say why an edit could not be computed."""
        if isinstance(error, FillLeaks):
            self._shell.show_message(f"{error.happened} {error.advice}")
        else:
            self._shell.show_problem(error)

    def _frozen(
        self, case: OpenCase, edit: Edit, copy: Mask | None = None
    ) -> Callable[[], Patch | None]:
        """Return the edit as work for the pool, on a copy of the mask as it is now; votes that
        a gate needs and no one has read yet are read there."""
        mask = case.mask.copy() if copy is None else copy
        structure = self._editing.structure
        found = case.votes.get(structure)
        unread = bool(self._editing.gates.votes_at_least) and structure != 0 and found is None
        predictions, name = self._session.predictions, case.case
        scene = self._scene(case, mask, found)

        def work() -> Patch | None:
            if not unread:
                return edit(scene)
            votes = predictions.votes(name, structure)
            return edit(EditScene(mask, scene.image, scene.spacing, scene.gates, votes))

        return work

    def _scene(self, case: OpenCase, mask: Mask, votes: NDArray[np.uint8] | None) -> EditScene:
        gates = self._editing.gates
        return EditScene(mask, case.volume.array, case.volume.spacing, gates, votes)

    def _not_made(self, error: KitsDeskError) -> None:
        self._forget()
        self.fail(error)

    def _forget(self) -> None:
        self._running = None

    def _drop(self) -> None:
        if self._running is not None:
            self._running.cancel()
