from __future__ import annotations

import sys

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent

from kitsdesk.viewer.key_translation import belongs_to_canvas, key_press, physical_key

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def press(key, modifiers=NONE, text="", scan=0):
    return QKeyEvent(QEvent.Type.KeyPress, key, modifiers, scan, 0, 0, text)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="scan codes of X11")
def test_digits_are_taken_from_the_physical_row():
    # "é" stands on the key of the 2 on a French keyboard: scan code 11 under X11.
    assert physical_key(press(Qt.Key.Key_Eacute, text="é", scan=11)) == Qt.Key.Key_2
    assert physical_key(press(Qt.Key.Key_At, SHIFT, "@", scan=11)) == Qt.Key.Key_2
    assert physical_key(press(Qt.Key.Key_B, text="b", scan=56)) == Qt.Key.Key_B


@pytest.mark.parametrize(
    ("event", "ours"),
    [
        (press(Qt.Key.Key_B), True),
        (press(Qt.Key.Key_Space), True),
        (press(Qt.Key.Key_Up), True),
        (press(Qt.Key.Key_Question, SHIFT), True),
        (press(Qt.Key.Key_Z, CTRL), False),
        (press(Qt.Key.Key_1, ALT), False),
        (press(Qt.Key.Key_F1), False),
        (press(Qt.Key.Key_Tab), False),
        (press(Qt.Key.Key_Control, CTRL), False),
    ],
)
def test_single_keys_belong_to_the_canvas(event, ours):
    assert belongs_to_canvas(event) is ours


def test_a_key_press_carries_what_a_controller_needs():
    key = key_press(press(Qt.Key.Key_N, SHIFT, "N"), "coronal")
    assert (key.key, key.text, key.view) == (Qt.Key.Key_N, "N", "coronal")
    assert key.modifiers == {"shift"}
    assert not key.repeat
