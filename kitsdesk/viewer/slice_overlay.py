"""The transparent widget above a slice canvas: everything that is not CT or fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from kitsdesk.viewer import canvas_marks as marks
from kitsdesk.viewer import canvas_style as style
from kitsdesk.viewer.box_painting import draw_box
from kitsdesk.viewer.brush_painting import draw_brush
from kitsdesk.viewer.mask_picture import MaskPicture
from kitsdesk.viewer.preview_painting import PreviewPicture
from kitsdesk.viewer.profile_picture import ProfilePicture
from kitsdesk.viewer.shape_painting import draw_shapes
from kitsdesk.viewer.slice_rail import SliceRail

if TYPE_CHECKING:
    from kitsdesk.viewer.slice_view import SliceView


class CanvasOverlay(QWidget):
    """A see-through widget that says when it has been painted."""

    painted = pyqtSignal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.hover = False
        self.is_stale = True

    def mark(self) -> None:
        """Ask to be painted; stale until that has happened."""
        self.is_stale = True
        self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint the canvas's marks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.draw(painter)
        painter.end()
        self.is_stale = False
        self.painted.emit()

    def draw(self, painter: QPainter) -> None:
        """Draw what this canvas shows above its picture."""

    def draw_frame(self, painter: QPainter, loading: bool) -> None:
        """Draw the line of a case that is loading and the ring of the canvas with the keys."""
        if loading:
            painter.fillRect(QRectF(0, 0, self.width(), 2), marks.colour(style.ACCENT))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(marks.colour(style.FOCUS_RING), style.LINES["edge"]))
            painter.drawRect(QRectF(0.5, 0.5, self.width() - 1, self.height() - 1))


class SliceOverlay(CanvasOverlay):
    """Outlines, hatch, crosshair, brush, rail, letters and scale bar of one slice."""

    def __init__(self, view: SliceView) -> None:
        super().__init__(view)
        self._view = view
        self._masks = MaskPicture()
        self._profiles = ProfilePicture()
        self._preview = PreviewPicture()
        self._seeds = PreviewPicture()

    def area(self) -> QRectF:
        """Return the canvas without the slice rail."""
        return QRectF(0, 0, self.width() - style.RAIL_PX, self.height())

    def rail(self) -> SliceRail:
        """Return the rail for the present size and case."""
        view = self._view
        count = view.scene.shape[view.plane.axis]
        return SliceRail(view.plane, self.width(), self.height(), count)

    def draw(self, painter: QPainter) -> None:
        """Draw everything, from the mask up to the frame."""
        view, scene, area = self._view, self._view.scene, self.area()
        if scene.volume is None:
            self.draw_frame(painter, scene.loading)
            return
        painter.save()
        painter.setClipRect(area)
        if scene.mask_visible:
            self._masks.draw(painter, view, self.devicePixelRatioF())
            self._preview.draw(painter, scene, view.projection, scene.preview)
            self._seeds.draw(painter, scene, view.projection, scene.seeds)
        draw_shapes(painter, scene, view.projection)
        draw_box(painter, scene, view.projection)
        if not scene.stroke:
            at = view.projection.to_canvas(
                scene.crosshair[view.plane.row], scene.crosshair[view.plane.column]
            )
            marks.draw_crosshair(painter, area, view.projection, QPointF(*at))
        draw_brush(painter, scene, view.projection, view.plane.name)
        painter.restore()
        self.rail().draw(painter, scene, self._profiles, self.devicePixelRatioF())
        marks.draw_scale_bar(painter, area, view.projection.zoom)
        marks.draw_letters(painter, area, view.plane.letters)
        marks.draw_title(painter, area, view.plane.title, self.place())
        marks.draw_maximise(painter, area, view.is_maximised, self.hover)
        self.draw_frame(painter, scene.loading)

    def place(self) -> str:
        """Return the slice shown as "n / of all", with what the canvas stands for."""
        view = self._view
        axis = view.plane.axis
        text = f"{view.scene.index_of(axis) + 1} / {view.scene.shape[axis]}"
        return f"{text} · {view.caption}" if view.caption else text
