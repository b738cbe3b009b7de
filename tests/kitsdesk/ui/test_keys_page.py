"""Settings, Keys and mouse: find a command, press its new key, take it from another."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QLabel

from kitsdesk.ui.actions.action_ids import ActionId as Id
from kitsdesk.ui.actions.action_records import RECORDS
from kitsdesk.ui.actions.key_book import KeyBook, active_keys
from kitsdesk.ui.keys_sheet import KeysSheet
from kitsdesk.ui.settings.keys_page import KeysPage

Key = Qt.Key
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(shown):
    active_keys().reset_all()
    yield shown(KeysPage(), 640, 560)
    active_keys().reset_all()


def choose(page, words) -> Id:
    page._search.setText(words)
    row = page._row()
    assert row is not None
    return row.action


def press(page, key, modifiers=NONE):
    QTest.mouseClick(page._press, LEFT)
    assert page._press.is_waiting()
    QTest.keyPress(page._press, key, modifiers)
    QTest.keyRelease(page._press, key, modifiers)


def test_every_action_is_listed_and_found_by_name_and_by_key(page):
    assert page._model.rowCount() == len(Id)
    assert choose(page, "opacity less") == Id.OPACITY_LESS
    page._search.setText("ctrl+shift+r")
    assert [row.action for row in page._model.records()] == [Id.USE_PREDICTION]
    page._search.setText("no such thing")
    assert page._said.text() == "No command has this name or key."
    assert not page._press.isEnabled()


def test_a_free_key_is_taken_at_once_and_given_back(page, qtbot):
    assert choose(page, "lasso") == Id.TOOL_LASSO
    with qtbot.waitSignal(active_keys().changed):
        press(page, Key.Key_J)
    assert active_keys().keys(Id.TOOL_LASSO) == ("J",)
    assert active_keys().action_of("L") is None
    QTest.mouseClick(page._reset, LEFT)
    assert active_keys().keys(Id.TOOL_LASSO) == ("L",)
    assert active_keys().edited() == {}


def test_a_conflict_is_named_and_settled_by_the_person(page):
    choose(page, "lasso")
    press(page, Key.Key_B)
    assert page._said.text() == "B is the key of “Brush”."
    assert active_keys().keys(Id.TOOL_LASSO) == ("L",)
    QTest.mouseClick(page._keep, LEFT)
    assert active_keys().keys(Id.TOOL_BRUSH) == ("B",)
    press(page, Key.Key_B)
    QTest.mouseClick(page._take, LEFT)
    assert active_keys().keys(Id.TOOL_LASSO) == ("B",)
    assert active_keys().keys(Id.TOOL_BRUSH) == ()
    QTest.mouseClick(page._reset_all, LEFT)
    assert active_keys().edited() == {}


def test_escape_and_a_second_click_change_nothing(page):
    choose(page, "lasso")
    QTest.mouseClick(page._press, LEFT)
    QTest.keyClick(page._press, Key.Key_Escape)
    assert not page._press.is_waiting()
    QTest.mouseClick(page._press, LEFT)
    QTest.mouseClick(page._press, LEFT)
    assert not page._press.is_waiting()
    assert active_keys().edited() == {}


def test_holds_take_single_keys_and_decisions_never_do(page):
    choose(page, "pan while")
    press(page, Key.Key_P, CTRL)
    assert page._said.text() == "A key that is held is a single one."
    choose(page, "erase the active structure while")
    press(page, Key.Key_Alt)
    assert active_keys().keys(Id.HOLD_ERASE) == ("Alt",)
    choose(page, "exclude")
    press(page, Key.Key_Space)
    assert page._said.text() == "A decision needs a key with Ctrl, Alt or Shift."
    assert active_keys().keys(Id.EXCLUDE) == RECORDS[Id.EXCLUDE].keys


def test_what_was_edited_comes_back_from_the_settings(qapp):
    book = KeyBook()
    book.set_keys(Id.TOOL_LASSO, ("B",))
    kept = book.edited()
    assert kept == {"segment.lasso": ["B"], "segment.brush": []}
    other = KeyBook()
    other.load({**kept, "gone.command": ["Q"]})
    assert other.action_of("B") == Id.TOOL_LASSO
    assert other.shown(Id.TOOL_BRUSH) == ""


def test_the_sheet_shows_the_keys_as_they_are(page, shown):
    window = shown(KeysPage(), 900, 700)
    sheet = KeysSheet(window)
    active_keys().set_keys(Id.TOOL_BRUSH, ("P",))
    caps = [label.text() for label in sheet.findChildren(QLabel) if label.text() == "P"]
    assert caps == ["P"]


def test_the_mouse_scheme_is_told_and_explained(page, qtbot):
    page.set_mouse("radiology")
    with qtbot.waitSignal(page.mouseChosen) as chosen:
        QTest.mouseClick(page._mouse.button("research"), LEFT)
    assert chosen.args == ["research"]
    assert page._mouse_words.text().startswith("Right-drag zooms")
