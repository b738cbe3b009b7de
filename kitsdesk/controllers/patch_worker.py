"""Computes an edit from a frozen mask and makes it part of the history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject

from kitsdesk.background.tasks import Task, TaskPool
from kitsdesk.controllers.editing import EditingController
from kitsdesk.controllers.history_steps import CHANGED, is_light
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.views import ShellView
from kitsdesk.editing.edit_preview import EditPreview
from kitsdesk.editing.edit_scene import EditScene
from kitsdesk.editing.flood import FillLeaks
from kitsdesk.editing.patch import Mask, OpenedPatch, Patch
from trainer.contract.errors import KitsDeskError

Edit = Callable[[EditScene], Patch | None]
_NOTHING = "Nothing to change there."


@dataclass(frozen=True, eq=False)
class Stamp:
    """The edits on both sides of a place in the history: as long as they are the same two,
    the mask is the same."""

    last: Patch | None
    following: Patch | None

    @classmethod
    def of(cls, case: OpenCase) -> Self:
        """Return the open case's place now."""
        history = case.history
        return cls(history.next_patch(backwards=True), history.next_patch(backwards=False))

    def holds(self, case: OpenCase) -> bool:
        """Return whether the open case is still, or again, at this place."""
        now = Stamp.of(case)
        return now.last is self.last and now.following is self.following


@dataclass(frozen=True)
class MadeEdit:
    """A computed edit; a large one with its voxels unpacked and its place in the history."""

    patch: Patch
    opened: OpenedPatch | None = None
    stamp: Stamp | None = None


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
        self.make(None if patch is None else MadeEdit(patch), nothing)

    def in_background(self, name: str, edit: Edit, nothing: str = _NOTHING) -> None:
        """Make an edit of the whole mask: computed in the pool on a copy of the mask, refused
        where the live one has changed there meanwhile."""
        if self.busy:
            self._shell.show_message("An edit is still being computed.")
            return
        case = self.writable()
        if case is None:
            return

        def done(made: MadeEdit | None) -> None:
            self._running = None
            if self._session.case is case:
                self.make(made, nothing)

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
        done: Callable[[tuple[EditPreview, MadeEdit] | None], None],
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

        def work() -> tuple[EditPreview, MadeEdit] | None:
            made = compute()
            return (EditPreview.of(made.patch, mask, spacing), made) if made else None

        return self._pool.start(name, work, done=done, failed=ended, cancelled=lambda: ended(None))

    def writable(self) -> OpenCase | None:
        """End a stroke under way; return the open case, None where it takes no edits."""
        self._session.settle()
        case = self._session.case
        return case if case is not None and self._editing.may_write() else None

    def make(self, made: MadeEdit | None, nothing: str) -> bool:
        """Make a computed edit part of the history and say how much it changed.

        A large one was unpacked in the pool and is written as it is where the history has not
        moved since; where it has, it is refused in words.
        """
        if made is None:
            gated = "" if self._editing.gates.open else " The gates may hold it back."
            return self._editing.commit(None, nothing + gated)
        self._session.settle()
        case = self._session.case
        moved = case is None or made.stamp is None or not made.stamp.holds(case)
        if made.opened is not None and moved:
            self._shell.show_message(CHANGED)
            return False
        done = self._editing.commit(made.patch, nothing, made.opened)
        if done:
            patch = made.patch
            count = "1 voxel" if patch.voxels == 1 else f"{patch.voxels} voxels"
            self._shell.show_message(f"{patch.name}: {count} changed.")
        return done

    def fail(self, error: KitsDeskError) -> None:
        """Say why an edit could not be computed."""
        if isinstance(error, FillLeaks):
            self._shell.show_message(f"{error.happened} {error.advice}")
        else:
            self._shell.show_problem(error)

    def _frozen(
        self, case: OpenCase, edit: Edit, copy: Mask | None = None
    ) -> Callable[[], MadeEdit | None]:
        """Return the edit as work for the pool, on a copy of the mask as it is now; votes that
        a gate needs and no one has read yet are read there."""
        mask = case.mask.copy() if copy is None else copy
        structure = self._editing.structure
        found = case.votes.get(structure)
        unread = bool(self._editing.gates.votes_at_least) and structure != 0 and found is None
        predictions, name = self._session.predictions, case.case
        scene = self._scene(case, mask, found)

        stamp = Stamp.of(case)

        def work() -> MadeEdit | None:
            votes = predictions.votes(name, structure) if unread else found
            patch = edit(EditScene(mask, scene.image, scene.spacing, scene.gates, votes))
            if patch is None:
                return None
            return MadeEdit(patch, None if is_light(patch) else patch.opened(), stamp)

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
