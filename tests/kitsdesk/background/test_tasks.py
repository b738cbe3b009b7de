from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from kitsdesk.background.tasks import TaskPool
from trainer.contract.errors import KitsDeskError


@pytest.fixture
def pool(qapp):
    pool = TaskPool()
    yield pool
    pool.close()


def wait(qtbot, pool):
    qtbot.waitUntil(lambda: not pool.busy, timeout=5000)


def test_progress_and_result_arrive_on_the_starting_thread(qtbot, pool):
    here, seen = threading.get_ident(), []

    def work():
        assert threading.get_ident() != here
        yield 0.5
        return "result"

    pool.start(
        "Adding",
        work,
        progressed=lambda value: seen.append((value, threading.get_ident())),
        done=lambda value: seen.append((value, threading.get_ident())),
    )
    wait(qtbot, pool)
    assert seen == [(0.5, here), ("result", here)]


def test_a_cancelled_task_stops_at_its_next_step_and_gives_no_result(qtbot, pool):
    steps, ends = [], []

    def work():
        for step in range(1000):
            steps.append(step)
            time.sleep(0.005)
            yield step

    task = pool.start("Counting", work, done=ends.append, cancelled=lambda: ends.append("stopped"))
    qtbot.waitUntil(lambda: len(steps) > 2)
    task.cancel()
    wait(qtbot, pool)
    assert ends == ["stopped"]
    assert len(steps) < 900


def test_an_unforeseen_error_becomes_words(qtbot, pool):
    errors = []
    pool.start("Dividing", lambda: 1 / 0, failed=errors.append)
    wait(qtbot, pool)
    assert isinstance(errors[0], KitsDeskError)
    assert "Dividing failed: ZeroDivisionError" in errors[0].happened


def test_what_is_held_runs_when_it_is_released_or_when_the_time_is_up(qtbot, pool):
    ends = []
    pool.hold(60_000)
    pool.start("Waiting", lambda: "released", done=ends.append)
    qtbot.wait(50)
    assert pool.busy
    assert ends == []
    pool.release()
    wait(qtbot, pool)
    pool.hold(20)
    pool.start("Waiting", lambda: "in time", done=ends.append)
    wait(qtbot, pool)
    assert ends == ["released", "in time"]


def test_a_pool_that_is_closed_ends_what_it_held(qtbot, pool):
    ends = []
    pool.hold(60_000)
    pool.start("Waiting", lambda: 1, done=ends.append, cancelled=lambda: ends.append("stopped"))
    pool.close()
    wait(qtbot, pool)
    assert ends == ["stopped"]


def test_a_pool_may_be_dropped_while_a_thread_works():
    """In a process of its own: what would fail is a lock that nothing ends."""
    script = """
import time
from PyQt6.QtCore import QCoreApplication
from kitsdesk.background.tasks import TaskPool
application = QCoreApplication([])
pool = TaskPool()
def work():
    for _ in range(30):
        time.sleep(0.01)
        yield 1
pool.start("Working", work, progressed=print, done=print)
time.sleep(0.05)
del pool
print("alive")
"""
    out = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60
    )
    assert out.stdout.splitlines() == ["alive"]
    assert out.stderr == ""


def test_what_the_work_holds_dies_on_the_starting_thread(qtbot, pool):
    died_on = []

    class Held:
        def __del__(self):
            died_on.append(threading.get_ident())

    def start():
        held = Held()
        pool.start("Working", lambda: str(held))

    for _ in range(50):
        start()
    wait(qtbot, pool)
    qtbot.waitUntil(lambda: len(died_on) == 50)
    assert set(died_on) == {threading.get_ident()}
