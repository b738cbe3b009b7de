"""Text on panels: labels by role and tone, and one that elides."""

from __future__ import annotations

from typing import Literal

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.spacing import EDGE
from kitsdesk.ui.style import restyle

Role = Literal["caption", "small", "base", "title", "heading", "display", "keycap"]
Tone = Literal["", "muted", "accent", "warning", "error", "success"]
LabelWeight = Literal["", "medium", "semibold"]
_LEAST_WIDTH: int = part_sizes("labels")["least_width"]


def text_label(
    text: str = "", role: Role = "base", tone: Tone = "", weight: LabelWeight = ""
) -> QLabel:
    """Return a label in one of the type scale's roles."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    restyle(label, role=role, tone=tone, weight=weight)
    return label


def wrapped_label(text: str = "", role: Role = "base", tone: Tone = "") -> QLabel:
    """Return a label that breaks its text over as many lines as it needs."""
    label = text_label(text, role, tone)
    label.setWordWrap(True)
    return label


def section_label(text: str) -> QLabel:
    """Return the small head above a block of a panel."""
    return text_label(text, "small", "muted", "semibold")


def number_label(text: str = "–", weight: LabelWeight = "") -> QLabel:
    """Return a right-aligned value; digits are tabular by the application's font."""
    label = text_label(text, weight=weight)
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label


def divider(direction: Literal["h", "v"] = "h") -> QFrame:
    """Return the line, as thin as an edge, that stands where other programs put a box."""
    line = QFrame()
    line.setProperty("rule", direction)
    if direction == "h":
        line.setFixedHeight(EDGE)
    else:
        line.setFixedWidth(EDGE)
    return line


def surface(kind: str, parent: QWidget | None = None) -> QWidget:
    """Return an empty widget with the ground of `kind` (window, panel, raised, card …)."""
    widget = QWidget(parent)
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    widget.setProperty("surface", kind)
    return widget


class ElidedLabel(QLabel):
    """A label that shortens its text with "…" and shows all of it as a tooltip."""

    def __init__(
        self,
        text: str = "",
        role: Role = "base",
        tone: Tone = "",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(text)
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._short = ""
        restyle(self, role=role, tone=tone)

    def set_texts(self, text: str, short: str) -> None:
        """Show `text`, or `short` in its place where there is no room for all of it."""
        self._short = short
        self.setText(text)

    def minimumSizeHint(self) -> QSize:
        """Return a width that lets the row shrink."""
        return QSize(_LEAST_WIDTH, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw as much of the text as fits."""
        painter = QPainter(self)
        metrics, text = self.fontMetrics(), self.text()
        if self._short and metrics.horizontalAdvance(text) > self.width():
            text = self._short
        shown = metrics.elidedText(text, self._mode, self.width())
        self.setToolTip(self.text() if shown != self.text() else "")
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.setFont(self.font())
        painter.drawText(self.rect(), int(self.alignment()), shown)
