"""Marks that keep their size at every zoom: text with casing, letters, scale bar, crosshair."""

from __future__ import annotations

from functools import lru_cache
from math import ceil

from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap

from kitsdesk.viewer import canvas_style as style
from kitsdesk.viewer.planes import Projection

Align = Qt.AlignmentFlag
_PART = style.part("canvas_marks")
ICON_PX: float = _PART["icon"]
SCALE_STEPS_MM = (1, 2, 5, 10, 20, 50, 100, 200)
SCALE_LONGEST_PX: float = _PART["scale_longest"]
_SCALE_TICK: float = _PART["scale_tick"]
_TARGET_INSET: float = _PART["target_inset"]


def colour(name: str, opacity: float = 1.0) -> QColor:
    """Return a named colour at an opacity."""
    value = QColor(name)
    value.setAlphaF(opacity)
    return value


def cosmetic_pen(name: str, width: float, opacity: float = 1.0) -> QPen:
    """Return a round-joined pen whose width is px at every zoom."""
    pen = QPen(colour(name, opacity), width)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


@lru_cache(maxsize=8)
def canvas_font(weight: int = 600, size: int = style.LETTER_PX) -> QFont:
    """Return the font of the canvases: Inter where it is installed, digits of one width."""
    font = QFont()
    font.setFamilies(["Inter", font.family()])
    font.setPixelSize(size)
    font.setWeight(QFont.Weight(weight))
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def draw_text(
    painter: QPainter, x: float, y: float, text: str, name: str = style.TEXT, weight: int = 600
) -> float:
    """Draw text with its casing, the baseline at (x, y) on whole device pixels; return the
    width in px."""
    device = painter.device()
    ratio = device.devicePixelRatioF() if device is not None else 1.0
    picture, corner = _text_picture(text, name, weight, ratio)
    at = QPointF(round(x * ratio) / ratio, round(y * ratio) / ratio)
    painter.drawPixmap(at + corner, picture)
    return text_width(text, weight)


def text_width(text: str, weight: int = 600) -> float:
    """Return how many px wide a text of the canvas is."""
    return QFontMetricsF(canvas_font(weight)).horizontalAdvance(text)


