"""Which mask the 3D canvas shows and when its surfaces are made again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject

from kitsdesk.viewer.in_turns import InTurns
from kitsdesk.viewer.scene import Scene
from kitsdesk.viewer.surface_meshes import Mesh
from kitsdesk.viewer.surface_view import SurfaceView
from kitsdesk.viewer.surface_worker import SurfaceWorker

CAPTIONS = {"working": "working mask", "prediction": "prediction"}


class SurfaceControl(QObject):
    """Feeds the 3D canvas from the scene through the worker."""

    def __init__(self, scene: Scene, view: SurfaceView) -> None:
        super().__init__()
        self._scene = scene
        self._view = view
        self._source = "working"
        self._meshes: dict[int, Mesh] = {}
        # What is up to date, so that flickering between the masks makes nothing again.
        self._made: dict[str, dict[int, Mesh]] = {}
        self._framed = False
        self._stale = False
        self._turns = InTurns(self)
        self._worker = SurfaceWorker(self)
        self._worker.ready.connect(self._take)
        view.shown.connect(self._catch_up)
        self._caption()

    @property
    def busy(self) -> bool:
        """Return whether surfaces for a visible canvas are still to come."""
        waiting = self._worker.busy or self._stale or self._turns.active
        return self._view.isVisible() and waiting

    def new_case(self) -> None:
        """Drop the old case's surfaces and make the new one's."""
        self._turns.stop()
        self._meshes = {}
        self._view.hide_meshes()
        self._framed = False
        self._made = {}
        # The slices come first: meshes made meanwhile would slow their painting down.
        self._request()

    def set_source(self, source: str) -> None:
        """Show the "working" mask or the "prediction"."""
        if source in CAPTIONS and source != self._source:
            self._source = source
            self._caption()
            if source in self._made:
                self._worker.drop()
                self._show(self._made[source])
            else:
                self._request(wait_ms=0)

    def source_changed(self, source: str) -> None:
        """Make the surfaces again a moment after the last change of their mask."""
        self._made.pop(source, None)
        if source == self._source:
            self._request()

    def frame(self) -> None:
        """Put the camera in front of all surfaces."""
        self._view.frame(self._meshes)

    def stop(self) -> None:
        """End the worker."""
        self._turns.stop()
        self._worker.stop()

    def _mask(self) -> NDArray[np.uint8] | None:
        scene = self._scene
        return scene.prediction if self._source == "prediction" else scene.mask

    def _request(self, wait_ms: int | None = None) -> None:
        # A hidden canvas costs nothing; it catches up when it is shown.
        self._stale = not self._view.isVisible()
        if self._stale:
            return
        if wait_ms is None:
            self._worker.request(self._mask(), self._scene.spacing)
        else:
            self._worker.request(self._mask(), self._scene.spacing, wait_ms)

    def _catch_up(self) -> None:
        if self._stale:
            self._request(wait_ms=0)

    def _take(self, meshes: dict[int, Mesh]) -> None:
        self._made[self._source] = meshes
        self._show(meshes)

    def _show(self, meshes: dict[int, Mesh]) -> None:
        self._meshes = meshes
        self._turns.start(self._steps(meshes))

    def _steps(self, meshes: dict[int, Mesh]) -> Iterator[None]:
        """Frame the first surfaces of a case, then show them, a turn for each."""
        if meshes and not self._framed:
            self._framed = True
            self._view.frame(meshes)
            yield
        yield from self._view.show_meshes(meshes)

    def _caption(self) -> None:
        self._view.caption = CAPTIONS[self._source]
        self._view.overlay.mark()
