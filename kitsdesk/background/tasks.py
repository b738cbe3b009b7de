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
_End = tuple[str, tuple[Any, ...]]
_Hearers = dict[str, Callable[..., None] | None]
_LOG = logging.getLogger(__name__)


class UnexpectedError(KitsDeskError):
    """An error that no one foresaw; the log holds its traceback."""


class Task:
    """One piece of work. Its end comes exactly once, on the thread of its pool.

    No Qt object: Qt's objects must die on the thread that they live on, and this one is held by
    a thread of the pool.
    """

    def __init__(self, work: Work, name: str) -> None:
        self.name = name
        self.finished = False
        self._work = work
        self._cancelled = False

    def cancel(self) -> None:
        """Stop at the work's next `yield`; a result that still comes is dropped."""
        self._cancelled = True

    def run(self, progressed: Callable[[Any], None]) -> _End:
        """Do the work and return how it ended; called by the pool on one of its threads."""
        try:
            result: Any = self._work()
            if isinstance(result, Generator):
                result = self._drain(result, progressed)
            if self._cancelled:
                raise Cancelled
            return "done", (result,)
        except Cancelled:
            return "cancelled", ()
        except KitsDeskError as error:
            return "failed", (error,)
        except Exception as error:  # noqa: BLE001 - the pool is the last to see it
            _LOG.exception("%s failed", self.name)
            return "failed", (_unexpected(self.name, error),)
        finally:
            self.finished = True

    def _drain(self, steps: Generator[Any, None, Any], progressed: Callable[[Any], None]) -> Any:
        while not self._cancelled:
            try:
                progress = next(steps)
            except StopIteration as stop:
                return stop.value
            progressed(progress)
        steps.close()
        raise Cancelled


def _unexpected(name: str, error: Exception) -> UnexpectedError:
    wrapped = UnexpectedError(
        f"{name} failed: {type(error).__name__}: {error}.",
        kept="Nothing that was saved before is changed.",
        advice="The log (Help, System report) holds the details.",
    )
    wrapped.__cause__ = error
    return wrapped


class _Mailbox(QObject):
    """Carries what a thread has to say to the thread that made it. A running thread holds it
    too, so that it is there for whoever still speaks when the pool is gone."""

    posted = pyqtSignal(int, str, tuple)


class _Runnable(QRunnable):
    def __init__(self, number: int, task: Task, mailbox: _Mailbox) -> None:
        super().__init__()
        self._number, self._mailbox = number, mailbox
        self._task: Task | None = task

    def run(self) -> None:
        task, self._task = self._task, None
        assert task is not None
        post = self._mailbox.posted.emit
        end, arguments = task.run(lambda progress: post(self._number, "progressed", (progress,)))
        # The pool drops it last, on its own thread: the work may hold what lives there.
        del task
        post(self._number, end, arguments)


class TaskPool(QObject):
    """Starts tasks and keeps them until their end has been delivered."""

    def __init__(self, threads: int = 2) -> None:
        super().__init__()
        sys.setswitchinterval(SWITCH_S)
        # No child of this object: Qt would wait for its threads while Python's lock is held,
        # and they for the lock.
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(threads)
        self._mailbox = _Mailbox()
        self._mailbox.posted.connect(self._deliver)
        self._started = 0
        self._tasks: dict[int, tuple[Task, _Hearers]] = {}
        self._held: list[_Runnable] = []
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
        hearers: _Hearers = {
            "done": done,
            "failed": failed,
            "progressed": progressed,
            "cancelled": cancelled,
        }
        self._started += 1
        self._tasks[self._started] = task, hearers
        runnable = _Runnable(self._started, task, self._mailbox)
        if self._holding.isActive():
            self._held.append(runnable)
        else:
            self._pool.start(runnable)
        return task

    def _deliver(self, number: int, what: str, arguments: tuple[Any, ...]) -> None:
        hear = self._tasks[number][1][what]
        try:
            if hear is not None:
                hear(*arguments)
        finally:
            if what != "progressed":
                del self._tasks[number]

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
        for runnable in held:
            self._pool.start(runnable)

    @property
    def busy(self) -> bool:
        """Return whether any task has not delivered its end yet."""
        return bool(self._tasks)

    def close(self, wait_ms: int = 5000) -> None:
        """Cancel everything and wait for the threads; called when the program ends."""
        for task, _hearers in list(self._tasks.values()):
            task.cancel()
        self.release()
        self._pool.waitForDone(wait_ms)
