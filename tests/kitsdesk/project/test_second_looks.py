from __future__ import annotations

import pytest

from kitsdesk.project.decisions import Decisions
from kitsdesk.project.second_looks import NothingToLookAt, SecondLooks

from .conftest import make_mask, put_prediction

CASES = [f"case_{number:05d}" for number in range(700, 705)]


@pytest.fixture
def decided(project):
    for number, case in enumerate(CASES):
        put_prediction(project, case, make_mask(number), [make_mask(number)] * 5)
    decisions = Decisions(project)
    decisions.decide(CASES[:2], "kept")
    decisions.decide(CASES[2:3], "replaced", "tumor missed")
    decisions.decide(CASES[3:4], "excluded", "second phase")
    return project


def test_only_decided_cases_with_both_masks_are_asked_again(decided):
    assert SecondLooks(decided).fit() == CASES[:4]
    assert len(SecondLooks(decided).ask(0.5, seed=1)) == 2
    assert len(SecondLooks(decided).fit()) == 2


def test_sides_are_drawn_per_case(decided):
    looks = SecondLooks(decided)
    sides = set()
    for seed in range(8):
        sides |= {look.left_side for look in looks.ask(1.0, seed=seed)}
        looks.drop()
    assert sides == {"reference", "prediction"}


def test_an_answer_is_translated_back_and_changes_no_decision(decided):
    looks, before = SecondLooks(decided), Decisions(decided).all_current()
    for look in looks.ask(1.0, seed=2):
        side = "left" if look.left_side == look.first else "right"
        said = looks.answer(look, None if look.first == "neither" else side)
        assert said == look.first
    assert looks.open() == []
    assert Decisions(decided).all_current() == before
    told = looks.agreement()
    assert (told.same, told.cases, told.kappa) == (4, 4, 1.0)
    assert told.table == ((2, 0, 0), (0, 1, 0), (0, 0, 1))


def test_an_answer_is_given_once(decided):
    looks = SecondLooks(decided)
    look = looks.ask(0.1, seed=3)[0]
    first = looks.answer(look, "left")
    looks.answer(look, "right")
    assert looks.all()[0].answer == first


def test_nothing_decided_nothing_to_look_at(project):
    with pytest.raises(NothingToLookAt):
        SecondLooks(project).ask(0.5)


def test_the_audit_tells_both_verdicts(decided):
    looks = SecondLooks(decided)
    looks.answer(looks.ask(0.1, seed=3)[0], None)
    entry = decided.audit.entries()[-1]
    assert (entry.action, entry.details["second"]) == ("second look", "neither")
