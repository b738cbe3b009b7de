"""During a stroke the canvas with the pointer comes first, however slow painting is."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from kitsdesk.viewer.repaints import OTHERS_MS, Repaints


class Canvas:
    """Counts how often it is drawn; takes so many ms each time."""

    def __init__(self, takes_ms: float) -> None:
        self.takes_ms, self.drawn = takes_ms, 0

    def refresh_mask(self, _box: object) -> None:
        time.sleep(self.takes_ms / 1000)
        self.drawn += 1


@pytest.fixture
def stroke(qapp, qtbot):
    """Draw a stroke of so many steps on a canvas of so many ms; return it and another one."""

    def draw(takes_ms: float, steps: int) -> tuple[Canvas, Canvas]:
        active, other = Canvas(takes_ms), Canvas(0)
        repaints = Repaints(
            SimpleNamespace(stroke=True), (active, other), lambda: active, lambda: None
        )
        for _ in range(steps):
            repaints.mask((0, 1, 0, 1, 0, 1))
            drawn = active.drawn
            qtbot.waitUntil(lambda drawn=drawn: active.drawn > drawn, timeout=5000)
        while_drawn = other.drawn
        qtbot.waitUntil(lambda: not repaints.pending, timeout=5000)
        # Nothing is left where the last step and the other one's turn fell together.
        assert while_drawn <= other.drawn <= while_drawn + 1
        repaints.stop()
        other.drawn = while_drawn
        return active, other

    return draw


def test_the_others_follow_a_quick_stroke(stroke):
    active, other = stroke(OTHERS_MS / 8, 40)
    assert active.drawn == 40
    assert 1 <= other.drawn <= 20


def test_the_others_leave_a_slow_stroke_to_the_canvas_with_the_pointer(stroke):
    active, other = stroke(1.5 * OTHERS_MS, 16)
    assert active.drawn == 16
    # At the pace of a quick one they would take every second turn.
    assert 1 <= other.drawn <= 5
