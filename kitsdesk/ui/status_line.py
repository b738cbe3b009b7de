"""The bar at the bottom: position, HU, structures; saved or not; device; the notice."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt, QTimer
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from kitsdesk.ui.design_tokens import control
from kitsdesk.ui.parts.icon_label import IconLabel
from kitsdesk.ui.parts.labels import ElidedLabel, text_label
from kitsdesk.ui.parts.wording import number_text
from kitsdesk.ui.spacing import SPACE_8, SPACE_12, SPACE_20
from kitsdesk.ui.style import active_style

STATUS_HEIGHT: int = control("status_bar")
_DOT: int = control("unsaved_dot")
MESSAGE_MS = 6000
NOTICE = "Research use only. Not a medical device."


class UnsavedDot(QWidget):
    """The dot of unsaved edits."""

    def sizeHint(self) -> QSize:
        """Return the dot's square."""
        return QSize(_DOT, _DOT)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the dot."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(active_style().colour("accent"))
        painter.drawEllipse(QRectF(0, (self.height() - _DOT) / 2, _DOT, _DOT))


class StatusLine(QWidget):
    """Messages stand for 6 s in the place of the structures under the pointer."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "window")
        self.setFixedHeight(active_style().px(STATUS_HEIGHT))
        self._position = text_label("", "small")
        self._hu = text_label("", "small")
        self._under = ElidedLabel("", "small", "muted")
        self._dot = UnsavedDot()
        self._dot.setFixedWidth(_DOT)
        self._saved = text_label("", "small", "muted")
        self._device = IconLabel("ph.cpu", "")
        self._words = ""
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.timeout.connect(lambda: self._under.setText(self._words))
        self._lay_out()
        self.set_position(None)
        self.set_saved("")
        self.set_device("")

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(SPACE_12, 0, SPACE_12, 0)
        row.setSpacing(SPACE_20)
        for part in (self._position, self._hu):
            row.addWidget(part)
        row.addWidget(self._under, 1)
        saved = QHBoxLayout()
        saved.setSpacing(SPACE_8)
        saved.addWidget(self._dot)
        saved.addWidget(self._saved)
        row.addLayout(saved)
        row.addWidget(self._device)
        row.addWidget(text_label(NOTICE, "small", "muted"))
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(row)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the line above the bar."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), active_style().colour("window"))
        painter.fillRect(0, 0, self.width(), 1, active_style().colour("border"))

    def set_position(self, mm: tuple[float, float, float] | None, hu: float | None = None) -> None:
        """Show a position (L, P, S) in mm with negative L as R, and so on, and its HU."""
        self._position.setVisible(mm is not None)
        self._hu.setVisible(hu is not None)
        if mm is not None:
            names = (("L", "R"), ("P", "A"), ("S", "I"))
            parts = [
                f"{n[0] if v >= 0 else n[1]} {abs(v):.1f}" for v, n in zip(mm, names, strict=True)
            ]
            self._position.setText(" · ".join(parts) + " mm")
        if hu is not None:
            self._hu.setText(f"{number_text(hu)} HU")

    def set_under_pointer(self, text: str) -> None:
        """Say which structures lie there, such as "Reference: kidney · Prediction: tumor"."""
        self._words = text
        if not self._clock.isActive():
            self._under.setText(text)

    def show_message(self, text: str) -> None:
        """Show a message that needs no answer, for 6 s."""
        self._under.setText(text)
        self._clock.start(MESSAGE_MS)

    def message(self) -> str:
        """Return the text that stands there now."""
        return self._under.text()

    def set_saved(self, text: str, unsaved: bool = False) -> None:
        """Say "All edits saved", or how many are not, with the dot."""
        self._saved.setText(text)
        self._saved.setVisible(bool(text))
        self._dot.setVisible(unsaved)

    def set_device(self, text: str) -> None:
        """Say what computes and how much of it is free."""
        self._device.set_text(text)
        self._device.setVisible(bool(text))
