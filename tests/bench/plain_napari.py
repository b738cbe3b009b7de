"""Plain napari: one viewer, an image and a labels layer, its own brush and undo.

python tests/bench/plain_napari.py CASE_FOLDER
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import napari
from PyQt6.QtWidgets import QApplication

from tests.bench.timing_case import SPACING, WINDOW, fullest_slice, read_case, report, timed

image, mask = read_case(Path(sys.argv[1]))
viewer = napari.Viewer(show=True)
viewer.window.resize(*WINDOW)
application = QApplication.instance()
assert isinstance(application, QApplication)


def settle() -> None:
    """Deliver all events."""
    for _ in range(3):
        application.processEvents()


settle()
begin = time.perf_counter()
viewer.add_image(image, contrast_limits=(-160, 240), scale=SPACING)
labels = viewer.add_labels(mask, scale=SPACING)
settle()
figures = {"first slice (ms)": [1000 * (time.perf_counter() - begin)]}
z, y, x = fullest_slice(mask)
viewer.dims.set_current_step(0, z)
settle()
figures["scroll one slice (ms)"] = timed(
    lambda i: viewer.dims.set_current_step(0, z - 20 + i), settle, 40
)
viewer.dims.set_current_step(0, z)
labels.mode = "paint"
labels.brush_size = 24
labels.n_edit_dimensions = 3
settle()
figures["3D ball stroke step (ms)"] = timed(
    lambda i: labels.paint((z, y, x - 20 + i), 2), settle, 40
)
figures["undo (ms)"] = timed(lambda _i: labels.undo(), settle, 30)
report(figures)
# The figures are out; tearing OpenGL down at interpreter exit is nothing to measure.
os._exit(0)
