"""Every key of the keys-and-mouse table, pressed in a canvas, in a field and in the list.

In a canvas each does what the table says; in a field it types, moves the cursor or is the
window's shortcut; in the list single keys are the list's own.
"""

from __future__ import annotations

import numpy as np
import pytest
from keyed_window import canvas_of, field_of, list_of, napari_state
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtTest import QTest

from kitsdesk.ui.actions.action_ids import ActionId as Id
from kitsdesk.ui.actions.action_records import RECORDS
from kitsdesk.ui.actions.chords import chord

pytestmark = pytest.mark.gui
Key = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
LEFT = Qt.MouseButton.LeftButton

# The whole table of the product's page: key, modifiers, what it asks for.
SINGLE = (
    (Key.Key_Up, NONE, Id.SLICE_UP),
    (Key.Key_Down, NONE, Id.SLICE_DOWN),
    (Key.Key_PageUp, NONE, Id.SLICE_UP_TEN),
    (Key.Key_PageDown, NONE, Id.SLICE_DOWN_TEN),
    (Key.Key_Home, NONE, Id.SLICE_FIRST),
    (Key.Key_End, NONE, Id.SLICE_LAST),
    (Key.Key_Escape, NONE, Id.TOOL_NAVIGATE),
    (Key.Key_X, NONE, Id.MAXIMISE),
    (Key.Key_B, NONE, Id.TOOL_BRUSH),
    (Key.Key_E, NONE, Id.TOOL_ERASER),
    (Key.Key_L, NONE, Id.TOOL_LASSO),
    (Key.Key_F, NONE, Id.TOOL_FILL),
    (Key.Key_M, NONE, Id.TOOL_RULER),
    (Key.Key_0, NONE, Id.STRUCTURE_0),
    (Key.Key_1, NONE, Id.STRUCTURE_1),
    (Key.Key_2, NONE, Id.STRUCTURE_2),
    (Key.Key_3, NONE, Id.STRUCTURE_3),
    (Key.Key_Plus, SHIFT, Id.SIZE_MORE),
    (Key.Key_Minus, NONE, Id.SIZE_LESS),
    (Key.Key_BracketRight, NONE, Id.SIZE_MORE),
    (Key.Key_BracketLeft, NONE, Id.SIZE_LESS),
    (Key.Key_Comma, NONE, Id.OPACITY_LESS),
    (Key.Key_Period, NONE, Id.OPACITY_MORE),
    (Key.Key_G, NONE, Id.SWAP_MASKS),
    (Key.Key_T, NONE, Id.FLICKER),
    (Key.Key_N, NONE, Id.NEXT_DISAGREEMENT),
    (Key.Key_N, SHIFT, Id.PREVIOUS_DISAGREEMENT),
    (Key.Key_Y, NONE, Id.TAKE_PREDICTION),
    (Key.Key_K, NONE, Id.KEEP_REFERENCE),
    (Key.Key_Question, SHIFT, Id.KEYS),
    (Key.Key_Backspace, NONE, Id.DELETE_MEASURE),
    (Key.Key_Delete, NONE, Id.DELETE_MEASURE),
    (Key.Key_Equal, NONE, Id.SIZE_MORE),
    (Key.Key_W, NONE, Id.LEFT_WINDOW),
    (Key.Key_Return, NONE, Id.TAKE_PREVIEW),
    (Key.Key_Enter, NONE, Id.TAKE_PREVIEW),
)
ANYWHERE = (
    (Key.Key_1, ALT, Id.PRESET_SOFT_TISSUE),
    (Key.Key_2, ALT, Id.PRESET_KIDNEY),
    (Key.Key_3, ALT, Id.PRESET_LIVER),
    (Key.Key_4, ALT, Id.PRESET_BONE),
    (Key.Key_5, ALT, Id.PRESET_LUNG),
    (Key.Key_6, ALT, Id.PRESET_NETWORK),
    (Key.Key_0, ALT, Id.PRESET_RESET),
    (Key.Key_Return, CTRL, Id.DONE_AND_NEXT),
    (Key.Key_Enter, CTRL, Id.DONE_AND_NEXT),
    (Key.Key_R, CTRL | SHIFT, Id.USE_PREDICTION),
    (Key.Key_X, CTRL | SHIFT, Id.EXCLUDE),
    (Key.Key_D, CTRL | SHIFT, Id.DECIDE_LATER),
    (Key.Key_S, CTRL, Id.SAVE),
    (Key.Key_P, CTRL | SHIFT, Id.COMMAND_PALETTE),
    (Key.Key_F1, NONE, Id.GUIDE),
    (Key.Key_N, CTRL, Id.NEW_PROJECT),
    (Key.Key_O, CTRL, Id.OPEN_PROJECT),
    (Key.Key_O, CTRL | SHIFT, Id.OPEN_CASE),
    (Key.Key_E, CTRL | SHIFT, Id.EXPORT_DATA_SET),
    (Key.Key_Q, CTRL, Id.QUIT),
    (Key.Key_F, CTRL, Id.FIND_CASE),
    (Key.Key_J, CTRL, Id.SHOW_JOBS),
    (Key.Key_P, CTRL, Id.PREDICT_CASE),
    (Key.Key_L, CTRL, Id.QUEUE),
    (Key.Key_L, CTRL | SHIFT, Id.MORE_LIKE_THIS),
    (Key.Key_R, CTRL, Id.RETRAIN),
    (Key.Key_Comma, CTRL, Id.SETTINGS),
)
# A field has these for itself: words and typing taken back.
NOT_IN_A_FIELD = (
    (Key.Key_Right, CTRL, Id.NEXT_CASE),
    (Key.Key_Left, CTRL, Id.PREVIOUS_CASE),
    (Key.Key_Right, CTRL | SHIFT, Id.NEXT_UNREVIEWED),
    (Key.Key_Z, CTRL, Id.UNDO),
    (Key.Key_Y, CTRL, Id.REDO),
    (Key.Key_Z, CTRL | SHIFT, Id.REDO),
)
# Held over a canvas; what each does there is in test_key_effects.
HOLDS = (
    (Key.Key_H, NONE, Id.HOLD_HIDE),
    (Key.Key_C, NONE, Id.HOLD_CROSSHAIR),
    (Key.Key_Space, NONE, Id.HOLD_PAN),
    (Key.Key_Control, NONE, Id.HOLD_ERASE),
)
NAMES = ((CTRL, "ctrl"), (ALT, "alt"), (SHIFT, "shift"))


