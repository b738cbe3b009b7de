from __future__ import annotations

import threading

import pytest

from trainer.contract.errors import Cancelled
from trainer.inference.case_pipeline import CasePipeline

PATIENCE = 20


class Line:
    """Items in a fixed order."""

    def __init__(self, items):
        self.items = list(items)

    def take(self, *, patient):
        return self.items.pop(0) if self.items else None

    def peek(self):
        return self.items[0] if self.items else None


class Work:
    """Notes what happens; `faulty` maps an item to the step that fails."""

    def __init__(self, faulty=None):
        self.faulty = faulty or {}
        self.read = {name: threading.Event() for name in "abcd"}
        self.notes, self.failures = [], []

    def step(self, name, item):
        self.notes.append((name, item))
        if self.faulty.get(item) == name:
            raise OSError(f"{item} at {name}")

    def prepare(self, item):
        self.read[item].set()
        self.step("prepare", item)
        return None if self.faulty.get(item) == "nothing" else item.upper()

    def compute(self, item, prepared):
        assert prepared == item.upper()
        self.step("compute", item)
        return prepared

    def finish(self, item, made):
        self.step("finish", item)

    def failed(self, item, error):
        self.failures.append((item, str(error)))
        if isinstance(error, Cancelled):
            raise error

    def waiting(self, item, step):
        pass


def run(work, items="abcd"):
    CasePipeline(work).run(Line(items))


def test_the_next_is_read_and_the_last_is_written_while_one_computes():
    computing = threading.Event()

    class Overlapping(Work):
        def compute(self, item, prepared):
            if item == "b":
                assert self.read["c"].wait(PATIENCE), "the next was not read meanwhile"
                computing.set()
            return super().compute(item, prepared)

        def finish(self, item, made):
            if item == "a":
                assert computing.wait(PATIENCE), "nothing computed while this was written"
            super().finish(item, made)

    work = Overlapping()
    run(work)
    assert not work.failures
    for step in ("prepare", "compute", "finish"):
        assert [item for name, item in work.notes if name == step] == list("abcd")


def test_never_more_than_one_is_read_ahead():
    class Counting(Work):
        def compute(self, item, prepared):
            behind = "abcd".index(item)
            assert not any(self.read[name].is_set() for name in "abcd"[behind + 2 :])
            return super().compute(item, prepared)

    work = Counting()
    run(work)
    assert not work.failures


@pytest.mark.parametrize("step", ["prepare", "compute", "finish"])
def test_what_fails_is_alone(step):
    work = Work({"b": step})
    run(work)
    assert work.failures == [("b", f"b at {step}")]
    assert [item for name, item in work.notes if name == "finish" and item != "b"] == list("acd")


def test_nothing_to_do_is_no_failure():
    work = Work({"a": "nothing", "c": "nothing"})
    run(work)
    assert not work.failures
    assert [item for name, item in work.notes if name == "compute"] == ["b", "d"]


def test_a_cancel_ends_everything_and_writes_what_was_computed():
    class Stopping(Work):
        def compute(self, item, prepared):
            if item == "b":
                raise Cancelled
            return super().compute(item, prepared)

    work = Stopping()
    with pytest.raises(Cancelled):
        run(work)
    assert ("finish", "a") in work.notes
    assert ("compute", "c") not in work.notes


def test_an_order_that_changes_is_obeyed():
    class Changing(Work):
        def compute(self, item, prepared):
            if item == "a":
                assert self.read["b"].wait(PATIENCE)
                line.items.reverse()
            return super().compute(item, prepared)

    work, line = Changing(), Line("abcd")
    CasePipeline(work).run(line)
    assert [item for name, item in work.notes if name == "compute"] == list("adcb")
    assert not work.failures
