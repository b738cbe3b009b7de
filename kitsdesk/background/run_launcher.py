"""Asks and tells `kitsdesk-trainer run`, the only way in which the window runs anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject

from kitsdesk.background.trainer_call import Answered, Records, TrainerCall
from trainer.contract.engine_plan import EnginePlan
from trainer.contract.errors import KitsDeskError

Ended = Callable[[KitsDeskError | None], None]


class RunLauncher(QObject):
    """Short-lived helper processes; the run itself is detached and outlives the window."""

    def __init__(self) -> None:
        super().__init__()
        self._calls: set[TrainerCall] = set()
        self._threads = 0

    def set_threads(self, threads: int) -> None:
        """Let runs started from now on use so many CPU threads, 0 = all."""
        self._threads = threads

    def start(self, run: Path, ended: Ended, plan: EnginePlan | None = None) -> None:
        """Start the run by `plan`, this computer by default; `ended(None)` once it is under
        way, else with the reason."""
        self._tell(["start", str(run), *plan_words(plan or EnginePlan())], ended)

    def probe(self, folder: Path, plan: EnginePlan, answered: Answered) -> None:
        """Ask what the place offers and whether it sees `folder`; for Slurm and SSH this may
        take as long as the cluster does."""
        gpus = ["--gpus"] if plan.engine == "local" else []
        self._ask(["probe", str(folder), *gpus, *plan_words(plan)], answered)

    def dry_run(self, run: Path, plan: EnginePlan, answered: Answered) -> None:
        """Ask for the scripts and commands that `start` would write and call."""
        self._ask(["start", str(run), "--dry-run", *plan_words(plan)], answered)

    def status(self, run: Path, answered: Answered) -> None:
        """Ask the run's queue; its word is in the run's folder afterwards."""
        self._ask(["status", str(run)], answered)

    def cancel(self, run: Path, ended: Ended, task: str = "") -> None:
        """Ask the run, or one task, to stop; tasks leave a checkpoint first."""
        self._tell(["cancel", str(run), *task_words(task)], ended)

    def resume(self, run: Path, ended: Ended, task: str = "") -> None:
        """Continue a run that was paused, failed or was cancelled."""
        self._tell(["resume", str(run), *task_words(task)], ended)

    def pause(self, run: Path, ended: Ended, task: str = "") -> None:
        """Make the run, or one task, wait between two steps."""
        self._tell(["pause", str(run), *task_words(task)], ended)

    def requeue(self, run: Path, ended: Ended, task: str = "") -> None:
        """Put the run, or one task, back into the line; what is done stays done."""
        self._tell(["requeue", str(run), *task_words(task)], ended)

    @property
    def busy(self) -> bool:
        """Return whether a call has not been answered yet."""
        return bool(self._calls)

    def close(self) -> None:
        """End the calls that are under way; what they asked for may still come about."""
        for call in self._calls:
            call.close()
        self._calls.clear()

    def _tell(self, words: list[str], ended: Ended) -> None:
        self._ask(words, lambda _records, problem: ended(problem))

    def _ask(self, words: list[str], answered: Answered) -> None:
        def done(records: Records, problem: KitsDeskError | None) -> None:
            self._calls.discard(call)
            call.deleteLater()
            answered(records, problem)

        call = TrainerCall(self, ["run", *words], done, self._threads)
        self._calls.add(call)


def plan_words(plan: EnginePlan) -> list[str]:
    """Return the options of `kitsdesk-trainer run` that say the same as `plan`."""
    options = json.dumps(plan.model_dump(mode="json")["options"])
    words = ["--engine", plan.engine, "--options", options]
    return words if plan.remote is None else [*words, "--remote", plan.remote.model_dump_json()]


def task_words(task: str) -> list[str]:
    """Return the option that names one task; nothing for the whole run."""
    return ["--task", task] if task else []
