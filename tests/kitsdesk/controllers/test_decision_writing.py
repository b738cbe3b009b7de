"""Decisions on many cases are written off the window's thread, in order and without loss."""

from __future__ import annotations

import threading

import pytest
from desk_cases import AGREEING, MISSING, SEEN

from kitsdesk.controllers import decision_writing
from kitsdesk.project.decisions import Decisions

PATIENCE_S = 20
MANY = [MISSING, AGREEING, SEEN]


@pytest.fixture
def many(desk, monkeypatch):
    """Three cases are chosen, which count as many."""
    monkeypatch.setattr(decision_writing, "AT_ONCE", 2)
    desk.show(MISSING)
    desk.cases.selected = MANY
    return desk


@pytest.fixture
def busy(many):
    """Another thread has the project's database until `end` is set."""
    begun, end = threading.Event(), threading.Event()
    store = many.session.project.store

    def hold():
        with store.transaction():
            begun.set()
            end.wait(PATIENCE_S)

    thread = threading.Thread(target=hold)
    thread.start()
    assert begun.wait(PATIENCE_S)
    yield end
    end.set()
    thread.join()


def decided(desk):
    return {case: desk.decision(case) for case in MANY}


def test_keeping_many_does_not_wait_for_the_disk(many, busy):
    news = []
    many.decisions.decided.connect(news.append)
    many.decisions.keep()
    assert set(decided(many).values()) == {"unreviewed"}, "the window goes on before it is written"
    assert news == []
    busy.set()
    many.rest()
    assert set(decided(many).values()) == {"kept"}
    assert news == [MANY]
    assert many.said == "3 cases: kept."
    assert {many.project.rows[case].decision for case in MANY} == {"kept"}


def test_a_decision_made_after_many_is_the_newer_one(many, busy):
    many.decisions.keep()
    many.cases.selected = [MISSING]
    threading.Timer(0.3, busy.set).start()
    many.decisions.exclude("a second phase")
    assert decided(many) == {MISSING: "excluded", AGREEING: "kept", SEEN: "kept"}
    many.rest()
    assert decided(many) == {MISSING: "excluded", AGREEING: "kept", SEEN: "kept"}
    assert many.project.rows[MISSING].decision == "excluded"


def test_undo_takes_back_what_was_still_being_written(many, busy):
    many.decisions.keep()
    threading.Timer(0.3, busy.set).start()
    many.decisions.undo_decision()
    many.rest()
    assert set(decided(many).values()) == {"unreviewed"}
    assert {many.project.rows[case].decision for case in MANY} == {"unreviewed"}


def test_closing_the_project_waits_for_it(many, busy):
    many.decisions.exclude("not of this trial")
    threading.Timer(0.3, busy.set).start()
    many.session.close_project()
    many.start()
    many.rest()
    assert set(decided(many).values()) == {"excluded"}
    assert Decisions(many.session.project).current(SEEN).reason == "not of this trial"
    assert not many.shell.problems


def test_what_the_disk_refuses_is_told_and_the_rows_stay_as_they_were(many):
    store = many.session.project.store
    may_write, store.may_write = store.may_write, lambda: False
    many.decisions.keep()
    many.rest()
    store.may_write = may_write
    assert "took this project over" in many.shell.problems[-1].happened
    assert set(decided(many).values()) == {"unreviewed"}
    assert {many.project.rows[case].decision for case in MANY} == {"unreviewed"}
    many.decisions.keep()
    many.rest()
    assert set(decided(many).values()) == {"kept"}
    assert many.session.project.audit.verify().whole
