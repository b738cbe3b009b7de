"""While one case computes, the next is read and the last one written."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Generic, Protocol, TypeVar

from trainer.contract.errors import KitsDeskError

Item = TypeVar("Item")
Prepared = TypeVar("Prepared")
Made = TypeVar("Made")
ItemIn = TypeVar("ItemIn", contravariant=True)
ItemOut = TypeVar("ItemOut", covariant=True)

# What ends one case and no other.
CASE_ERRORS = (KitsDeskError, RuntimeError, OSError, ValueError, MemoryError)
_LOOK_EVERY_S = 0.2


class Upcoming(Protocol[ItemOut]):
    """The items still to come; their order may change until they are taken."""

    def take(self, *, patient: bool) -> ItemOut | None:
        """Return the next item; None where there is none now, or ever where `patient`."""
        ...

    def peek(self) -> ItemOut | None:
        """Return the next item as it looks now, without taking it."""
        ...


class CaseWork(Protocol[ItemIn, Prepared, Made]):
    """What is done with an item. Only `prepare` and `finish` run in threads of their own;
    an item that `failed` has failed at any of the steps, `finish` included."""

    def prepare(self, item: ItemIn) -> Prepared | None:
        """Read the item; None where nothing is to be done with it."""
        ...

    def compute(self, item: ItemIn, prepared: Prepared) -> Made:
        """Compute."""
        ...

    def finish(self, item: ItemIn, made: Made) -> None:
        """Write the result."""
        ...

    def failed(self, item: ItemIn, error: Exception) -> None:
        """Note that the item failed; what this raises ends everything."""
        ...

    def waiting(self, item: ItemIn, step: str) -> None:
        """Called several times a second while nothing computes; what this raises counts as
        the item's failure."""
        ...


class CasePipeline(Generic[Item, Prepared, Made]):
    """Three steps for each item, each step of at most one item at a time."""

    def __init__(self, work: CaseWork[Item, Prepared, Made]) -> None:
        self._work = work
        self._ahead: tuple[Item, Future[Prepared | None]] | None = None
        self._behind: tuple[Item, Future[None]] | None = None

    def run(self, upcoming: Upcoming[Item]) -> None:
        """Run until nothing comes any more."""
        with (
            ThreadPoolExecutor(1, thread_name_prefix="next-case") as self._readers,
            ThreadPoolExecutor(1, thread_name_prefix="last-case") as self._writers,
        ):
            while (item := self._next(upcoming)) is not None:
                try:
                    self._run_one(item, upcoming)
                except CASE_ERRORS as error:
                    self._work.failed(item, error)
            self._wait_for_the_last()

    def _next(self, upcoming: Upcoming[Item]) -> Item | None:
        item = upcoming.take(patient=False)
        return upcoming.take(patient=True) if item is None else item

    def _run_one(self, item: Item, upcoming: Upcoming[Item]) -> None:
        prepared = self._prepared(item)
        following = upcoming.peek()
        if following is not None:
            self._ahead = (following, self._readers.submit(self._work.prepare, following))
        if prepared is None:
            return
        made = self._work.compute(item, prepared)
        del prepared
        self._wait_for_the_last()
        self._behind = item, self._writers.submit(self._finish, item, made)

    def _prepared(self, item: Item) -> Prepared | None:
        ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead[0] is item:
            future = ahead[1]
        else:
            # What was read ahead is not the next any more: it is read again in its turn.
            future = self._readers.submit(self._work.prepare, item)
        self._wait(item, "read", future)
        return future.result()

    def _wait_for_the_last(self) -> None:
        if self._behind is not None:
            self._wait(self._behind[0], "write", self._behind[1])

    def _wait(self, item: Item, step: str, future: Future[Any]) -> None:
        while not wait([future], timeout=_LOOK_EVERY_S).done:
            self._work.waiting(item, step)

    def _finish(self, item: Item, made: Made) -> None:
        try:
            self._work.finish(item, made)
        except CASE_ERRORS as error:
            self._work.failed(item, error)
