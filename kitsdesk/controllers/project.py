"""Projects: made, opened, filled with cases, imported into, exported from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from PyQt6.QtCore import QObject, pyqtSignal

from kitsdesk.background.tasks import Task, TaskPool
from kitsdesk.controllers.choosing_series import SeriesChooser
from kitsdesk.controllers.known_rows import KnownRows, known_rows, suspicion_order
from kitsdesk.controllers.opening_news import show_notices
from kitsdesk.controllers.planted_display import PlantedRows
from kitsdesk.controllers.repairing import ProjectRepair
from kitsdesk.controllers.session import Session
from kitsdesk.controllers.views import CaseListView, ShellView
from kitsdesk.project.case_scores import CaseScores
from kitsdesk.project.case_source import CaseSource
from kitsdesk.project.exports import export
from kitsdesk.project.project_opening import open_project
from kitsdesk.project.scratch import is_scratch, open_scratch
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.rows import CaseRow
from trainer.contract.errors import KitsDeskError

Layout = Literal["nnunet", "kits"]


class ProjectController(QObject):
    """Fills the case list and keeps its rows true."""

    rowsReady = pyqtSignal()
    exported = pyqtSignal(object)  # Path of the finished export

    def __init__(
        self,
        session: Session,
        pool: TaskPool,
        chooser: SeriesChooser,
        case_list: CaseListView,
        shell: ShellView,
    ) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._chooser = chooser
        self._list = case_list
        self._shell = shell
        self._rows: dict[str, CaseRow] = {}
        self._chances: dict[str, float] = {}
        self._repair = ProjectRepair(session, pool, shell)
        self._scoring: Task | None = None
        self._rescore: set[str] = set()
        session.casesChanged.connect(self.refresh)
        session.predictionsChanged.connect(self.refresh)
        session.modelsChanged.connect(self._on_models_changed)
        session.historyChanged.connect(self._show_unsaved)
        session.projectClosed.connect(self._on_closed)
        session.caseOpened.connect(lambda _case: self._show_unsaved())

    @property
    def rows(self) -> dict[str, CaseRow]:
        """Return the rows of the case list by id."""
        return dict(self._rows)

    def by_suspicion(self) -> list[str]:
        """Return the ids, most suspicious first: the default order everywhere."""
        return suspicion_order(self._rows.values())

    def create(self, folder: Path, source: Path, then: Callable[[], None] | None = None) -> None:
        """Make a project from a KiTS folder, loose NIfTI files, a DICOM folder or one case."""
        author = self._session.author

        def make(found: list[CaseSource]) -> None:
            self._pool.start(
                f"Making {folder.name}",
                lambda: Workspace.create(folder, found, author=author),
                done=lambda workspace: self.show_opened(workspace, then),
                failed=self._shell.show_problem,
            )

        self._chooser.find([source], make)

    def open_scratch(self, path: Path, then: Callable[[], None] | None = None) -> None:
        """Look at a case or a data set in a scratch project of its own."""
        author = self._session.author

        def look(found: list[CaseSource]) -> None:
            self.open_made_by(f"Opening {path.name}", lambda: open_scratch(found, author), then)

        self._chooser.find([path], look)

    def open(self, folder: Path, then: Callable[[], None] | None = None) -> None:
        """Open a project; read-only where another window has it."""
        author = self._session.author

        def work() -> tuple[Workspace, KnownRows]:
            workspace = open_project(folder, author)
            return workspace, known_rows(workspace)

        self._pool.start(
            f"Opening {folder.name}",
            work,
            done=lambda found: self.show_opened(found[0], then, found[1]),
            failed=lambda error: self._repair.offer(folder, error, lambda: self.open(folder, then)),
        )

    def open_made_by(
        self, name: str, make: Callable[[], Any], then: Callable[[], None] | None = None
    ) -> None:
        """Open the project that `make`, a generator function of worker steps, returns."""
        self._pool.start(
            name,
            make,
            done=lambda workspace: self.show_opened(workspace, then),
            failed=self._shell.show_problem,
            progressed=lambda step: self._shell.show_message(f"{step}…"),
        )

    def add_cases(self, paths: Sequence[Path]) -> None:
        """Add what is found under the paths; what is there already stays as it is."""
        workspace = self._session.project

        def done(added: int) -> None:
            self._shell.show_message("1 case added." if added == 1 else f"{added} cases added.")
            self._load_rows()
            self._show_project()

        def add(found: list[CaseSource]) -> None:
            self._pool.start(
                "Adding cases",
                lambda: len(workspace.add_cases(found)),
                done=done,
                failed=self._shell.show_problem,
            )

        self._chooser.find(paths, add)

    def import_predictions(self, folder: Path, name: str, saw: Any) -> None:
        """Bring in masks that somebody else's model made; `saw` says what it trained on."""
        predictions = self._session.predictions

        def done(problems: dict[str, str]) -> None:
            for case, problem in list(problems.items())[:1]:
                self._shell.show_message(f"{case}: {problem}")
            self._session.predictionsChanged.emit(list(self._rows))
            self._show_project()

        self._pool.start(
            "Importing predictions",
            lambda: predictions.import_folder(folder, name, saw),
            done=done,
            failed=self._shell.show_problem,
        )

    def install_model(
        self, folder: Path, name: str, *, use: bool, then: Callable[[], None] | None = None
    ) -> None:
        """Copy a model folder into the project, its hashes checked, and use it if asked."""
        models = self._session.models

        def work() -> None:
            models.install(folder, name)
            if use:
                models.use((name,))

        def done(_result: object) -> None:
            self._session.modelsChanged.emit()
            if then is not None:
                then()

        self._pool.start("Installing the model", work, done=done, failed=self._shell.show_problem)

    def export(self, layout: Layout = "nnunet", then: Callable[[Path], None] | None = None) -> None:
        """Freeze the curated data set into exports/STAMP, hashed; training reads only that."""
        workspace = self._session.project

        def done(folder: Path) -> None:
            self._shell.show_message(f"Exported to {folder.name}.")
            self.exported.emit(folder)
            if then is not None:
                then(folder)

        self._pool.start(
            "Exporting the data set",
            lambda: export(workspace, layout),
            done=done,
            failed=self._shell.show_problem,
        )

    def refresh(self, cases: Sequence[str]) -> None:
        """Compute these rows again; suspicion comes from a cache where nothing changed."""
        if self._session.workspace is None:
            return
        self._rescore |= set(cases)
        if self._scoring is None:
            self._score()

    def _score(self) -> None:
        workspace = self._session.project
        wanted, self._rescore = sorted(self._rescore), set()
        scores = CaseScores(workspace)

        def update(row: CaseRow) -> None:
            if self._session.workspace is workspace:
                self._update(row)

        def ended(_result: object = None) -> None:
            if self._session.workspace is not workspace:
                return
            self._scoring = None
            if self._rescore:
                self._score()
            else:
                self.rowsReady.emit()

        def failed(error: KitsDeskError) -> None:
            if self._session.workspace is workspace:
                self._shell.show_problem(error)
            ended()

        name, work = "Scoring the cases", lambda: scores.rows(wanted)
        self._scoring = self._pool.start(name, work, progressed=update, done=ended, failed=failed)

    def show_opened(
        self,
        workspace: Workspace,
        then: Callable[[], None] | None = None,
        known: KnownRows | None = None,
    ) -> None:
        """Make a workspace the open project; `known` are its rows where a worker read them."""
        self._session.open_project(workspace)
        show_notices(workspace, self._shell)
        self._load_rows(known)
        self._show_project()
        if then is not None:
            then()

    def _load_rows(self, known: KnownRows | None = None) -> None:
        known = known or known_rows(self._session.project)
        edited = {case for case, row in self._rows.items() if row.unsaved}
        self._rows = {row.case: replace(row, unsaved=row.case in edited) for row in known.rows}
        self._list.set_rows(list(self._rows.values()))
        self.refresh(known.incomplete)

    def _update(self, *rows: CaseRow) -> None:
        case, shown = self._session.case, PlantedRows(self._session.planted)
        edited = {name for name, row in self._rows.items() if row.unsaved}
        if case is not None:
            edited = edited | {case.case} if case.unsaved else edited - {case.case}
        fresh = [
            replace(shown.row(row), fault=self._chances.get(row.case), unsaved=row.case in edited)
            for row in rows
        ]
        self._rows |= {row.case: row for row in fresh}
        self._list.update_rows(fresh)

    def set_chances(self, chances: Mapping[str, float]) -> None:
        """Show how likely a fault is in each mask; cases not named have no chance known."""
        self._chances = dict(chances)
        changed = [row for row in self._rows.values() if row.fault != chances.get(row.case)]
        if changed and self._session.workspace is not None:
            self._update(*changed)

    def _show_unsaved(self) -> None:
        case = self._session.case
        row = self._rows.get(case.case) if case is not None else None
        if case is not None and row is not None and row.unsaved != bool(case.unsaved):
            self._update(row)

    def _on_models_changed(self) -> None:
        if self._session.workspace is not None:
            self.refresh(list(self._rows))
            self._show_project()

    def _on_closed(self) -> None:
        if self._scoring is not None:
            self._scoring.cancel()
        self._scoring, self._rescore = None, set()
        self._rows = {}
        self._list.set_rows([])
        self._show_project()

    def _show_project(self) -> None:
        workspace = self._session.workspace
        if workspace is None:
            self._shell.set_project("", "", 0, 0)
            return
        models = self._session.models
        names = models.in_use()
        folds = sum(len(models.manifest(name).folds) for name in names)
        # A case opened alone lives in a scratch project whose name means nothing to a person.
        title = next(iter(self._rows), "") if is_scratch(workspace) else workspace.folder.name
        self._shell.set_project(title, " + ".join(names), folds, len(self._rows))
