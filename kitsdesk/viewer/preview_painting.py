"""What an operation would change, hatched and dashed over the masks before it is taken."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QLineF, Qt
from PyQt6.QtGui import QBrush, QPainter, QPainterPath, QPen, QPixmap, QTransform

from kitsdesk.viewer import canvas_style as style
from kitsdesk.viewer.canvas_marks import colour, cosmetic_pen
from kitsdesk.viewer.contours import structure_contours
from kitsdesk.viewer.mask_painting import mm_to_canvas
from kitsdesk.viewer.outline_cache import cut, polygon
from kitsdesk.viewer.planes import Plane, Projection
from kitsdesk.viewer.scene import MaskPreview, Scene

TINT = 0.28
LOST_COLOUR = style.RAIL_HANDLE
_PART = style.part("preview_painting")
_LINE: float = style.LINES["mark"]
TILE_PX: int = _PART["tile"]


class PreviewPicture:
    """Outlines of the changed voxels of one slice, kept until slice or preview change.

    Each structure's gain is hatched in its colour with a dashed outline; what turns to
    background is hatched the other way in a neutral white.
    """

    def __init__(self) -> None:
        self._of: MaskPreview | None = None
        self._slice: tuple[str, int] = ("", 0)
        self._paths: dict[int, QPainterPath] = {}

    def draw(
        self,
        painter: QPainter,
        scene: Scene,
        projection: Projection,
        preview: MaskPreview | None,
    ) -> None:
        """Draw a preview as this canvas's slice cuts it, or nothing for None."""
        plane = projection.plane
        if preview is None:
            self._of, self._paths = None, {}
            return
        at = (plane.name, scene.index_of(plane.axis))
        if preview is not self._of or at != self._slice:
            step = np.array([scene.spacing[plane.row], scene.spacing[plane.column]])
            self._of, self._slice = preview, at
            self._paths = changed_paths(preview, plane, at[1], step)
        for structure, path in self._paths.items():
            _draw(painter, mm_to_canvas(projection), path, structure)


def changed_paths(
    preview: MaskPreview, plane: Plane, index: int, step: NDArray[np.float64]
) -> dict[int, QPainterPath]:
    """Return per structure the outline in mm (x = column, y = row) of what it would gain in
    one slice; 0 holds what would become background."""
    low, high = preview.box[2 * plane.axis], preview.box[2 * plane.axis + 1]
    if not low <= index < high:
        return {}
    before = cut(preview.before, plane.axis, index - low)
    after = cut(preview.after, plane.axis, index - low)
    changed = before != after
    offset = np.array([preview.box[2 * plane.row], preview.box[2 * plane.column]])
    found: dict[int, QPainterPath] = {}
    for structure in np.unique(after[changed]).tolist():
        path = QPainterPath()
        gained = ((after == structure) & changed).astype(np.uint8)
        for line in structure_contours(gained, 1):
            path.addPolygon(polygon((line + offset) * step))
        found[int(structure)] = path
    return found


def _draw(painter: QPainter, transform: QTransform, path: QPainterPath, structure: int) -> None:
    look = style.STRUCTURES.get(structure)
    name = look.colour if look is not None else LOST_COLOUR
    on_canvas = transform.map(path)
    painter.fillPath(on_canvas, colour(name, TINT))
    painter.fillPath(on_canvas, _hatch(name, structure != 0))
    for width, pen_name, opacity in (
        (style.cased(_LINE), style.BACKGROUND, style.CASING_OPACITY),
        (_LINE, name, 1.0),
    ):
        pen = cosmetic_pen(pen_name, width, opacity)
        pen.setDashPattern([length / width for length in _PART["dash"]])
        painter.strokePath(on_canvas, pen)


@lru_cache(maxsize=8)
def _hatch(name: str, rising: bool) -> QBrush:
    tile = QPixmap(TILE_PX, TILE_PX)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour(name, 0.9), style.LINES["thin"]))
    for shift in (-TILE_PX, 0, TILE_PX):
        ends = (TILE_PX, 0) if rising else (0, TILE_PX)
        painter.drawLine(QLineF(shift, ends[0], shift + TILE_PX, ends[1]))
    painter.end()
    return QBrush(tile)
