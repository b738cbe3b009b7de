"""Work that is a task of a run: its lock, its status, and how it is paused and stopped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trainer.contract.errors import Cancelled
from trainer.contract.run_folder import task_folder
from trainer.inference.case_batch import BatchProgress
from trainer.training.interruption import Interruption, TimeUp, on_signals
from trainer.training.task_lock import task_lock
from trainer.training.task_record import TaskRecord


@contextmanager
def task_work(run: Path, key: str) -> Iterator[tuple[TaskRecord, TaskObserver]]:
    """Hold the task `key` of `run` during the block, which writes its done.json.

    Raises
    ------
    TaskBusy : another process works on this task.
    """
    folder = task_folder(run, key)
    with task_lock(folder):
        record, interruption = TaskRecord(folder), Interruption(run, key)
        record.progress("start", 0, 0)
        try:
            with on_signals(interruption):
                yield record, TaskObserver(record, interruption)
        except TimeUp as stopped:
            record.state("waiting", f"{stopped.happened} {stopped.kept}")
            raise
        except Cancelled:
            record.state("cancelled")
            raise
        except Exception as error:
            record.failed(error)
            raise


class TaskObserver:
    """Writes the progress of many cases into the task's status and obeys its run's files."""

    def __init__(self, record: TaskRecord, interruption: Interruption) -> None:
        self._record = record
        self._interruption = interruption
        self._first: tuple[float, float] | None = None

    def __call__(self, progress: BatchProgress) -> None:
        """Note the progress; wait while the run is paused.

        Raises
        ------
        Cancelled : a person asked the run to stop. TimeUp, which is one, where the machine's
            time is up.
        """
        done = progress.index + progress.fraction
        now = time.monotonic()
        if self._first is None:
            self._first = (now, done)
        elapsed, gained = now - self._first[0], done - self._first[1]
        left = progress.count - done
        self._record.progress(
            f"{progress.case}: {progress.phase}",
            done,
            progress.count,
            eta_s=round(elapsed / gained * left, 1) if gained > 0 else None,
        )
        request = self._interruption.requested()
        if request == "pause":
            self._record.state("paused")
            self._interruption.wait_while_paused()
            request = self._interruption.requested()
            if request is None:
                self._record.state("running")
        if request == "cancel":
            raise self._interruption.stopped("The cases finished so far stay.")
