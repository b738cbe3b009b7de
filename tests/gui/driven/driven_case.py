"""An open case of the driven project: where strokes went, and what was saved, read by nibabel."""

from __future__ import annotations

from driven_project import TUMOR_AT, OnDisk
from hands import CTRL
from PyQt6.QtCore import Qt

Key = Qt.Key


def open_case(hand, case, at=TUMOR_AT):
    hand.host.open_case_at(case)
    session = hand.host.desk.session
    hand.qtbot.waitUntil(
        lambda: session.case is not None and session.case.case == case, timeout=60000
    )
    hand.rest()
    hand.host.window.side.show_tab("tools")
    hand.look_at(at)


def save(hand) -> OnDisk:
    """Press Ctrl+S and return the newest mask file as nibabel reads it."""
    hand.key(Key.Key_S, CTRL)
    case = hand.case
    hand.qtbot.waitUntil(lambda: case.unsaved == 0, timeout=60000)
    hand.rest()
    return OnDisk(hand.host.desk.session.revisions.newest(case.case).path)


def reference(hand) -> OnDisk:
    return OnDisk(hand.case.record.reference)


def way_of(hand, act) -> list[tuple[float, float, float]]:
    """Return the LPS places that the canvases told of while the button was down."""
    told = []

    def hear(event):
        if "left" in event.buttons:
            told.append(event.mm)

    hand.host.canvas.pointer.connect(hear)
    act()
    hand.host.canvas.pointer.disconnect(hear)
    return told
