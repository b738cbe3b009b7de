"""Ctrl+S of a case opened alone asks once for a place: a mask file, or a project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.case import CaseController
from kitsdesk.controllers.jobs import JobsController
from kitsdesk.controllers.project import ProjectController
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.views import PlaceKind, PlaceView, ShellView
from kitsdesk.project.mask_places import (
    mask_place,
    remember_mask_place,
    suggested_place,
    write_revision,
)
from kitsdesk.project.project_move import move_project, project_folder
from kitsdesk.project.project_opening import open_project
from kitsdesk.project.scratch import is_scratch, note_moved
from kitsdesk.project.workspace import PROJECT_SUFFIX, Workspace
from trainer.contract.errors import KitsDeskError

NO_PLACE = "Not saved to a place of its own. The edits stay in the history and come back."


class ScratchSaving(QObject):
    """Saves a case where its mask belongs: in a project as a revision; opened alone also in
    the file that was chosen, on every save, from the first answer on."""

    projectMade = pyqtSignal(object)  # Path of the project that a scratch project became

    def __init__(
        self,
        session: Session,
        pool: TaskPool,
        cases: CaseController,
        project: ProjectController,
        jobs: JobsController,
        view: PlaceView,
        shell: ShellView,
    ) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._cases = cases
        self._project = project
        self._jobs = jobs
        self._view = view
        self._shell = shell
        self._writing = False
        self._again = False
        session.maskSaved.connect(self._on_saved)

    def save(self) -> None:
        """Save the open case; opened alone and without a place yet, ask for one first."""
        case, workspace = self._session.case, self._session.workspace
        if case is None or workspace is None:
            return
        placed = mask_place(workspace, case.case) is not None
        if workspace.read_only or placed or not is_scratch(workspace):
            self._cases.save()
            return
        self._session.settle()
        self._view.ask_place(
            f"{case.case} was opened alone. Where does its mask belong?",
            lambda kind: self._on_kind(case, kind),
        )

    def _on_kind(self, case: OpenCase, kind: PlaceKind) -> None:
        if self._session.case is not case:
            return
        if kind == "file":
            suggestion = suggested_place(case.record.image, case.case)
            self._view.ask_mask_file(suggestion, lambda path: self._on_file(case, path))
        elif kind == "project":
            folder = suggested_place(case.record.image, case.case).parent
            suggestion = folder / f"{case.case}{PROJECT_SUFFIX}"
            self._view.ask_project_folder(suggestion, lambda path: self._on_folder(case, path))
        else:
            self._shell.show_message(NO_PLACE)

    def _on_file(self, case: OpenCase, path: Path | None) -> None:
        if path is None or self._session.case is not case:
            self._shell.show_message(NO_PLACE)
            return
        try:
            remember_mask_place(self._session.project, case.case, path)
        except KitsDeskError as error:
            self._shell.show_problem(error)
            return
        self._cases.save()

    def _on_folder(self, case: OpenCase, path: Path | None) -> None:
        if path is None or self._session.case is not case:
            self._shell.show_message(NO_PLACE)
            return
        try:
            target = project_folder(path)
        except KitsDeskError as error:
            self._shell.show_problem(error)
            return
        if self._jobs.busy:
            self._shell.show_message("A job of this case still runs. Save as a project after it.")
            return
        self._cases.when_saved(lambda: self._move(case, target))

    def _move(self, case: OpenCase, target: Path) -> None:
        if self._session.case is not case:
            return
        scratch, author = self._session.project.folder, self._session.author
        self._session.close_project()

        def work() -> tuple[Workspace, KitsDeskError | None]:
            try:
                moved = move_project(scratch, target)
            except KitsDeskError as error:
                return open_project(scratch, author=author), error
            note_moved(scratch, moved)
            return open_project(moved, author=author), None

        self._pool.start(
            f"Moving to {target.name}",
            work,
            done=lambda found: self._go_on(case.case, *found),
            failed=self._shell.show_problem,
        )

    def _go_on(self, case: str, workspace: Workspace, problem: KitsDeskError | None) -> None:
        def then() -> None:
            if problem is None:
                self.projectMade.emit(workspace.folder)
                self._cases.save()
            else:
                self._shell.show_problem(problem)

        self._project.show_opened(workspace, lambda: self._cases.open(case, then))

    def _on_saved(self, saved: str) -> None:
        case, workspace = self._session.case, self._session.workspace
        if case is None or workspace is None or case.case != saved or case.base is None:
            return
        target = mask_place(workspace, saved) if is_scratch(workspace) else None
        if target is None:
            return
        if self._writing:
            self._again = True
            return
        self._writing, revision, geometry = True, case.base, case.volume.geometry
        self._pool.start(
            f"Writing {target.name}",
            lambda: write_revision(revision, target, geometry),
            done=lambda _none: self._written(saved, f"r{revision.number}, written to {target}."),
            failed=lambda error: self._written(saved, error),
        )

    def _written(self, case: str, outcome: Any) -> None:
        self._writing, again = False, self._again
        self._again = False
        if isinstance(outcome, KitsDeskError):
            self._shell.show_problem(outcome)
        else:
            self._shell.show_message(f"Saved as {outcome}")
        if again:
            self._on_saved(case)
