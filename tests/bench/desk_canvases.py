"""Our four linked canvases with crosshair, outlines and surfaces, our brush and our undo.

python tests/bench/desk_canvases.py CASE_FOLDER
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QCursor
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from kitsdesk.editing.history import History
from kitsdesk.editing.strokes import Stroke
from kitsdesk.viewer.input_events import PointerEvent
from kitsdesk.viewer.quad import QuadView
from tests.bench.timing_case import (
    SHAPE,
    SPACING,
    WINDOW,
    fullest_slice,
    read_case,
    report,
    timed,
)
from trainer.imaging.geometry import Geometry
from trainer.imaging.volume import Volume

BALL_MM = 18.7
LEFT = Qt.MouseButton.LeftButton

application = QApplication(sys.argv[:1])
image, mask = read_case(Path(sys.argv[1]))
grid = Geometry(SHAPE[::-1], SPACING[::-1], (0.0, 0.0, 0.0), (1.0, 0, 0, 0, 1, 0, 0, 0, 1))
volume = Volume(image, grid)
view = QuadView()
view.resize(*WINDOW)
view.show()
solid_draws = []
view.volume_view.canvas.widget.canvas._scene_canvas.events.draw.connect(
    lambda _event: solid_draws.append(time.perf_counter())
)


def settle() -> None:
    """Deliver all events."""
    for _ in range(3):
        application.processEvents()


settle()
begin = time.perf_counter()
view.set_case(volume, "timing", mask)
settle()
figures = {"first slice (ms)": [1000 * (time.perf_counter() - begin)]}
while not view.is_painted():
    settle()
z, y, x = fullest_slice(mask)
view.set_crosshair(tuple(volume.to_mm((z - 20, y, x))))
settle()
solid_draws.clear()
figures["scroll one slice (ms)"] = timed(lambda _i: view.step_slice("axial", 1), settle, 40)
figures["3D draws while scrolling"] = [float(len(solid_draws))]

history = History(mask)
overlay = view.slices["axial"].overlay
# The pointer of the screen lies elsewhere, and with it what counts as the canvas worked on.
QCursor.setPos(overlay.mapToGlobal(overlay.rect().center()))
settle()
view.set_crosshair(tuple(volume.to_mm((z, y, x))))
view.set_navigation(False)
view.set_brush_extent(BALL_MM, "ball")
view.held.end_all()
strokes: list[Stroke] = []


def follow(event: PointerEvent) -> None:
    """Paint as the editing controller does: one stroke from press to release."""
    at = tuple(float(v) for v in volume.to_index(event.mm))
    if event.kind == "press":
        strokes.append(Stroke(mask, image, SPACING, 2, BALL_MM, "ball", "axial"))
    if event.kind in ("press", "move") and strokes:
        view.refresh_mask(strokes[-1].add(at))
    if event.kind == "release" and strokes:
        patch = strokes.pop().finish()
        if patch is not None:
            history.commit(patch)


view.pointer.connect(follow)


def place(i: int) -> QPointF:
    """Return where dab `i` of a stroke lies on the axial canvas."""
    axial = view.slices["axial"]
    return QPointF(*axial.projection.to_canvas(y * SPACING[1], (x - 20 + i) * SPACING[2]))


def dab(i: int) -> None:
    """Draw one short stroke of its own, so that undo has one step for each."""
    at = place(i).toPoint()
    QTest.mousePress(overlay, LEFT, pos=at)
    QTest.mouseRelease(overlay, LEFT, pos=at)


QTest.mousePress(overlay, LEFT, pos=place(-5).toPoint())
settle()
figures["3D ball stroke step (ms)"] = timed(
    lambda i: QTest.mouseMove(overlay, place(i).toPoint()), settle, 40
)
QTest.mouseRelease(overlay, LEFT, pos=place(40).toPoint())
while history.undo() is not None:
    view.refresh_mask(None)
settle()
for number in range(34):
    dab(number)
    settle()


def undo(_i: int) -> None:
    """Take back one stroke and show it."""
    patch = history.undo()
    if patch is not None:
        view.refresh_mask(patch.box)


figures["undo (ms)"] = timed(undo, settle, 30)
report(figures)
# The figures are out; tearing OpenGL down at interpreter exit is nothing to measure.
os._exit(0)
