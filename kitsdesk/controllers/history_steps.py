"""Undo, redo and jumps in the history; edits as large as the volume are unpacked in the pool."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from typing import Any

from PyQt6.QtCore import QObject

from kitsdesk.background.tasks import Task, TaskPool
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.views import ShellView
from kitsdesk.editing.patch import OpenedPatch, Patch
from trainer.contract.errors import KitsDeskError

# Unpacking and comparing so many voxels takes about 30 ms (611×512×512 has 160 million).
LIGHT_VOXELS = 16_000_000
STILL_AT_WORK = "The last step is still being made."
CHANGED = "The mask changed meanwhile. Do it again on the mask as it is now."


def is_light(patch: Patch) -> bool:
    """Return whether a patch can be made at once, on the UI thread."""
    return patch.extent <= LIGHT_VOXELS


class HistorySteps(QObject):
    """Moves the open case through its history and tells `changed` where voxels changed."""

    def __init__(
        self,
        session: Session,
        pool: TaskPool,
        shell: ShellView,
        changed: Callable[[Any], None],
    ) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._shell = shell
        self._changed = changed
        self._opening: Task | None = None

    @property
    def busy(self) -> bool:
        """Return whether a step is being unpacked."""
        return self._opening is not None

    def step(self, case: OpenCase, *, backwards: bool) -> None:
        """Undo or redo one edit and say its name."""
        patch = case.history.next_patch(backwards=backwards)
        if patch is None:
            self._shell.show_message(f"Nothing to {'undo' if backwards else 'redo'}.")
            return
        said = f"{'Undone' if backwards else 'Redone'}: {patch.name}"
        self._move(case, patch, backwards, lambda: self._shell.show_message(said))

    def go_to(self, case: OpenCase, position: int) -> None:
        """Undo or redo until `position` edits are in effect."""
        history = case.history
        backwards = position < history.position
        way = history.between(position)
        light = sum(1 for _patch in takewhile(is_light, way))
        if light:
            end = history.position + (-light if backwards else light)
            try:
                box = history.go_to(end)
            except KitsDeskError as error:
                self._shell.show_problem(error)
                box = None
            self._changed(box)
            if history.position != end:
                return
        if light < len(way):
            self._move(case, way[light], backwards, lambda: self.go_to(case, position))

    def _move(
        self, case: OpenCase, patch: Patch, backwards: bool, then: Callable[[], None]
    ) -> None:
        if self.busy:
            self._shell.show_message(STILL_AT_WORK)
        elif is_light(patch):
            self._make(case, backwards, None, then)
        else:
            self._opening = self._pool.start(
                f"Unpacking “{patch.name}”",
                patch.opened,
                done=lambda opened: self._opened(case, opened, backwards, then),
                failed=self._failed,
            )

    def _opened(
        self, case: OpenCase, opened: OpenedPatch, backwards: bool, then: Callable[[], None]
    ) -> None:
        self._opening = None
        if self._session.case is not case:
            return
        self._session.settle()
        if case.history.next_patch(backwards=backwards) is not opened.patch:
            self._shell.show_message(CHANGED)
            return
        self._make(case, backwards, opened, then)

    def _make(
        self,
        case: OpenCase,
        backwards: bool,
        opened: OpenedPatch | None,
        then: Callable[[], None],
    ) -> None:
        history = case.history
        try:
            patch = history.undo(opened) if backwards else history.redo(opened)
        except KitsDeskError as error:
            # A journal that could not be written comes after the step was made.
            self._shell.show_problem(error)
            self._changed(None)
            return
        if patch is not None:
            self._changed(patch.box)
            then()

    def _failed(self, error: KitsDeskError) -> None:
        self._opening = None
        self._shell.show_problem(error)