@lru_cache(maxsize=512)
def _text_picture(text: str, name: str, weight: int, ratio: float) -> tuple[QPixmap, QPointF]:
    """Return a text's picture and where its corner lies from the start of the baseline:
    stroking the same few words anew takes longer than all else of a canvas that scrolls."""
    path = QPainterPath()
    path.addText(QPointF(0, 0), canvas_font(weight), text)
    edge = style.TEXT_CASING_PX
    box = path.boundingRect().adjusted(-edge, -edge, edge, edge).toAlignedRect()
    picture = QPixmap(ceil(box.width() * ratio), ceil(box.height() * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(-QPointF(box.topLeft()))
    casing = QPen(colour(style.BACKGROUND, style.TEXT_CASING_OPACITY), edge)
    casing.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, casing)
    painter.fillPath(path, colour(name))
    painter.end()
    return picture, QPointF(box.topLeft())


def draw_letters(painter: QPainter, area: QRectF, letters: tuple[str, str, str, str]) -> None:
    """Draw the letters for top, bottom, left and right at the middle of the area's edges."""
    metrics = QFontMetricsF(canvas_font())
    inset, rise = style.LETTER_INSET_PX, metrics.capHeight()
    middle = area.center()
    top, bottom, left, right = letters
    for text, x, y in (
        (top, middle.x() - text_width(top) / 2, area.top() + inset + rise),
        (bottom, middle.x() - text_width(bottom) / 2, area.bottom() - inset),
        (left, area.left() + inset, middle.y() + rise / 2),
        (right, area.right() - inset - text_width(right), middle.y() + rise / 2),
    ):
        draw_text(painter, x, y, text)


def draw_title(painter: QPainter, area: QRectF, title: str, muted: str) -> None:
    """Draw a canvas's name and, muted, what of it is shown at the top left."""
    inset = style.LETTER_INSET_PX
    baseline = area.top() + inset + QFontMetricsF(canvas_font()).capHeight()
    width = draw_text(painter, area.left() + inset, baseline, title)
    beside = area.left() + inset + width + _PART["title_gap"]
    draw_text(painter, beside, baseline, muted, style.TEXT_MUTED, weight=500)


def maximise_rect(area: QRectF) -> QRectF:
    """Return where the maximise button takes clicks: a square at the top right."""
    side, inset = style.TARGET_PX, _TARGET_INSET
    return QRectF(area.right() - side - inset, area.top() + inset, side, side)


def draw_maximise(painter: QPainter, area: QRectF, maximised: bool, hover: bool) -> None:
    """Draw four corners, turned inwards where the canvas is maximised."""
    centre, half, arm = maximise_rect(area).center(), ICON_PX / 2, _PART["icon_arm"]
    lines = []
    for sx in (-1, 1):
        for sy in (-1, 1):
            out = -1 if maximised else 1
            corner = QPointF(
                centre.x() + sx * (half - (arm if maximised else 0)),
                centre.y() + sy * (half - (arm if maximised else 0)),
            )
            lines.append(QLineF(corner, corner - QPointF(sx * arm * out, 0)))
            lines.append(QLineF(corner, corner - QPointF(0, sy * arm * out)))
    casing = QPen(colour(style.BACKGROUND, style.TEXT_CASING_OPACITY), style.TEXT_CASING_PX)
    painter.setPen(casing)
    _draw_lines(painter, lines)
    pen = QPen(
        colour(style.TEXT if hover else style.TEXT_MUTED, 1.0 if hover else 0.8),
        style.LINES["thin"],
    )
    pen.setCapStyle(Qt.PenCapStyle.SquareCap)
    painter.setPen(pen)
    _draw_lines(painter, lines)


def scale_length(zoom: float) -> int:
    """Return the round number of mm whose bar is the longest that still fits."""
    fitting = [mm for mm in SCALE_STEPS_MM if mm * zoom <= SCALE_LONGEST_PX]
    return fitting[-1] if fitting else SCALE_STEPS_MM[0]


def draw_scale_bar(painter: QPainter, area: QRectF, zoom: float) -> None:
    """Draw a bar of a round number of mm with its length at the bottom left."""
    length = scale_length(zoom)
    inset = style.LETTER_INSET_PX
    x0, y = area.left() + inset + 2, area.bottom() - inset - _SCALE_TICK
    x1 = x0 + length * zoom
    ticks = [QLineF(x, y - _SCALE_TICK, x, y + _SCALE_TICK) for x in (x0, x1)]
    lines = [QLineF(x0, y, x1, y), *ticks]
    painter.setPen(QPen(colour(style.BACKGROUND, style.TEXT_CASING_OPACITY), style.TEXT_CASING_PX))
    _draw_lines(painter, lines)
    painter.setPen(QPen(colour(style.TEXT), style.LINES["mark"]))
    _draw_lines(painter, lines)
    draw_text(painter, x1 + _PART["scale_gap"], y + _PART["scale_drop"], f"{length} mm", weight=500)


def draw_crosshair(painter: QPainter, area: QRectF, projection: Projection, at: QPointF) -> None:
    """Draw the crosshair through a point, with a hole around it."""
    hole = style.CROSSHAIR_HOLE_PX / 2
    x, y = round(at.x()) + 0.5, round(at.y()) + 0.5
    lines = [
        QLineF(area.left(), y, x - hole, y),
        QLineF(x + hole, y, area.right(), y),
        QLineF(x, area.top(), x, y - hole),
        QLineF(x, y + hole, x, area.bottom()),
    ]
    painter.setPen(QPen(colour(style.CROSSHAIR, style.CROSSHAIR_OPACITY), style.LINES["edge"]))
    _draw_lines(painter, [line for line in lines if line.dx() > 0 or line.dy() > 0])


def _draw_lines(painter: QPainter, lines: list[QLineF]) -> None:
    for line in lines:
        painter.drawLine(line)
