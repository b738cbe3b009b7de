"""Retrain, compare, use a model, roll back."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.jobs import JobsController
from kitsdesk.controllers.session import Session
from kitsdesk.controllers.views import CompareView, RetrainView, ShellView
from kitsdesk.project.comparisons import compare_run, read_comparison
from kitsdesk.project.exports import ExportProgress, export
from kitsdesk.project.job_rows import JobRow
from kitsdesk.project.retrain import read_facts
from kitsdesk.project.retrain_facts import RetrainChoice
from kitsdesk.project.run_specs import train_run
from kitsdesk.review.model_comparison import Against, ComparisonFacts, comparison_csv
from trainer.contract.errors import KitsDeskError


class TrainingController(QObject):
    """The Train menu."""

    compared = pyqtSignal(object)  # ComparisonFacts

    def __init__(
        self,
        session: Session,
        pool: TaskPool,
        jobs: JobsController,
        sheet: RetrainView,
        page: CompareView,
        shell: ShellView,
    ) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._jobs = jobs
        self._sheet = sheet
        self._page = page
        self._shell = shell
        self._comparing: dict[str, Path] = {}
        self._shown: Path | None = None
        self._facts: ComparisonFacts | None = None
        jobs.runEnded.connect(self._on_run_ended)

    def open_sheet(self) -> None:
        """Gather what Retrain folds… shows and open it."""
        workspace = self._session.project
        self._pool.start(
            "Looking at the data set",
            lambda: read_facts(workspace),
            done=self._sheet.show_facts,
            failed=self._shell.show_problem,
        )

    def retrain(self, choice: RetrainChoice, started: Callable[[Path], None] | None = None) -> None:
        """Export the curated data set, then start one run for all folds chosen, where
        `choice.plan` says. No window is needed for it.

        The run ends by predicting every case with the new model.
        """
        workspace = self._session.project

        def work() -> Generator[ExportProgress, None, Path]:
            folder = yield from export(workspace, "nnunet")
            return train_run(workspace, folder, choice)

        def done(run: Path) -> None:
            self._sheet.close_sheet()
            self._jobs.start_run(run, choice.plan)
            if started is not None:
                started(run)

        self._pool.start("Exporting for training", work, done=done, failed=self._shell.show_problem)

    def compare(self, before: str, after: str, against: Against = "curated") -> None:
        """Start a run that compares two models on the cases held out in both."""
        workspace = self._session.project

        def done(run: Path) -> None:
            self._comparing[run.name] = run
            self._jobs.start_run(run)

        self._pool.start(
            "Preparing the comparison",
            lambda: compare_run(workspace, before, after, against),
            done=done,
            failed=self._shell.show_problem,
        )

    def compare_latest(self) -> None:
        """Compare the model in use with the newest other one."""
        other, in_use = self._newest_other(), self._session.models.in_use()
        if not in_use or other is None:
            self._shell.show_message("Comparing needs two models: retrain folds first.")
            return
        self.compare(in_use[0], other)

    def use_newest(self) -> None:
        """Use the newest model that is not in use."""
        other = self._newest_other()
        if other is None:
            self._shell.show_message("There is no other model: retrain folds first.")
        else:
            self.use_model(other)

    def _newest_other(self) -> str | None:
        models = self._session.models
        in_use = models.in_use()
        others = [name for name, _manifest in models.available() if name not in in_use]
        return others[-1] if others else None

    def use_model(self, name: str) -> None:
        """Predict with this model from now on; with fewer folds than before it asks."""
        self.use_models((name,))

    def use_models(self, names: Sequence[str]) -> None:
        """Predict with these models together from now on; with fewer folds than before it
        asks."""
        models = self._session.models
        try:
            before = sum(len(models.manifest(used).folds) for used in models.in_use())
            folds = sum(len(models.manifest(name).folds) for name in names)
        except KitsDeskError as error:
            self._shell.show_problem(error)
            return
        if folds >= before:
            self._use(names)
            return
        one = len(names) == 1
        self._shell.ask(
            f"{' + '.join(names)} {'has' if one else 'have'} {folds} folds, the models in use "
            f"have {before}. Use {'it' if one else 'them'} all the same?",
            "Use this model" if one else "Use these models",
            lambda yes: self._use(names) if yes else None,
        )

    def roll_back(self) -> None:
        """Go back to the models used before; nothing is deleted."""
        try:
            names = self._session.models.roll_back()
        except KitsDeskError as error:
            self._shell.show_problem(error)
            return
        self._tell(f"Rolled back to {' + '.join(names) or 'no model'}.")

    def _use(self, names: Sequence[str]) -> None:
        try:
            self._session.models.use(names)
        except KitsDeskError as error:
            self._shell.show_problem(error)
            return
        self._tell(f"Using {' + '.join(names)}.")

    def _tell(self, sentence: str) -> None:
        self._shell.show_message(sentence)
        self._session.modelsChanged.emit()
        cases = [record.case for record in self._session.project.cases()]
        self._session.predictionsChanged.emit(cases)

    def _on_run_ended(self, row: JobRow) -> None:
        run = self._comparing.pop(row.job, None)
        if run is not None and row.state == "done":
            self._show(run, None)

    def show_against(self, against: Against) -> None:
        """Show the comparison against the other masks, reference or curated."""
        if self._shown is not None:
            self._show(self._shown, against)

    def table_shown(self) -> str:
        """Return the comparison shown as CSV, "" where none is."""
        return comparison_csv(self._facts) if self._facts is not None else ""

    def _show(self, run: Path, against: Against | None) -> None:
        workspace = self._session.project

        def done(facts: ComparisonFacts) -> None:
            self._shown, self._facts = run, facts
            self._page.show_comparison(facts)
            self.compared.emit(facts)

        self._pool.start(
            "Reading the comparison",
            lambda: read_comparison(workspace, run, against),
            done=done,
            failed=self._shell.show_problem,
        )
