"""Words painted in as many lines as they need, up to a number; the last one is elided."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QFont, QPainter, QTextLayout, QTextOption


def draw_wrapped(
    painter: QPainter, text: str, box: QRectF, font: QFont, step: int, most: int
) -> float:
    """Draw at most `most` lines of `step` px from the top of `box`, with the painter's pen, and
    return their height in px."""
    lines = _lines(text, font, box.width(), most)
    painter.setFont(font)
    metrics = painter.fontMetrics()
    for number, (start, length) in enumerate(lines):
        shown = text[start : start + length].rstrip()
        if number == most - 1 and start + length < len(text):
            right = Qt.TextElideMode.ElideRight
            shown = metrics.elidedText(text[start:], right, int(box.width()))
        area = QRectF(box.left(), box.top() + number * step, box.width() + 2, step)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), shown)
    return float(step * len(lines))


def _lines(text: str, font: QFont, width: float, most: int) -> list[tuple[int, int]]:
    layout = QTextLayout(text, font)
    layout.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
    layout.beginLayout()
    lines: list[tuple[int, int]] = []
    while len(lines) < most:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
        lines.append((line.textStart(), line.textLength()))
    layout.endLayout()
    return lines
