"""Operations on whole structures by their buttons in the real window."""

from __future__ import annotations

import numpy as np
import pytest
from driven_project import FAT_AT, KIDNEY_AT, STRAIGHT
from hands import CTRL
from PyQt6.QtCore import Qt

pytestmark = pytest.mark.gui
Key = Qt.Key


@pytest.fixture
def opened(hand):
    hand.host.open_case_at(STRAIGHT)
    session = hand.host.desk.session
    hand.qtbot.waitUntil(
        lambda: session.case is not None and session.case.case == STRAIGHT, timeout=60000
    )
    hand.rest()
    hand.host.window.side.show_tab("tools")
    return hand


def palette(hand):
    return hand.host.window.tools._palette


def test_a_hole_that_was_erased_is_filled_again(opened):
    hand = opened
    before = hand.drawn()
    hand.look_at(KIDNEY_AT)
    hand.key(Key.Key_E)
    hand.drag(KIDNEY_AT)
    assert (hand.case.mask != before).sum() > 20
    hand.key(Key.Key_1)
    hand.press("Fill holes", palette(hand))
    hand.press("In 3D")
    hand.press("Preview")
    assert "kidney +" in hand.host.window.tools._preview.words()
    hand.press("Take")
    assert hand.history() == ["Erase, 12 mm", "Fill holes in kidney"]
    assert np.array_equal(hand.case.mask, before)


def test_islands_keep_the_largest_and_the_clicked(opened):
    hand = opened
    hand.key(Key.Key_B)
    hand.key(Key.Key_3)
    far = (FAT_AT[0], FAT_AT[1], FAT_AT[2] + 14)
    hand.look_at(FAT_AT)
    hand.drag(FAT_AT)
    hand.drag(far, np.add(far, (0, 0, 5)))
    both = hand.drawn()
    hand.press("Islands", palette(hand))
    hand.press("Preview")
    hand.key(Key.Key_Return)
    hand.rest()
    assert hand.history()[-1] == "Keep largest cyst"
    assert hand.case.mask[FAT_AT] == 0
    assert hand.case.mask[far] == 3
    hand.key(Key.Key_Z, CTRL)
    assert np.array_equal(hand.case.mask, both)
    hand.press("Keep clicked")
    hand.click(FAT_AT)
    assert hand.history()[-1] == "Keep clicked cyst"
    assert hand.case.mask[FAT_AT] == 3
    assert hand.case.mask[far] == 0


def test_a_threshold_finds_the_tumor_inside_the_kidney(opened):
    hand = opened
    hand.key(Key.Key_2)
    hand.press("Threshold", palette(hand))
    hand.press("Only over")
    hand.press("Only over kidney")
    hand.press("Only over background")
    options = hand.host.window.tools._options["threshold"]
    options._numbers["low"].setValue(40.0)
    options._numbers["high"].setValue(100.0)
    hand.press("Preview")
    options._numbers["high"].setValue(110.0)
    hand.rest()
    hand.press("Take")
    predicted = hand.case.prediction == 2
    found = hand.case.mask == 2
    assert 2 * (found & predicted).sum() / (found.sum() + predicted.sum()) > 0.99
    assert hand.history() == ["Threshold tumor"]
