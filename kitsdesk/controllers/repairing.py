"""A project whose database is damaged: asked once, rebuilt off the UI thread, opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.session import Session
from kitsdesk.controllers.views import ShellView
from kitsdesk.project.rebuilding import Rebuilt, rebuild_project, rebuild_question
from kitsdesk.project.store_connection import DamagedStore
from trainer.contract.errors import KitsDeskError


class ProjectRepair:
    """Offers to rebuild a project that could not be opened; shows every other problem."""

    def __init__(self, session: Session, pool: TaskPool, shell: ShellView) -> None:
        self._session = session
        self._pool = pool
        self._shell = shell

    def offer(self, folder: Path, error: KitsDeskError, again: Callable[[], None]) -> None:
        """Say why `folder` was not opened; where it can be rebuilt, ask, then open it `again`."""
        self._shell.show_problem(error)
        if not isinstance(error, DamagedStore):
            return
        author = self._session.author

        def answered(key: str) -> None:
            if key != "rebuild":
                return
            self._pool.start(
                f"Rebuilding {folder.name}",
                lambda: rebuild_project(folder, author),
                done=done,
                failed=self._shell.show_problem,
            )

        def done(rebuilt: Rebuilt) -> None:
            again()
            self._shell.show_problem(KitsDeskError(rebuilt.words()))

        self._shell.choose(
            rebuild_question(folder, error),
            [("rebuild", "Rebuild the project")],
            answered,
            no="Leave it as it is",
        )
