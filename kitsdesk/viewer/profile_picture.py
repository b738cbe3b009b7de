"""The profiles of one slice rail as a picture that is kept while they and the rail are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QPainter, QPainterPath, QPixmap

from kitsdesk.viewer import canvas_style as style
from kitsdesk.viewer.canvas_marks import colour
from kitsdesk.viewer.scene import Profiles

if TYPE_CHECKING:
    from kitsdesk.viewer.slice_rail import SliceRail

_PART = style.part("profile_picture")
CURVE_PX: float = _PART["curve"]


class ProfilePicture:
    """Foreground and disagreement beside the rail; a slice that scrolls changes neither."""

    def __init__(self) -> None:
        self._profiles: Profiles | None = None
        self._values: tuple[object, ...] = ()
        self._picture = QPixmap()

    def draw(
        self, painter: QPainter, rail: SliceRail, profiles: Profiles, right: float, ratio: float
    ) -> None:
        """Draw the curves to the left of `right` px, at a screen's `ratio` of pixels."""
        values = (rail.plane, rail.area.getRect(), rail.count, right, ratio)
        if profiles is not self._profiles or values != self._values:
            self._profiles, self._values = profiles, values
            size = rail.area.size() * ratio
            self._picture = QPixmap(size.toSize())
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            inner = QPainter(self._picture)
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            inner.translate(-rail.area.topLeft())
            _draw(inner, rail, profiles, right)
            inner.end()
        painter.drawPixmap(rail.area.topLeft(), self._picture)


def _draw(painter: QPainter, rail: SliceRail, profiles: Profiles, right: float) -> None:
    area = np.asarray(profiles.area[rail.plane.axis], float)
    disputed = np.asarray(profiles.disagreement[rail.plane.axis], float)
    most = max(float(area.max(initial=0.0)), float(disputed.max(initial=0.0)))
    if most <= 0:
        return
    for values, name in ((area, style.RAIL_FOREGROUND), (disputed, style.RAIL_DISAGREEMENT)):
        painter.fillPath(_curve(rail, values / most * CURVE_PX, right), colour(name))


def _curve(rail: SliceRail, widths: NDArray[np.float64], right: float) -> QPainterPath:
    # A slice with any voxel stays visible, however few they are.
    shown = np.where(widths > 0, np.maximum(widths, 1.0), 0.0)
    path = QPainterPath(QPointF(right, rail.y_of(0)))
    for index, width in enumerate(shown[: rail.count].tolist()):
        path.lineTo(right - width, rail.y_of(index))
    path.lineTo(right, rail.y_of(rail.count - 1))
    path.closeSubpath()
    return path
