"""What is told before a prediction starts, with a real model in the warm process."""

from __future__ import annotations

import pytest
from desk_cases import DrivenDesk

from kitsdesk.controllers import forecasting


@pytest.fixture
def desk(qtbot, project, tmp_path, monkeypatch):
    monkeypatch.setenv("KITSDESK_CACHE", str(tmp_path / "cache"))
    driven = DrivenDesk(qtbot, project).start()
    yield driven
    driven.close()


def cases(desk):
    return [record.case for record in desk.session.project.cases()]


def predicted(desk, case):
    desk.forecasts.predict_case(case)
    desk.qtbot.waitUntil(lambda: desk.jobs.busy, timeout=10000)
    desk.qtbot.waitUntil(lambda: not desk.jobs.busy, timeout=300000)
    desk.rest()


def test_after_the_first_case_time_and_memory_are_told(desk):
    first, second = cases(desk)[:2]
    desk.show(first)
    assert desk.panels.forecast == ""
    predicted(desk, first)
    assert "GB of memory" in desk.panels.forecast
    desk.show(second)
    assert "GB of memory" in desk.panels.forecast
    desk.forecasts.predict_case(second)
    desk.qtbot.waitUntil(lambda: bool(desk.panels.jobs), timeout=10000)
    desk.qtbot.waitUntil(lambda: "GB of memory" in desk.panels.jobs[0].detail, timeout=10000)
    assert desk.panels.jobs[0].eta_s is not None
    assert f"Predicting {second}: about" in " ".join(desk.shell.messages)
    desk.qtbot.waitUntil(lambda: not desk.jobs.busy, timeout=300000)


def test_too_little_memory_asks_first_and_no_starts_nothing(desk, monkeypatch):
    first = cases(desk)[0]
    desk.show(first)
    predicted(desk, first)
    asked = []
    desk.shell.choose = lambda question, options, answered, **_: asked.append(
        (question, [key for key, _ in options], answered)
    )
    monkeypatch.setattr(forecasting, "free_memory", lambda: 1e6)
    desk.forecasts.predict_case(first)
    desk.qtbot.waitUntil(lambda: bool(asked), timeout=10000)
    question, keys, answered = asked[0]
    assert question.startswith("This needs ")
    assert keys == ["start"]
    answered("")
    assert not desk.jobs.busy
    answered("start")
    assert desk.jobs.busy
    desk.qtbot.waitUntil(lambda: not desk.jobs.busy, timeout=300000)


def test_the_time_of_all_cases_is_told(desk):
    said = []
    desk.show(cases(desk)[0])
    desk.forecasts.of_all(said.append)
    desk.qtbot.waitUntil(lambda: said == [""], timeout=10000)
    predicted(desk, cases(desk)[0])
    desk.forecasts.of_all(said.append)
    desk.qtbot.waitUntil(lambda: len(said) > 1, timeout=10000)
    assert said[1].startswith("about")
    assert not desk.jobs.busy


def test_one_that_waits_can_be_let_first(desk):
    def live():
        return [row for row in desk.panels.jobs if row.kind == "case"]

    jobs = [desk.jobs.predict_case(case) for case in cases(desk)[:3]]
    assert [row.job for row in live()] == jobs
    assert [row.can_be_first for row in live()] == [False, False, True]
    desk.jobs.let_first(jobs[2])
    assert live()[-1].job == jobs[1]
    assert live()[-1].can_be_first
    for job in jobs:
        desk.jobs.cancel(job)
    assert not live()
