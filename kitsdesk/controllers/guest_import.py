"""A model of nnU-Net v2's into the project: what it saw is found or asked, then it is taken."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject

from kitsdesk.background.model_import import ModelImport
from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.session import Session
from kitsdesk.controllers.views import ShellView
from kitsdesk.project.guest_models import (
    guest_name,
    hash_held_out,
    label_values,
    names_its_cases,
    seen_words,
)
from trainer.contract.errors import KitsDeskError
from trainer.contract.structures import STRUCTURE_NAMES

AskFile = Callable[[Callable[[Path], object]], None]
SEEN_ANSWERS = (
    ("unknown", "I do not know: count all as seen"),
    ("splits", "Choose splits_final.json…"),
    ("none", "It saw none of these cases"),
)
_MOST_CHOICES = 3


@dataclass(frozen=True)
class _Wish:
    """What is to be imported, and what a person said about it."""

    folder: Path
    words: tuple[str, ...] = ()


class GuestImport(QObject):
    """Asks, imports in a process, matches cases, installs; says what it does in the strip."""

    def __init__(
        self, session: Session, pool: TaskPool, shell: ShellView, ask_splits: AskFile
    ) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._shell = shell
        self._ask_splits = ask_splits
        self._import = ModelImport()
        session.projectClosed.connect(self._import.close)

    def begin(self, folder: Path) -> None:
        """Import the trained-model folder `folder` of nnU-Net's."""
        if self._import.busy:
            self._shell.show_message("A model is being imported: one after the other.")
            return
        wish = _Wish(folder)
        model = (folder / "plans.json").exists() or any(folder.glob("*/plans.json"))
        if names_its_cases(folder) or not model:
            self._start(wish)
            return
        self._shell.choose(
            f"{folder.name} does not say which cases it was trained on. Do you know?",
            SEEN_ANSWERS,
            lambda key: self._answered(wish, key),
        )

    @property
    def busy(self) -> bool:
        """Return whether the trainer is importing."""
        return self._import.busy

    def close(self) -> None:
        """End what is under way."""
        self._import.close()

    def _answered(self, wish: _Wish, key: str) -> None:
        if key == "none":
            self._start(replace(wish, words=("--saw", "none")))
        elif key == "splits":
            self._ask_splits(lambda file: self._start(replace(wish, words=("--splits", str(file)))))
        elif key == "unknown":
            self._start(wish)

    def _start(self, wish: _Wish) -> None:
        target = self._session.project.models_folder / f".{uuid.uuid4().hex}.tmp"
        self._shell.show_message(f"Importing {wish.folder.name}…")
        self._import.start(
            wish.folder,
            target,
            wish.words,
            progressed=lambda done, total: self._shell.show_message(
                f"Importing {wish.folder.name}: {done} of {total} folds…"
            ),
            imported=lambda _facts: self._install(wish, target),
            refused=lambda error, kind: self._refused(wish, error, kind),
        )

    def _refused(self, wish: _Wish, error: KitsDeskError, kind: str) -> None:
        asked = "--structures" in wish.words
        labels = label_values(wish.folder) if kind == "UnknownLabels" and not asked else 0
        names = tuple(STRUCTURE_NAMES.values())[1:]
        orders = list(permutations(names, labels))[:_MOST_CHOICES] if labels else []
        if not orders:
            self._shell.show_problem(error)
            return
        self._shell.choose(
            f"{error.happened} What are its labels 1 to {labels}?"
            if labels > 1
            else f"{error.happened} What is it?",
            [(",".join(order), ", ".join(order)) for order in reversed(orders)],
            lambda key: self._with_structures(wish, key),
        )

    def _with_structures(self, wish: _Wish, key: str) -> None:
        if key:
            self._start(replace(wish, words=(*wish.words, "--structures", key)))

    def _install(self, wish: _Wish, made: Path) -> None:
        workspace, models = self._session.project, self._session.models

        def work() -> Generator[str, None, tuple[str, str, bool]]:
            try:
                yield "Installing the model"
                matched = yield from hash_held_out(workspace, made)
                name = guest_name(wish.folder, [name for name, _ in models.available()])
                models.install(made, name)
                first = not models.in_use()
                if first:
                    models.use((name,))
                return name, seen_words(matched), first
            finally:
                shutil.rmtree(made, ignore_errors=True)

        def done(result: tuple[str, str, bool]) -> None:
            name, seen, used = result
            where = "and is in use" if used else "and waits under Tools, Models…"
            self._session.modelsChanged.emit()
            self._shell.show_message(f"{name} is in the project {where}. {seen}")

        self._pool.start(
            f"Importing {wish.folder.name}",
            work,
            done=done,
            failed=self._shell.show_problem,
            progressed=self._show_step,
        )

    def _show_step(self, step: Any) -> None:
        self._shell.show_message(f"{step}…")
