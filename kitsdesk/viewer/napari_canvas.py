"""One napari canvas with nothing of napari around it: black, silent, deaf to its bindings."""

from __future__ import annotations

from napari.components import ViewerModel
from napari.qt import QtViewer
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QWidget

from kitsdesk.viewer import canvas_style as style
from kitsdesk.viewer.quiet_resize import QuietResize


class NapariCanvas:
    """A ViewerModel and its QtViewer, made fit to stand in a window of our own.

    `widget` goes into a layout; `model` holds layers, dims and camera. The widget takes
    neither focus nor drops: the input belongs to the overlay above it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        self.model = ViewerModel()
        self.model.canvas.background_color_override = style.BACKGROUND
        self.model.scene.camera.mouse_pan = False
        self.model.scene.camera.mouse_zoom = False
        self.widget = QtViewer(self.model, show_welcome_screen=False)
        self.widget.setParent(parent)
        self.widget.dims.setVisible(False)
        # QtDims shows itself again when a layer brings a third dimension.
        self.widget.dims.setMaximumHeight(0)
        self.quieten()
        self._resizes = QuietResize(self.native, self.widget.canvas._scene_canvas)

    @property
    def native(self) -> QWidget:
        """Return the OpenGL widget."""
        native: QWidget = self.widget.canvas.native
        return native

    def widgets(self) -> list[QWidget]:
        """Return every widget of napari's in this canvas, the outermost first."""
        return [self.widget, *self.widget.findChildren(QWidget)]

    def frame(self) -> QImage:
        """Return what OpenGL draws, at the screen's resolution."""
        image: QImage = self.widget.canvas.native.grabFramebuffer()
        return image

    def close(self) -> None:
        """Release the canvas; nothing of it may be used afterwards."""
        self.widget.close()

    def quieten(self) -> None:
        """Take margins, focus and drops away from every widget there is by now; called
        again after the layers are made, which bring napari's sliders."""
        layout = self.native.parentWidget()
        inner = layout.layout() if layout is not None else None
        if inner is not None:
            inner.setContentsMargins(0, 0, 0, 0)
            inner.setSpacing(0)
        self.widget.setStyleSheet("QWidget { border: 0; margin: 0; padding: 0; }")
        self.widget.setHandleWidth(0)
        for widget in self.widgets():
            widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            widget.setAcceptDrops(False)
