from __future__ import annotations

from collections import Counter

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMenuBar

from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.actions.action_records import RECORDS
from kitsdesk.ui.actions.action_registry import ActionRegistry
from kitsdesk.ui.actions.menus import MENUS


def ids_in(entries):
    for entry in entries:
        if isinstance(entry, tuple):
            yield from ids_in(entry[1])
        elif entry is not None:
            yield entry


def test_every_action_has_a_record_and_a_place_in_the_menus():
    assert set(RECORDS) == set(ActionId)
    holds = {action for action, record in RECORDS.items() if record.hold}
    assert {found for _title, entries in MENUS for found in ids_in(entries)} | holds == set(
        ActionId
    )


def test_no_key_is_used_twice_and_no_single_key_is_registered(qtbot):
    keys = [key for record in RECORDS.values() for key in record.keys]
    assert not [key for key, count in Counter(keys).items() if count > 1]
    registry = ActionRegistry()
    for action in registry.all_actions():
        for sequence in action.shortcuts():
            combination = sequence[0]
            function_key = Qt.Key.Key_F1 <= combination.key() <= Qt.Key.Key_F12
            held = combination.keyboardModifiers() & (
                Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
            )
            assert function_key or held


def test_the_registry_tells_which_action_and_why_not(qtbot):
    registry = ActionRegistry()
    bar = QMenuBar()
    qtbot.addWidget(bar)
    registry.fill(bar)
    with qtbot.waitSignal(registry.triggered) as signal:
        registry.action(ActionId.RETRAIN).trigger()
    assert signal.args == [ActionId.RETRAIN]
    registry.set_enabled(ActionId.RETRAIN, False, "No case has a mask")
    assert registry.action(ActionId.RETRAIN).toolTip() == "No case has a mask"
    with qtbot.assertNotEmitted(registry.triggered):
        registry.action(ActionId.RETRAIN).trigger()


def test_recent_projects_are_listed_and_chosen(qtbot):
    registry = ActionRegistry()
    bar = QMenuBar()
    qtbot.addWidget(bar)
    registry.fill(bar)
    registry.set_recent(["/data/a.kitsdesk"])
    with qtbot.waitSignal(registry.recentChosen) as signal:
        registry._recent.actions()[0].trigger()
    assert signal.args == ["/data/a.kitsdesk"]
