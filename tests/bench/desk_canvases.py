"""Our four linked canvases with crosshair, outlines and surfaces, and our brush."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from PyQt6.QtWidgets import QApplication

from kitsdesk.editing.strokes import Stroke
from kitsdesk.viewer.quad import QuadView
from tests.bench.timing_case import SHAPE, SPACING, median_ms, volume_and_mask
from trainer.imaging.geometry import Geometry
from trainer.imaging.volume import Volume

application = QApplication(sys.argv[:1])
image, mask = volume_and_mask()
grid = Geometry(SHAPE[::-1], SPACING[::-1], (0.0, 0.0, 0.0), (1.0, 0, 0, 0, 1, 0, 0, 0, 1))
volume = Volume(image, grid)
view = QuadView()
view.resize(1000, 800)
view.show()


def settle() -> None:
    """Deliver all events."""
    for _ in range(3):
        application.processEvents()


settle()
begin = time.perf_counter()
view.set_case(volume, "timing", mask)
settle()
figures = {"show a case (ms)": 1000 * (time.perf_counter() - begin)}
middle = SHAPE[0] // 2
figures["scroll one slice (ms)"] = median_ms(
    lambda i: view.set_crosshair((156.0, 200.0, (middle - 20 + i) * 3.0)), settle, 40
)
view.set_crosshair((156.0, 200.0, middle * 3.0))


def paint(shape: str, row: int, i: int) -> None:
    """One dab of the brush, finished, and the repaint of what changed."""
    stroke = Stroke(mask, image, SPACING, 2, 15.6, shape, "axial")
    box = stroke.add((middle, row + i, 200 + i))
    view.refresh_mask(box)
    stroke.finish()


figures["paint in 2D (ms)"] = median_ms(lambda i: paint("disc", 200, i), settle, 40)
figures["paint in 3D (ms)"] = median_ms(lambda i: paint("ball", 300, i), settle, 20)
print(json.dumps(figures), flush=True)
# The figures are out; tearing OpenGL down at interpreter exit is nothing to measure.
os._exit(0)
