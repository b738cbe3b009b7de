"""Compares all cases in the background, so that the queue is there when somebody looks."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QObject, pyqtSignal

from kitsdesk.background.tasks import Task, TaskPool
from kitsdesk.controllers.session import Session
from kitsdesk.project.component_finding import ComponentFinder
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.components import Component
from trainer.contract.errors import KitsDeskError


@dataclass(frozen=True)
class CaseCompared:
    """One case's components, and how many of the cases are done."""

    case: str
    components: tuple[Component, ...]
    done: int
    total: int


class ComponentSearch(QObject):
    """Finds what is missing, one case after the other, on a thread of its own."""

    known = pyqtSignal(list)  # what was found before and still holds, once per project
    progressed = pyqtSignal(int, int)  # cases done, cases in all
    compared = pyqtSignal(object)  # CaseCompared

    def __init__(self, session: Session, order: Callable[[], list[str]]) -> None:
        super().__init__()
        self._session = session
        self._order = order
        # Long and patient: opening a case never waits behind it.
        self._pool = TaskPool(threads=1)
        self._task: Task | None = None
        self._told: Workspace | None = None
        self._again = False
        session.projectClosed.connect(self.stop)

    @property
    def busy(self) -> bool:
        """Return whether cases are being compared."""
        return self._task is not None

    def catch_up(self) -> None:
        """Compare the cases whose mask or prediction is new; nothing where all are known."""
        if self._session.workspace is None:
            return
        if self._task is not None:
            self._again = True
            return
        workspace, cases = self._session.project, self._order()
        told = self._told is workspace
        self._task = self._pool.start(
            "Comparing all cases",
            lambda: _search(workspace, cases, told),
            progressed=lambda news: self._tell(workspace, news),
            done=lambda _result: self._ended(workspace),
            failed=lambda _error: self._ended(workspace),
            cancelled=lambda: self._ended(workspace),
        )

    def stop(self) -> None:
        """Stop after the case under way."""
        self._again = False
        if self._task is not None:
            self._task.cancel()

    def close(self) -> None:
        """Stop and wait for the thread; called when the program ends."""
        self.stop()
        self._pool.close()

    def _tell(self, workspace: Workspace, news: object) -> None:
        if self._session.workspace is not workspace:
            return
        if isinstance(news, CaseCompared):
            self.compared.emit(news)
            self.progressed.emit(news.done, news.total)
        elif isinstance(news, _Known):
            if news.components is not None:
                self._told = workspace
                self.known.emit(list(news.components))
            self.progressed.emit(news.done, news.total)

    def _ended(self, workspace: Workspace) -> None:
        self._task = None
        again = self._again or self._session.workspace is not workspace
        self._again = False
        if again and self._session.workspace is not None:
            self.catch_up()


@dataclass(frozen=True)
class _Known:
    components: Sequence[Component] | None
    done: int
    total: int


def _search(
    workspace: Workspace, cases: Sequence[str], told: bool
) -> Generator[object, None, None]:
    finder = ComponentFinder(workspace)
    missing, total = finder.missing(cases), len(cases)
    yield _Known(None if told else finder.known(cases), total - len(missing), total)
    for number, case in enumerate(missing, start=total - len(missing) + 1):
        try:
            found = finder.find(case)
        except KitsDeskError:
            # The case list tells why a case cannot be read; the queue goes on without it.
            found = []
        yield CaseCompared(case, tuple(found), number, total)