def name(entry) -> str:
    key, modifiers, action = entry
    return f"{action}-{int(modifiers.value) >> 25}-{int(key):x}"


def test_every_key_of_the_book_is_pressed():
    pressed = {
        (chord(int(key), [word for flag, word in NAMES if modifiers & flag]), action)
        for key, modifiers, action in (*SINGLE, *ANYWHERE, *NOT_IN_A_FIELD, *HOLDS)
    }
    book = {(key, action) for action, record in RECORDS.items() for key in record.keys}
    assert book - pressed == set()
    assert pressed - book == set()


@pytest.mark.parametrize("entry", HOLDS, ids=name)
def test_in_a_field_a_hold_is_the_fields(desk, asked, entry):
    key, _modifiers, _action = entry
    field = field_of(desk)
    QTest.keyClicks(field, "ab")
    QTest.keyPress(field, key)
    assert desk.canvas.scene.mask_visible
    assert len(field.text()) == (2 if key == Key.Key_Control else 3)
    QTest.keyRelease(field, key)
    assert asked == []


@pytest.mark.parametrize("entry", HOLDS, ids=name)
def test_in_the_list_a_hold_asks_for_nothing(desk, asked, entry):
    key, _modifiers, _action = entry
    before, mask = desk.canvas.crosshair(), desk.desk.session.case.mask.copy()
    view = list_of(desk)
    QTest.keyPress(view, key)
    assert desk.canvas.scene.mask_visible
    QTest.keyRelease(view, key)
    assert asked == []
    assert desk.canvas.crosshair() == before
    assert np.array_equal(desk.desk.session.case.mask, mask)


@pytest.mark.parametrize("entry", [*SINGLE, *ANYWHERE, *NOT_IN_A_FIELD], ids=name)
def test_in_a_canvas_the_key_asks_for_its_action_once(desk, asked, entry):
    key, modifiers, action = entry
    before = napari_state(desk)
    overlay = canvas_of(desk)
    if not desk.window.registry.action(action).isEnabled():
        pytest.fail(f"{action} is not enabled with a case open")
    QTest.keyClick(overlay, key, modifiers)
    assert asked == [action]
    assert napari_state(desk) == before


@pytest.mark.parametrize("entry", SINGLE, ids=name)
def test_in_a_field_a_single_key_is_the_fields(desk, asked, entry):
    key, modifiers, _action = entry
    field = field_of(desk)
    QTest.keyClicks(field, "ab")
    QTest.keyClick(field, key, modifiers)
    assert asked == []
    typed = QKeyEvent(QEvent.Type.KeyPress, key, modifiers).key()
    if Key.Key_Space < typed < Key.Key_AsciiTilde:
        assert len(field.text()) == 3
    elif key == Key.Key_Backspace:
        assert field.text() == "a"


@pytest.mark.parametrize("entry", ANYWHERE, ids=name)
def test_in_a_field_the_windows_keys_still_work(desk, asked, entry):
    key, modifiers, action = entry
    field = field_of(desk)
    QTest.keyClick(field, key, modifiers)
    assert asked == [action]
    assert field.text() == ""


@pytest.mark.parametrize("entry", NOT_IN_A_FIELD, ids=name)
def test_in_a_field_words_and_typing_taken_back_are_the_fields(desk, asked, entry):
    key, modifiers, _action = entry
    field = field_of(desk)
    QTest.keyClicks(field, "kidney left")
    QTest.keyClick(field, key, modifiers)
    assert asked == []


@pytest.mark.parametrize("entry", SINGLE, ids=name)
def test_in_the_list_a_single_key_asks_for_nothing(desk, asked, entry):
    key, modifiers, _action = entry
    before, mask = desk.canvas.crosshair(), desk.desk.session.case.mask.copy()
    QTest.keyClick(list_of(desk), key, modifiers)
    assert asked == []
    assert desk.canvas.crosshair() == before
    assert np.array_equal(desk.desk.session.case.mask, mask)


@pytest.mark.parametrize("entry", [*ANYWHERE, *NOT_IN_A_FIELD], ids=name)
def test_in_the_list_the_windows_keys_work(desk, asked, entry):
    key, modifiers, action = entry
    QTest.keyClick(list_of(desk), key, modifiers)
    assert asked == [action]


@pytest.mark.parametrize("key", [Key.Key_Space, Key.Key_Return])
def test_space_and_enter_decide_nothing(desk, asked, key):
    case = desk.desk.session.case.case
    for place in (canvas_of(desk), list_of(desk)):
        QTest.keyClick(place, key)
    assert not [action for action in asked if action.value.startswith("review.")]
    assert desk.desk.session.decisions.current(case).decision == "unreviewed"
