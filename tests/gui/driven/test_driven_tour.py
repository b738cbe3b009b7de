"""The tour walked through by hand in the real window: to the end, again, and left by Esc."""

from __future__ import annotations

import pytest
from driven_project import STRAIGHT
from hands import CTRL
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from kitsdesk.guide.tour_steps import STEPS
from kitsdesk.ui.actions.action_ids import ActionId as Id

pytestmark = pytest.mark.gui
Key = Qt.Key


@pytest.fixture
def touring(hand):
    """Start the tour on the open case; the person chose to see this window."""
    host = hand.host
    host.open_case_at(STRAIGHT)
    session = host.desk.session
    hand.qtbot.waitUntil(lambda: session.case is not None, timeout=60000)
    hand.rest()
    host.window.run_action(Id.TOUR)
    strip = host.window.centre.strip
    if strip.is_open():
        strip.options()["here"].click()
    hand.rest()
    yield host.tour
    host.tour.tour.leave()


def at(touring) -> int:
    return STEPS.index(touring.tour.step)


def press(touring, key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    assert touring.card.hasFocus()
    QTest.keyClick(touring.card, key, modifiers)


def test_next_by_key_to_the_end_and_a_second_time(hand, touring):
    for _round in range(2):
        for place, step in enumerate(STEPS):
            assert at(touring) == place
            assert touring.card.isVisible()
            assert touring.card.title() == step.title
            assert hand.host.window.rect().contains(touring.card.geometry())
            press(touring, Key.Key_Return)
        assert not touring.card.isVisible()
        assert touring.tour.step is None
        touring.tour.start()
    assert at(touring) == 0


def test_doing_what_it_says_leads_on(hand, touring):
    before = hand.drawn()
    press(touring, Key.Key_Right)
    hand.wheel(1)
    assert at(touring) == 2
    press(touring, Key.Key_Right)
    press(touring, Key.Key_N)
    assert at(touring) == 4
    press(touring, Key.Key_Y)
    hand.rest()
    assert at(touring) == 5
    assert (hand.drawn() != before).any()
    press(touring, Key.Key_Z, CTRL)
    hand.rest()
    assert (hand.drawn() == before).all()
    assert at(touring) == 6
    press(touring, Key.Key_B)
    assert hand.host.desk.editing.tool == "brush"
    assert at(touring) == 7


def test_esc_leaves_from_the_card_and_from_the_views(hand, touring):
    press(touring, Key.Key_Escape)
    assert not touring.card.isVisible()
    touring.tour.start()
    hand.key(Key.Key_Escape)
    assert not touring.card.isVisible()


def test_back_and_the_buttons(hand, touring):
    hand.press("Next", within=touring.card)
    hand.press("Next", within=touring.card)
    press(touring, Key.Key_Left)
    assert at(touring) == 1
    hand.press("Back", within=touring.card)
    assert at(touring) == 0
    hand.press("Leave", within=touring.card)
    assert touring.tour.step is None


def test_the_offer_comes_once(hand):
    host = hand.host
    host.settings.tour_offered = False
    host.tour.offer()
    host.window.centre.strip.withdraw()
    assert host.settings.tour_offered
    host.tour.offer()
    assert not host.window.centre.strip.is_open()
