"""The palette lists every action with its key, and finds it by other words, too."""

import pytest
from PyQt6.QtWidgets import QWidget

from kitsdesk.ui.actions.action_ids import ActionId as Id
from kitsdesk.ui.actions.action_records import RECORDS
from kitsdesk.ui.actions.action_registry import ActionRegistry
from kitsdesk.ui.actions.key_book import active_keys
from kitsdesk.ui.command_palette import CommandPalette, action_rank


@pytest.fixture
def palette(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    registry = ActionRegistry(window)
    yield CommandPalette(registry, window)
    window.close()


def test_every_action_is_listed_and_each_with_a_key_shows_it(palette):
    palette.open_palette()
    assert set(palette.entries()) == set(Id) - {Id.COMMAND_PALETTE}
    for action, record in RECORDS.items():
        assert bool(active_keys().shown(action)) == bool(record.keys)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("manual", Id.GUIDE),
        ("shortcuts", Id.KEYS),
        ("uncertainty", Id.ENTROPY),
        ("dilate", Id.TOOL_MARGIN),
        ("preferences", Id.SETTINGS),
        ("fine-tune", Id.RETRAIN),
        ("paint", Id.TOOL_BRUSH),
        ("postpone", Id.DECIDE_LATER),
        ("tutorial", Id.TOUR),
        ("connected comp", Id.TOOL_ISLANDS),
    ],
)
def test_other_words_find_it_first(palette, words, wanted):
    palette.open_palette()
    palette._field.setText(words)
    assert palette.entries()[0] == wanted


def test_its_own_words_come_before_another_ones_synonyms(palette):
    palette.open_palette()
    palette._field.setText("save")
    assert palette.entries()[0] == Id.SAVE
    palette._field.setText("undo")
    assert palette.entries()[:2] == [Id.UNDO, Id.UNDO_DECISION]
    assert action_rank(Id.SAVE, "zebra") is None
