"""Tools, Models…: what models there are, which are in use, whether their files are whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PyQt6.QtCore import QObject

from kitsdesk.background.tasks import TaskPool
from kitsdesk.background.trainer_call import Records, TrainerCall
from kitsdesk.controllers.session import Session
from kitsdesk.controllers.views import ShellView
from kitsdesk.project.model_facts import ModelFacts, ShelfFacts, hindrance, together_words
from trainer.contract.errors import KitsDeskError

UseModels = Callable[[Sequence[str]], None]


class ModelsView(Protocol):
    """The sheet of the project's models."""

    def show_models(self, facts: ShelfFacts) -> None:
        """Open with these models, those in use chosen."""

    def sheet_open(self) -> bool:
        """Return whether the sheet is to be seen."""

    def renew_models(self, facts: ShelfFacts) -> None:
        """Show these on the open sheet; what is chosen stays chosen where the models in use
        are the same."""

    def set_choice(self, problem: str, words: str) -> None:
        """Say why the models chosen cannot be put to use ("" = they can), or what they are
        together."""

    def set_verified(self, name: str, words: str, sound: bool | None) -> None:
        """Say of a model whether its files are whole, None = they are being checked."""

    def close_sheet(self) -> None:
        """Close it: the project is gone."""


class ModelsController(QObject):
    """Fills the sheet and does what it asks for; nothing is ever deleted."""

    def __init__(
        self,
        session: Session,
        pool: TaskPool,
        use: UseModels,
        view: ModelsView,
        shell: ShellView,
    ) -> None:
        super().__init__()
        self._session, self._pool, self._use = session, pool, use
        self._view, self._shell = view, shell
        self._models: dict[str, ModelFacts] = {}
        self._checks: dict[str, TrainerCall] = {}
        session.modelsChanged.connect(self._renew)
        session.projectClosed.connect(self.close)

    def show(self) -> None:
        """Open the sheet."""
        self._read(self._view.show_models)

    def weigh(self, names: Sequence[str]) -> None:
        """Say of the models chosen on the sheet whether they can be in use together."""
        chosen = self._in_order(names)
        problem = hindrance(chosen)
        if not problem and all(model.in_use == (model in chosen) for model in self._all()):
            problem = "In use now."
        self._view.set_choice(problem, "" if problem else together_words(chosen))

    def use(self, names: Sequence[str]) -> None:
        """Put these to use, in the order of the sheet: the same models keep their predictions
        whichever was ticked first."""
        self._use([model.name for model in self._in_order(names)])

    def verify(self, name: str) -> None:
        """Let the trainer check hashes, names, shapes and values of a model's weights."""
        if name in self._checks:
            return
        folder = self._session.models.folder(name)
        self._view.set_verified(name, "Checking…", None)

        def answered(_records: Records, problem: KitsDeskError | None) -> None:
            self._checks.pop(name).deleteLater()
            if problem is None:
                self._view.set_verified(name, "Whole: hashes, shapes and values are right", True)
            else:
                self._view.set_verified(name, problem.happened, False)

        self._checks[name] = TrainerCall(self, ["model", "verify", str(folder)], answered)

    def close(self) -> None:
        """End the checks under way and close the sheet."""
        for check in self._checks.values():
            check.close()
            check.deleteLater()
        self._checks, self._models = {}, {}
        self._view.close_sheet()

    def _renew(self) -> None:
        if self._view.sheet_open():
            self._read(self._view.renew_models)

    def _read(self, show: Callable[[ShelfFacts], None]) -> None:
        workspace, models = self._session.workspace, self._session.models
        if workspace is None:
            return

        def done(facts: ShelfFacts) -> None:
            if self._session.workspace is workspace:
                self._models = {model.name: model for model in facts.models}
                show(facts)

        self._pool.start(
            "Reading the models", models.facts, done=done, failed=self._shell.show_problem
        )

    def _all(self) -> list[ModelFacts]:
        return list(self._models.values())

    def _in_order(self, names: Sequence[str]) -> list[ModelFacts]:
        return [model for model in self._all() if model.name in names]
