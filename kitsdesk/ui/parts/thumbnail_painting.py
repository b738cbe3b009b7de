"""Arrays of records as pixmaps."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPainterPath, QPixmap

from kitsdesk.ui.design_tokens import canvas_background, radius


def grey_pixmap(picture: NDArray[Any], side: int) -> QPixmap:
    """Return a uint8 (rows, columns) slice as a square pixmap of `side` px, cropped to fill."""
    pixels = np.ascontiguousarray(picture, dtype=np.uint8)
    rows, columns = pixels.shape
    image = QImage(pixels.tobytes(), columns, rows, columns, QImage.Format.Format_Grayscale8)
    return _filled(image.copy(), side)


def colour_pixmap(picture: NDArray[Any], side: int) -> QPixmap:
    """Return a uint8 (rows, columns, 3) picture as a square pixmap of `side` px."""
    pixels = np.ascontiguousarray(picture, dtype=np.uint8)
    rows, columns = pixels.shape[:2]
    image = QImage(pixels.tobytes(), columns, rows, 3 * columns, QImage.Format.Format_RGB888)
    return _filled(image.copy(), side)


def _filled(image: QImage, side: int) -> QPixmap:
    scaled = image.scaled(
        QSize(side, side),
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    x, y = (scaled.width() - side) // 2, (scaled.height() - side) // 2
    return QPixmap.fromImage(scaled.copy(x, y, side, side))


def draw_picture(painter: QPainter, pixmap: QPixmap | None, box: QRectF) -> None:
    """Draw a pixmap with round corners; black where there is none."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    clip = QPainterPath()
    clip.addRoundedRect(box, radius("chip"), radius("chip"))
    painter.fillPath(clip, QColor(canvas_background()))
    if pixmap is not None:
        painter.setClipPath(clip)
        painter.drawPixmap(box, pixmap, QRectF(pixmap.rect()))
    painter.restore()
