"""Work that is a task of a run: its lock, its status, and how it is paused and stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from trainer.contract.errors import Cancelled
from trainer.contract.run_folder import task_folder
from trainer.inference.case_batch import BatchProgress
from trainer.training.full_disk import PatientWriter
from trainer.training.interruption import Interruption, TimeUp, on_signals
from trainer.training.task_lock import task_lock
from trainer.training.task_record import TaskRecord

T = TypeVar("T")


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
                observer = TaskObserver(record, interruption)
                try:
                    yield record, observer
                finally:
                    observer.release()
        except TimeUp as stopped:
            record.left(stopped)
            raise
        except Cancelled:
            record.ended("cancelled", "")
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
        kept = "the cases finished so far stay."
        self._writer = PatientWriter(record.folder, record, interruption, kept=kept)

    def patiently(self, target: Path, attempt: Callable[[], T]) -> T:
        """Return what `attempt` returns, as soon as the disk of `target` has room: until then
        the task is paused, and says how much to free where.

        Raises
        ------
        Cancelled : asked to stop while it waited.
        """
        return self._writer.write(target, attempt)

    def release(self) -> None:
        """Give back what was held for saying so on a full disk."""
        self._writer.release()

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
        # Where the disk is full, the next thing that matters waits and says so.
        with suppress(OSError):
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
