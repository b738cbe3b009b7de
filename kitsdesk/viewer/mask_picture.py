"""The masks of one canvas as a picture that is kept until something in it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPainter, QPixmap

from kitsdesk.viewer.mask_painting import (
    disagreement_path,
    draw_hatch,
    draw_outlines,
    mm_to_canvas,
)
from kitsdesk.viewer.outline_cache import Paths
from kitsdesk.viewer.planes import Projection
from kitsdesk.viewer.scene import DEFAULT_OPACITY

if TYPE_CHECKING:
    from kitsdesk.viewer.slice_view import SliceView


class MaskPicture:
    """Outlines and hatch; stroking them costs more than all else on the canvas, and a
    pointer that hovers changes none of them."""

    def __init__(self) -> None:
        self._pixmap: QPixmap | None = None
        self._objects: tuple[object, ...] = ()
        self._values: tuple[object, ...] = ()

    def draw(self, painter: QPainter, view: SliceView, ratio: float) -> None:
        """Draw a view's masks as its scene shows them now."""
        scene, projection = view.scene, view.projection
        index = scene.index_of(view.plane.axis)
        none: Paths = {}
        predicted = working = none
        if view.source != "working_only":
            predicted = view.prediction_outlines.paths(index, scene.spacing)
        if view.source != "prediction":
            working = view.working_outlines.paths(index, scene.spacing)
        parts, reference = scene.disagreements, view.reference_paths(index)
        if not predicted and not working and not parts and not reference:
            return
        objects = (predicted or None, working or None, reference or None, parts)
        values = (projection, index, scene.opacity, ratio)
        same = values == self._values and len(objects) == len(self._objects)
        if not same or any(a is not b for a, b in zip(objects, self._objects, strict=True)):
            self._pixmap = _blank(projection, ratio)
            self._objects, self._values = objects, values
            self._paint(self._pixmap, view, (predicted, working, reference))
        if self._pixmap is not None:
            painter.drawPixmap(0, 0, self._pixmap)

    @staticmethod
    def _paint(
        pixmap: QPixmap,
        view: SliceView,
        paths: tuple[Paths, Paths, Paths],
    ) -> None:
        scene = view.scene
        transform = mm_to_canvas(view.projection)
        opacity = min(scene.opacity / DEFAULT_OPACITY, 1.0)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # Prediction and reference first: a solid line hides them where they agree.
        draw_outlines(painter, paths[0], transform, "dashed", opacity)
        draw_outlines(painter, paths[2], transform, "dotted", opacity)
        index = scene.index_of(view.plane.axis)
        for part in scene.disagreements:
            path = disagreement_path(part, view.plane, index, scene.spacing)
            if not path.isEmpty():
                draw_hatch(painter, transform.map(path), part.prediction_only)
        draw_outlines(painter, paths[1], transform, "solid", opacity)
        painter.end()


def _blank(projection: Projection, ratio: float) -> QPixmap:
    pixmap = QPixmap(round(projection.width * ratio), round(projection.height * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap
