"""Plain napari: one viewer, an image and a labels layer, its own brush."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import napari
from PyQt6.QtWidgets import QApplication

from tests.bench.timing_case import SHAPE, SPACING, median_ms, volume_and_mask

image, mask = volume_and_mask()
viewer = napari.Viewer(show=True)
application = QApplication.instance()


def settle() -> None:
    """Deliver all events."""
    for _ in range(3):
        application.processEvents()


settle()
begin = time.perf_counter()
viewer.add_image(image, contrast_limits=(-160, 240), scale=SPACING)
labels = viewer.add_labels(mask, scale=SPACING)
settle()
figures = {"show a case (ms)": 1000 * (time.perf_counter() - begin)}
middle = SHAPE[0] // 2
figures["scroll one slice (ms)"] = median_ms(
    lambda i: viewer.dims.set_current_step(0, middle - 20 + i), settle, 40
)
viewer.dims.set_current_step(0, middle)
labels.mode = "paint"
labels.brush_size = 20
figures["paint in 2D (ms)"] = median_ms(
    lambda i: labels.paint((middle, 200 + i, 200 + i), 2), settle, 40
)
labels.n_edit_dimensions = 3
figures["paint in 3D (ms)"] = median_ms(
    lambda i: labels.paint((middle, 300 + i, 200 + i), 2), settle, 20
)
print(json.dumps(figures), flush=True)
# The figures are out; tearing OpenGL down at interpreter exit is nothing to measure.
os._exit(0)
