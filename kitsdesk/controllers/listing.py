"""Decision lists: shown before they are applied, loaded, saved."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QObject

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.curation_views import ListView
from kitsdesk.controllers.deciding import cases_in_words
from kitsdesk.controllers.many_cases import ManyCases, refusals
from kitsdesk.controllers.session import Session
from kitsdesk.controllers.views import ShellView
from kitsdesk.project.decision_lists import DecisionList, kits19_lists, read_list, save_list
from kitsdesk.project.kits19 import Kits19Match, recognise
from kitsdesk.project.list_application import apply, preview
from kitsdesk.review.list_preview import ListApplied, ListPreview


class ListController(QObject):
    """Nothing is decided before a person has seen the list of changes and asked for it."""

    def __init__(
        self,
        session: Session,
        pool: TaskPool,
        many: ManyCases,
        view: ListView,
        shell: ShellView,
    ) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._many = many
        self._view = view
        self._shell = shell
        self._chosen: DecisionList | None = None
        session.projectClosed.connect(self._forget)

    def show_kits19(self, key: str) -> None:
        """Show what a list of the program ("paper" or "current") would change."""
        workspace = self._session.project

        def read() -> tuple[DecisionList, ListPreview, Kits19Match]:
            chosen = kits19_lists()[key]
            return chosen, preview(workspace, chosen), recognise(workspace)

        def done(found: tuple[DecisionList, ListPreview, Kits19Match]) -> None:
            chosen, shown, match = found
            if match.certainty == "no":
                self._shell.show_message(f"This project is not KiTS19: {match.why}")
                return
            sure = "This is KiTS19" if match.certainty == "sure" else "This is probably KiTS19"
            self._show(chosen, shown, f"{sure}: {match.why}", match.certainty != "sure")

        self._pool.start("Reading the list", read, done=done, failed=self._shell.show_problem)

    def show_file(self, path: Path) -> None:
        """Show what a list in a file would change."""
        workspace = self._session.project

        def read() -> tuple[DecisionList, ListPreview, str, bool]:
            chosen = read_list(path)
            words, warning = "The list is for any project with these ids.", False
            if chosen.data_set == "kits19":
                match = recognise(workspace)
                words, warning = f"The list is for KiTS19. {match.why}", match.certainty != "sure"
            return chosen, preview(workspace, chosen), words, warning

        self._pool.start(
            f"Reading {path.name}",
            read,
            done=lambda found: self._show(*found),
            failed=self._shell.show_problem,
        )

    def save(self, path: Path) -> None:
        """Write the project's decisions to a file."""
        workspace = self._session.project

        def done(made: DecisionList) -> None:
            decisions = "1 decision" if len(made.cases) == 1 else f"{len(made.cases)} decisions"
            self._shell.show_message(f"{decisions} written to {path.name}.")

        self._pool.start(
            "Saving the decisions",
            lambda: save_list(workspace, path),
            done=done,
            failed=self._shell.show_problem,
        )

    def apply(self) -> None:
        """Make the changes that are shown."""
        chosen = self._chosen
        if chosen is None:
            return
        workspace, author = self._session.project, self._session.author
        touched = [row.case for row in preview(workspace, chosen).rows]

        def ended(applied: ListApplied) -> None:
            done = cases_in_words(list(applied.changed)) if applied.changed else "No case"
            self._shell.show_message(
                f"{chosen.title}: {done} changed. Undo decision takes them back. "
                f"{refusals(applied)}".strip()
            )

        self._view.close_sheet()
        self._many.run(chosen.title, touched, lambda: apply(workspace, chosen, author), ended)

    def _show(
        self, chosen: DecisionList, shown: ListPreview, recognised: str, warning: bool
    ) -> None:
        self._chosen = chosen
        self._view.show_list(shown, recognised, warning)

    def _forget(self) -> None:
        self._chosen = None
        self._view.close_sheet()
