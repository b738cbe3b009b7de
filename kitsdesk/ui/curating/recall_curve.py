"""The share of wrong masks found against the cases reviewed, with its interval."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QSizePolicy, QWidget

from kitsdesk.review.recall import RecallPoint
from kitsdesk.ui.design_tokens import line_height, line_width, part_sizes
from kitsdesk.ui.style import active_style

_PART = part_sizes("recall_curve")
LEFT: int = _PART["left"]
RIGHT: int = _PART["right"]
TOP: int = _PART["top"]
BOTTOM: int = _PART["bottom"]
TICKS = (0.0, 0.5, 0.9, 1.0)


class RecallCurve(QWidget):
    """Painted by itself: three lines and a band need no plotting library."""

    def __init__(self) -> None:
        super().__init__()
        self._curve: tuple[RecallPoint, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(_PART["least_height"])

    def sizeHint(self) -> QSize:
        """Return a flat picture."""
        return QSize(*_PART["size"])

    def set_curve(self, curve: Sequence[RecallPoint]) -> None:
        """Show the recall from now to the last case."""
        self._curve = tuple(curve)
        last = self._curve[-1] if self._curve else None
        self.setAccessibleName(
            "Wrong masks found against cases reviewed"
            + (f", {last.recall.value:.0%} after all {last.reviewed}" if last else "")
        )
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw axes, band, curve and where the review stands."""
        if not self._curve:
            return
        style, painter = active_style(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(LEFT, TOP, -RIGHT, -BOTTOM)
        self._paint_axes(painter, area)
        band = QColor(style.colour("accent"))
        band.setAlphaF(0.18)
        upper = [self._place(area, p.reviewed, p.recall.high) for p in self._curve]
        lower = [self._place(area, p.reviewed, p.recall.low) for p in reversed(self._curve)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(band)
        painter.drawPolygon(QPolygonF([*upper, *lower]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(style.colour("accent"), line_width("focus")))
        middle = [self._place(area, p.reviewed, p.recall.value) for p in self._curve]
        painter.drawPolyline(QPolygonF(middle))
        painter.setBrush(style.colour("accent"))
        painter.setPen(QPen(style.colour("panel"), line_width("focus")))
        painter.drawEllipse(middle[0], _PART["point_radius"], _PART["point_radius"])
        painter.end()

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        style = active_style()
        painter.setFont(style.font("caption"))
        line = line_height("caption")
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for share in TICKS:
            y = area.bottom() - share * area.height()
            wanted = share == 0.9
            pen = QPen(style.colour("border_strong" if wanted else "border"), line_width("edge"))
            pen.setStyle(Qt.PenStyle.DashLine if wanted else Qt.PenStyle.SolidLine)
            painter.setPen(pen)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(style.colour("text_muted"))
            # 0.9 and 1 are close together: the label of 0.9 goes below its line.
            shift = _PART["label_shift"] if wanted else 0
            box = QRectF(0, y - line / 2 + shift, area.left() - _PART["label_gap"], line)
            painter.drawText(box, right, f"{share:.0%}".replace("%", " %"))
        first, last = self._curve[0].reviewed, self._curve[-1].reviewed
        below = QRectF(area.left(), area.bottom() + _PART["below_gap"], area.width(), line)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignLeft), f"{first} reviewed now")
        painter.drawText(below, int(Qt.AlignmentFlag.AlignRight), f"all {last} cases")

    def _place(self, area: QRectF, reviewed: int, share: float) -> QPointF:
        first, last = self._curve[0].reviewed, self._curve[-1].reviewed
        along = (reviewed - first) / max(1, last - first)
        return QPointF(area.left() + along * area.width(), area.bottom() - share * area.height())
