"""Work off the UI thread: generators in a thread pool, with progress, cancel and an end."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Generator
from typing import Any

from PyQt6.QtCore import QObject, QRunnable, QThreadPool, QTimer, pyqtSignal

from trainer.contract.errors import Cancelled, KitsDeskError

SWITCH_S = 0.0005
"""How long a thread that computes keeps the window's thread waiting for the interpreter, which
it asks for thousands of times while it paints; Python's own 5 ms triple the time of a change
of the case."""

Work = Callable[[], Any]
_LOG = logging.getLogger(__name__)


class UnexpectedError(KitsDeskError):
    """An error that no one foresaw; the log holds its traceback."""


class Task(QObject):
    """One piece of work. Its signals arrive on the thread that started it.

    `done(result)`, `failed(KitsDeskError)` or `cancelled()` comes exactly once.
    """

    progressed = pyqtSignal(object)
    done = pyqtSignal(object)
    failed = pyqtSignal(object)
    cancelled = pyqtSignal()

    def __init__(self, work: Work, name: str) -> None:
        super().__init__()
        self.name = name
        self._work = work
        self._cancelled = False
        self.finished = False

    def cancel(self) -> None:
        """Stop at the work's next `yield`; a result that still comes is dropped."""
        self._cancelled = True

    def run(self) -> None:
        """Do the work; called by the pool on one of its threads."""
        try:
            result: Any = self._work()
            if isinstance(result, Generator):
                result = self._drain(result)
            if self._cancelled:
                raise Cancelled
        except Cancelled:
            self._end(self.cancelled)
        except KitsDeskError as error:
            self._end(self.failed, error)
        except Exception as error:  # noqa: BLE001 - the pool is the last to see it
            _LOG.exception("%s failed", self.name)
            wrapped = UnexpectedError(
                f"{self.name} failed: {type(error).__name__}: {error}.",
                kept="Nothing that was saved before is changed.",
                advice="The log (Help, System report) holds the details.",
            )
            wrapped.__cause__ = error
            self._end(self.failed, wrapped)
        else:
            self._end(self.done, result)

    def _drain(self, steps: Generator[Any, None, Any]) -> Any:
        while not self._cancelled:
            try:
                progress = next(steps)
            except StopIteration as stop:
                return stop.value
            self.progressed.emit(progress)
        steps.close()
        raise Cancelled

    def _end(self, signal: Any, *arguments: Any) -> None:
        self.finished = True
        signal.emit(*arguments)


class _Runnable(QRunnable):
    def __init__(self, task: Task) -> None:
        super().__init__()
        self._task = task

    def run(self) -> None:
        self._task.run()


class TaskPool(QObject):
    """Starts tasks and keeps them until their end has been delivered."""

    def __init__(self, threads: int = 2) -> None:
        super().__init__()
        sys.setswitchinterval(SWITCH_S)
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(threads)
        self._tasks: set[Task] = set()
        self._held: list[Task] = []
        self._holding = QTimer(self)
        self._holding.setSingleShot(True)
        self._holding.timeout.connect(self._start_held)

    def start(
        self,
        name: str,
        work: Work,
        *,
        done: Callable[[Any], None] | None = None,
        failed: Callable[[KitsDeskError], None] | None = None,
        progressed: Callable[[Any], None] | None = None,
        cancelled: Callable[[], None] | None = None,
    ) -> Task:
        """Run `work` on a pool thread: a function, or one that returns a generator whose
        yields are progress and whose return value is the result.

        Every callback runs on the thread that owns this pool.
        """
        task = Task(work, name)
        self._tasks.add(task)
        for signal, callback in (
            (task.progressed, progressed),
            (task.done, done),
            (task.failed, failed),
            (task.cancelled, cancelled),
        ):
            if callback is not None:
                signal.connect(callback)
        task.done.connect(lambda _result: self._tasks.discard(task))
        task.failed.connect(lambda _error: self._tasks.discard(task))
        task.cancelled.connect(lambda: self._tasks.discard(task))
        if self._holding.isActive():
            self._held.append(task)
        else:
            self._pool.start(_Runnable(task))
        return task

    def hold(self, at_most_ms: int) -> None:
        """Keep what is started from now on for `release`, or for so many ms: threads that
        compute slow down a window that is painting."""
        self._holding.start(at_most_ms)

    def release(self) -> None:
        """Let what was held run."""
        self._holding.stop()
        self._start_held()

    def _start_held(self) -> None:
        held, self._held = self._held, []
        for task in held:
            self._pool.start(_Runnable(task))

    @property
    def busy(self) -> bool:
        """Return whether any task has not delivered its end yet."""
        return bool(self._tasks)

    def close(self, wait_ms: int = 5000) -> None:
        """Cancel everything and wait for the threads; called when the program ends."""
        for task in list(self._tasks):
            task.cancel()
        self.release()
        self._pool.waitForDone(wait_ms)
