"""The four canvases themselves: building, places, cameras, painting, pictures, closing."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPointF, QTimer, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QColor, QImage, QPainter, QResizeEvent
from PyQt6.QtWidgets import QWidget

from kitsdesk.viewer import canvas_style as style
from kitsdesk.viewer.camera_moves import CameraMoves
from kitsdesk.viewer.case_swap import CaseSwap
from kitsdesk.viewer.gestures import Gestures
from kitsdesk.viewer.held_keys import HeldKeys
from kitsdesk.viewer.paint_watch import PaintWatch
from kitsdesk.viewer.planes import AXIAL, CORONAL, SAGITTAL
from kitsdesk.viewer.repaints import Repaints
from kitsdesk.viewer.scene import Origin, Scene
from kitsdesk.viewer.slice_view import SliceView
from kitsdesk.viewer.surface_control import SurfaceControl
from kitsdesk.viewer.surface_view import SurfaceView
from kitsdesk.viewer.view_grid import ViewGrid


class QuadCanvases(QWidget):
    """Axial, coronal, sagittal and 3D canvases of one scene, in a layout."""

    layoutChanged = pyqtSignal(str)
    painted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene = Scene()
        self.active_canvas = "axial"
        self._mask_caption = "working mask"
        self.held = HeldKeys(self)
        self.gestures = Gestures()
        self.slices: dict[str, SliceView] = {
            plane.name: SliceView(plane, self.scene, self.held, self.gestures, self)
            for plane in (AXIAL, CORONAL, SAGITTAL)
        }
        self.volume_view = SurfaceView(self.scene, self.held, self.gestures, self)
        self._grid = ViewGrid(self, self.canvases())
        views = tuple(self.slices.values())
        self._repaints = Repaints(
            self.scene, views, self.active_slice, self.volume_view.follow_brush
        )
        self._surfaces = SurfaceControl(self.scene, self.volume_view)
        self._cameras = CameraMoves(self.scene, views)
        self._swap = CaseSwap(self)
        self._watch = PaintWatch(
            [*(view.overlay for view in views), self.volume_view.overlay],
            lambda: self._swap.active or self._repaints.pending or self._surfaces.busy,
        )
        self._watch.painted.connect(self.painted)

    def canvases(self) -> dict[str, SliceView | SurfaceView]:
        """Return the canvases by name."""
        return {**self.slices, "3d": self.volume_view}

    def set_layout(self, name: str) -> None:
        """Show "quad", one of "axial", "coronal", "sagittal", "3d", or "side_by_side"."""
        if name == self._grid.name:
            return
        self._second_axial(name == "side_by_side")
        self._grid.show(name)
        for key, view in self.canvases().items():
            view.is_maximised = name == key
        QTimer.singleShot(0, self._cameras.frame_untouched)
        self.touch()
        self.layoutChanged.emit(name)

    def set_mask_caption(self, text: str, origin: Origin | None = None) -> None:
        """Say what the mask is where it stands alone beside the prediction; the reference that
        it began as is then dotted below it."""
        self.scene.origin = origin
        text = text if origin is None else f"{text} · reference dotted"
        self._mask_caption = text
        if self._grid.name == "side_by_side" and self.slices["axial"].caption != text:
            self.slices["axial"].caption = text
            self.touch()

    def layout_name(self) -> str:
        """Return the present layout's name."""
        return self._grid.name

    def toggle_maximised(self, view: str) -> None:
        """Show one view alone, or all four again."""
        self.set_layout("quad" if self._grid.name != "quad" else view)

    def reset_views(self, whole: bool = True) -> None:
        """Frame the whole volume, or the mask's surroundings, in every canvas."""
        self._cameras.frame(whole)
        self._surfaces.frame()
        self.touch()

    def active_view(self) -> str:
        """Return the plane under the pointer or with the keys: "axial" … "3d"."""
        canvas = self.active_slice()
        return canvas.plane.name if canvas is not None else "3d"

    def active_slice(self) -> SliceView | None:
        """Return the slice canvas that has the pointer or the keys, None for 3D."""
        return self.slices.get(self.active_canvas)

    def take_focus(self) -> None:
        """Give the keys to the canvas that had them last."""
        (self.active_slice() or self.volume_view).overlay.setFocus()

    def zoom_canvas(self, view: SliceView, factor: float, at: QPointF) -> None:
        """Zoom a slice canvas about a place on it."""
        self._cameras.zoom(view, factor, at)
        self.touch()

    def pan_canvas(self, view: SliceView, dx: float, dy: float) -> None:
        """Drag a slice canvas's picture by (dx, dy) px."""
        self._cameras.pan(view, dx, dy)
        self.touch()

    def set_linked(self, linked: bool) -> None:
        """Zoom and pan the slice canvases together, or each alone."""
        lead = self.active_slice() or self.slices["axial"]
        self._cameras.set_linked(linked, lead)
        self.touch()

    def touch(self) -> None:
        """Paint the overlays again, once in this turn of the event loop."""
        self._repaints.marks()

    def is_painted(self) -> bool:
        """Return whether every visible canvas shows the present state, surfaces included."""
        return self._watch.is_painted()

    def screenshot(self) -> QImage:
        """Return a picture of the canvases as they are shown."""
        self._repaints.flush()
        ratio = self.devicePixelRatioF()
        image = QImage(self.size() * ratio, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(QColor(style.GAP))
        painter = QPainter(image)
        for view in self.canvases().values():
            if view.isVisible():
                frame = view.canvas.frame()
                frame.setDevicePixelRatio(ratio)
                painter.drawImage(view.pos(), frame)
                painter.translate(QPointF(view.pos()))
                view.overlay.render(painter, flags=QWidget.RenderFlag(0))
                painter.translate(-QPointF(view.pos()))
        painter.end()
        return image

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Frame again, once, what nobody has moved."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self._cameras.frame_untouched)

    def changeEvent(self, event: QEvent | None) -> None:
        """Draw the letters again after the window's font changed."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self.touch()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Stop the worker and release the canvases."""
        self.shut_down()
        super().closeEvent(event)

    def new_case(self) -> None:
        """Frame another case and make its surfaces."""
        self._cameras.frame()
        self._surfaces.new_case()

    @property
    def swapping(self) -> bool:
        """Return whether some canvases still show another case than the others."""
        return self._swap.active

    def shut_down(self) -> None:
        """Stop timers and threads and release the canvases, before the window goes."""
        self._swap.stop()
        self._repaints.stop()
        self._surfaces.stop()
        for view in self.canvases().values():
            view.canvas.close()

    def _second_axial(self, side_by_side: bool) -> None:
        second, first = self.slices["coronal"], self.slices["axial"]
        plane = AXIAL if side_by_side else CORONAL
        if second.plane is plane:
            return
        first.own_source = "working_only" if side_by_side else None
        second.own_source = "prediction" if side_by_side else None
        first.caption = self._mask_caption if side_by_side else ""
        second.caption = "prediction" if side_by_side else ""
        second.set_plane(plane)
        second.layers.set_slab(self.scene, plane.axis)
        self._repaints.choices()
        self._cameras.forget(second)
