"""A hand on the real window: mouse and keys go to the widgets as a person's would."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QApplication

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Index = Sequence[float]


class Hand:
    """Points at voxels (z, y, x) of the open case in one of the canvases."""

    def __init__(self, host, qtbot) -> None:
        self.host, self.qtbot = host, qtbot

    @property
    def case(self):
        return self.host.desk.session.case

    def rest(self) -> None:
        """Wait until nothing is computed and everything is painted."""
        desk, canvas = self.host.desk, self.host.canvas
        self.qtbot.waitUntil(
            lambda: not desk.pool.busy and not desk.operations.busy and canvas.is_painted(),
            timeout=60000,
        )

    def overlay(self, view: str):
        return self.host.canvas.canvases()[view].overlay

    def at(self, view: str, index: Index) -> QPoint:
        """Return the pixel of a voxel on a canvas that shows its slice."""
        canvas = self.host.canvas.slices[view]
        grid = [at * step for at, step in zip(index, self.case.volume.spacing, strict=True)]
        x, y = canvas.projection.to_canvas(grid[canvas.plane.row], grid[canvas.plane.column])
        return QPoint(round(x), round(y))

    def look_at(self, index: Index) -> None:
        """Move the crosshair, and with it all slices, to a voxel."""
        mm = self.case.volume.to_mm(index)
        self.host.canvas.set_crosshair((float(mm[0]), float(mm[1]), float(mm[2])))
        self.rest()

    def key(self, key: Qt.Key, modifiers=NONE, view: str = "axial") -> None:
        """Press a key over a canvas."""
        overlay = self.overlay(view)
        overlay.setFocus()
        QTest.keyClick(overlay, key, modifiers)

    def drag(self, *places: Index, view: str = "axial", modifiers=NONE) -> None:
        """Press at the first voxel, move over the others, let go at the last."""
        overlay = self.overlay(view)
        points = [self.at(view, place) for place in places]
        QTest.mousePress(overlay, LEFT, modifiers, points[0])
        for point in points[1:]:
            self.move(overlay, point, modifiers)
        QTest.mouseRelease(overlay, LEFT, modifiers, points[-1])
        QTest.qWait(1)

    @staticmethod
    def move(overlay, point: QPoint, modifiers=NONE) -> None:
        """Move the pressed mouse; QTest.mouseMove knows no button and no modifier."""
        place = QPointF(point)
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            place,
            QPointF(overlay.mapToGlobal(point)),
            Qt.MouseButton.NoButton,
            LEFT,
            modifiers,
        )
        QApplication.sendEvent(overlay, event)

    def click(self, place: Index, view: str = "axial", modifiers=NONE) -> None:
        self.drag(place, view=view, modifiers=modifiers)
        self.rest()

    def hover(self, place: Index, view: str = "axial") -> None:
        QTest.mouseMove(self.overlay(view), self.at(view, place))

    def wheel(self, steps: int, view: str = "axial", modifiers=NONE) -> None:
        """Turn the wheel over the middle of a canvas."""
        overlay = self.overlay(view)
        middle = QPointF(overlay.rect().center())
        event = QWheelEvent(
            middle,
            QPointF(overlay.mapToGlobal(overlay.rect().center())),
            QPoint(),
            QPoint(0, 120 * steps),
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(overlay, event)

    def press(self, text: str, within=None) -> None:
        """Click the visible button with this text (or accessible name)."""
        root = within if within is not None else self.host.window
        for button in root.findChildren(QAbstractButton):
            named = text in (button.text(), button.accessibleName())
            if named and button.isVisible() and button.isEnabled():
                QTest.mouseClick(button, LEFT)
                self.rest()
                return
        raise AssertionError(f"no button “{text}”")

    def history(self) -> list[str]:
        return [entry.name for entry in self.case.history.entries()]

    def drawn(self) -> np.ndarray:
        return self.case.mask.copy()
