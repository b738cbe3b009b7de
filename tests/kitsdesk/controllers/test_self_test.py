"""The first run's self-test: a real process, a real phantom, a small model."""

from __future__ import annotations

import pytest

from kitsdesk.background.serve_process import ServeProcess
from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers import self_test
from kitsdesk.controllers.self_test import SelfTest
from tests.trainer.tiny_models import write_tiny_model


class Shown:
    def __init__(self) -> None:
        self.all = []

    def show_self_test(self, facts) -> None:
        self.all.append(facts)


@pytest.fixture
def test(qtbot, tmp_path, monkeypatch):
    write_tiny_model(tmp_path / "tiny", folds=2, spacing=(14.0, 6.0, 6.0), patch=(16, 32, 32))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(self_test.tempfile, "tempdir", str(tmp_path / "temporary"))
    pool, serve, shown = TaskPool(), ServeProcess(), Shown()
    yield SelfTest(pool, serve, shown), shown, tmp_path
    serve.close()
    pool.close()


def left(folder):
    return list((folder / "temporary").iterdir())


def test_it_times_a_case_and_leaves_nothing(test, qtbot):
    tester, shown, folder = test
    tester.start(folder / "tiny", "cpu")
    qtbot.waitUntil(lambda: tester.facts.state == "done", timeout=120000)
    facts = tester.facts
    assert (facts.folds, facts.device, facts.fraction) == (2, "cpu", 1.0)
    assert facts.seconds_per_case > 0
    assert facts.full_size.basis == "measured"
    assert facts.full_size.seconds > facts.seconds_per_case
    fractions = [one.fraction for one in shown.all]
    assert fractions == sorted(fractions)
    assert left(folder) == []
    tester.start(folder / "tiny", "cpu")
    qtbot.waitUntil(lambda: bool(left(folder)), timeout=120000)
    tester.cancel()
    assert tester.facts.state == "cancelled"
    qtbot.waitUntil(lambda: not left(folder), timeout=120000)


def test_a_device_that_is_not_there_is_told(test, qtbot):
    tester, _shown, folder = test
    tester.start(folder / "tiny", "cuda:7")
    qtbot.waitUntil(lambda: tester.facts.state == "failed", timeout=120000)
    assert "no device cuda:7" in tester.facts.problem
    assert left(folder) == []
