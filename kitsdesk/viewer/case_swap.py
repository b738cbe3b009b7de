"""Another case on the canvases, one canvas per turn of the event loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kitsdesk.viewer.framing import largest_place
from kitsdesk.viewer.in_turns import InTurns
from kitsdesk.viewer.scene import Scene
from trainer.imaging.volume import Volume

if TYPE_CHECKING:
    from kitsdesk.viewer.quad_canvases import QuadCanvases

Mask = NDArray[np.uint8] | None


class CaseSwap:
    """Napari takes some hundredths of a second per canvas. The old picture stays until all is
    cut: nothing is painted in between, and the canvases hear no pointer. Then they are painted
    in two turns."""

    def __init__(self, quad: QuadCanvases) -> None:
        self._quad = quad
        self._turns = InTurns(quad)

    @property
    def active(self) -> bool:
        """Return whether canvases still wait for their case."""
        return self._turns.active

    def at_once(self, volume: Volume, name: str, mask: Mask) -> None:
        """Show a case before this returns."""
        self.stop()
        for _ in self._steps(volume, name, mask, None):
            pass

    def in_turns(
        self,
        volume: Volume,
        name: str,
        mask: Mask,
        prediction: Mask,
        then: Callable[[], None],
        painted: Callable[[], None],
    ) -> None:
        """Show a case in slices, call `then`, paint it, call `painted`; another call takes its
        place."""
        for canvas in self._quad.canvases().values():
            canvas.setUpdatesEnabled(False)

        def ended() -> None:
            then()
            if not self._turns.active:
                self._turns.start(self._uncover(), painted)

        self._turns.start(self._steps(volume, name, mask, prediction), ended)

    def stop(self) -> None:
        """Leave the canvases as they are by now."""
        if self._turns.active:
            self._turns.stop()
            for canvas in self._quad.canvases().values():
                canvas.setUpdatesEnabled(True)

    def _uncover(self) -> Iterator[None]:
        """Paint the panels with the first canvas, then the rest: each turn composes the whole
        window anew, and all in one turn would keep it for too long."""
        first, *others = self._quad.canvases().values()
        first.setUpdatesEnabled(True)
        yield
        for canvas in others:
            canvas.setUpdatesEnabled(True)
        yield

    def _steps(self, volume: Volume, name: str, mask: Mask, prediction: Mask) -> Iterator[None]:
        quad = self._quad
        fill(quad.scene, volume, name, mask, prediction)
        yield
        for view in quad.slices.values():
            yield from view.case_steps()
            yield
        quad.new_case()
        quad.touch()
        yield


def fill(scene: Scene, volume: Volume, name: str, mask: Mask, prediction: Mask) -> None:
    """Give the scene another case; what belonged to the old one goes.

    The crosshair goes to the tumor, else the kidneys, else the middle.
    """
    scene.volume, scene.name, scene.mask, scene.prediction = volume, name, mask, prediction
    scene.profiles = scene.overlay_values = None
    scene.disagreements = ()
    scene.overlay, scene.shapes, scene.pointer, scene.loading = "none", (), None, False
    scene.measures = ()
    scene.box = scene.preview = scene.seeds = None
    place = largest_place(mask, volume.spacing) if mask is not None else None
    middle = [(n - 1) / 2 * s for n, s in zip(volume.shape, volume.spacing, strict=True)]
    scene.crosshair = scene.clamp(place or (middle[0], middle[1], middle[2]))
