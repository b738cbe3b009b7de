"""One unnamed mask over its CT, axial; the wheel turns the slices of both sides together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent, QWheelEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from kitsdesk.review.slice_pictures import Frame, slice_picture
from kitsdesk.ui.design_tokens import canvas_background, canvas_text, part_sizes
from kitsdesk.ui.style import active_style
from trainer.imaging.volume import Volume

_PART = part_sizes("blind_slice")
_LEAST: int = _PART["least_side"]
_SIDE: int = _PART["side"]
_INSET: int = _PART["letter_inset"]
PICTURE = 512
BODY_MM = 40.0
_STEP = 120


class BlindSlice(QWidget):
    """`stepped(slices)`: the wheel was turned, up (towards the head) is positive."""

    stepped = pyqtSignal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._volume: Volume | None = None
        self._mask: NDArray[np.uint8] | None = None
        self._frame = Frame(0, 0.0, 0.0, 1.0)
        self._image: QImage | None = None
        self._turned = 0
        self.setAccessibleName(f"Mask {name}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(_LEAST, _LEAST)

    def sizeHint(self) -> QSize:
        """Return a square."""
        return QSize(_SIDE, _SIDE)

    def show_mask(self, volume: Volume, mask: NDArray[np.uint8], frame: Frame) -> None:
        """Show a case at a slice and place."""
        self._volume, self._mask, self._frame = volume, mask, frame
        picture = slice_picture(volume, mask, frame, PICTURE)
        data = np.ascontiguousarray(picture)
        self._image = QImage(
            data.tobytes(), PICTURE, PICTURE, 3 * PICTURE, QImage.Format.Format_RGB888
        ).copy()
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._volume = self._mask = self._image = None
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the picture as a square in the middle, with its letter and orientation."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(canvas_background()))
        if self._image is None:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        side = min(self.width(), self.height())
        box = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        painter.drawImage(box, self._image)
        style = active_style()
        painter.setPen(QColor(canvas_text()))
        painter.setFont(style.font("heading", 600))
        painter.drawText(QPointF(*_PART["name_place"]), self._name)
        painter.setFont(style.font("small", 600))
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        whole = QRectF(self.rect()).adjusted(_INSET, 0, -_INSET, 0)
        painter.drawText(whole, middle | int(Qt.AlignmentFlag.AlignLeft), "R")
        painter.drawText(whole, middle | int(Qt.AlignmentFlag.AlignRight), "L")
        painter.end()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Step through the slices."""
        if event is None:
            return
        self._turned += event.angleDelta().y()
        steps = int(self._turned / _STEP)
        self._turned -= steps * _STEP
        if steps:
            self.stepped.emit(steps)
        event.accept()
