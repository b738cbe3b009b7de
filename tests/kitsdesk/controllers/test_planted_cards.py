"""A planted fault among More like this: judged on its card as in its case's own list, and
never part of the real data."""

from __future__ import annotations

import numpy as np
import pytest
from desk_cases import AGREEING, MISSING, SEEN, true_mask
from desk_queue import Queue
from test_planted_display import nothing_was_written

from kitsdesk.project.component_store import Components
from kitsdesk.project.decisions import Decisions
from kitsdesk.project.planted_faults import PlantedFaults
from kitsdesk.project.planted_guard import PlantedFaultShown
from kitsdesk.project.revisions import Revisions
from kitsdesk.review.fault_model import Planted


@pytest.fixture
def sheet(desk):
    """A fault planted in AGREEING stands on the sheet of what is like SEEN's missing kidney."""
    list(PlantedFaults(desk.session.project).plant(0.1, seed=5))
    desk.session.casesChanged.emit([AGREEING])
    desk.rest()
    made = Queue(desk)
    made.search.catch_up()
    made.rest()
    made.alike.show(made.name(SEEN))
    assert planted_cards(made)
    yield made
    made.search.close()


def planted_cards(queue):
    cards = [(card.component.case, card.component.key) for card in queue.page.cards]
    return [name for name in cards if name[0] == AGREEING]


def unlike_in(queue):
    return queue.desk.session.project.store.query("SELECT anchor, key FROM unlike_components")


def test_rejecting_a_planted_card_is_not_stored(sheet):
    name = planted_cards(sheet)[0]
    sheet.alike.reject(name)
    assert name not in planted_cards(sheet)
    assert unlike_in(sheet) == []
    assert sheet.desk.session.planted.counts() == Planted(0, 0)
    sheet.alike.show(sheet.name(SEEN))
    assert name not in planted_cards(sheet), "not offered again while the fault is there"


def test_what_is_refused_for_a_planted_one_is_not_stored_either(sheet):
    planted = planted_cards(sheet)[0]
    sheet.alike.show(planted)
    real = next(
        (card.component.case, card.component.key)
        for card in sheet.page.cards
        if card.component.case == SEEN
    )
    sheet.alike.reject(real)
    assert unlike_in(sheet) == []
    sheet.alike.show(planted)
    assert real not in [(c.component.case, c.component.key) for c in sheet.page.cards]


def test_refusing_a_real_one_for_a_real_one_is_remembered(sheet):
    anchor, real = sheet.name(SEEN), sheet.name(MISSING)
    sheet.alike.reject(real)
    assert [tuple(row) for row in unlike_in(sheet)] == [(anchor[1], real[1])]


def test_keeping_a_planted_card_is_shown_and_not_stored(sheet):
    name = planted_cards(sheet)[0]
    sheet.queue.keep(name)
    sheet.rest()
    assert sheet.page.states[name] == "kept"
    assert Components(sheet.desk.session.project).settled() == {}
    assert nothing_was_written(sheet.desk)
    sheet.desk.session.close_project()
    sheet.desk.start()
    assert Components(sheet.desk.session.project).settled() == {}


def test_taking_on_a_planted_card_and_saving_finds_the_fault(sheet):
    name = planted_cards(sheet)[0]
    sheet.queue.take(name)
    sheet.rest()
    assert sheet.desk.open_case.case == AGREEING
    assert sheet.page.states[name] == "taken"
    sheet.desk.decisions.save_correction()
    sheet.rest()
    assert sheet.desk.session.planted.counts() == Planted(1, 1)
    assert "you found it" in sheet.desk.said
    assert nothing_was_written(sheet.desk)
    assert Components(sheet.desk.session.project).settled(AGREEING) == {}


def test_keeping_all_of_a_planted_case_is_a_miss_as_in_its_own_list(sheet):
    for name in planted_cards(sheet):
        sheet.queue.keep(name)
    sheet.desk.show(AGREEING)
    sheet.desk.decisions.keep()
    sheet.rest()
    assert sheet.desk.session.planted.counts() == Planted(0, 1)
    assert nothing_was_written(sheet.desk)


def test_a_card_that_outlived_its_fault_settles_nothing(sheet):
    left, name = planted_cards(sheet)[-1], planted_cards(sheet)[0]
    sheet.queue.take(name)
    sheet.rest()
    sheet.desk.decisions.save_correction()
    sheet.rest()
    sheet.desk.session.close_case()
    sheet.queue.keep(left)
    sheet.alike.reject(left)
    sheet.desk.qtbot.waitUntil(
        lambda: AGREEING not in {row.component.case for row in sheet.page.rows}, timeout=20000
    )
    sheet.queue.keep(left)
    sheet.alike.reject(left)
    sheet.rest()
    assert sheet.desk.said.endswith("this disagreement is gone.")
    assert Components(sheet.desk.session.project).settled() == {}
    assert unlike_in(sheet) == []


def test_nothing_of_what_was_done_on_the_cards_can_be_exported(sheet):
    """An export copies revisions and decisions; three patients are too few to make one."""
    names = planted_cards(sheet)
    sheet.queue.keep(names[-1])
    sheet.alike.reject(names[-1])
    sheet.queue.take(names[0])
    sheet.rest()
    project = sheet.desk.session.project
    mask, revision = Revisions(project).load(AGREEING)
    assert (revision.number, np.array_equal(mask, true_mask())) == (0, True)
    assert AGREEING not in Decisions(project).all_current()
    with pytest.raises(PlantedFaultShown):
        Revisions(project).save(AGREEING, sheet.desk.open_case.mask)
