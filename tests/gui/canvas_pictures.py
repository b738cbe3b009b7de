"""What the canvases show of a phantom, as pictures for a window without OpenGL."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPainter, QPixmap
from PyQt6.QtWidgets import QApplication, QWidget

from kitsdesk.review.disagreement import find_disagreements
from kitsdesk.viewer.quad import QuadView
from kitsdesk.viewer.scene import Shape
from trainer.imaging.geometry import Geometry
from trainer.imaging.volume import Volume
from trainer.phantoms.abdomen import make_phantom

SHAPE, SPACING = (110, 256, 256), (2.5, 1.5, 1.5)
SIZE = (911, 804)
SEED = (0, 3)


class Pictured(QWidget):
    """Shows a picture of the canvases where the canvases would be."""

    def __init__(self, picture: QPixmap) -> None:
        super().__init__()
        self._picture = picture

    def paintEvent(self, _event: object) -> None:
        """Fill the place; the picture was made at its size."""
        painter = QPainter(self)
        fitted = self._picture.scaled(
            self.size(),
            Qt.AspectRatioMode.KeepAspectRatioByExpanding,
            Qt.TransformationMode.SmoothTransformation,
        )
        painter.drawPixmap(0, 0, fitted)


def wait_painted(view: QuadView) -> None:
    """Deliver events until every canvas shows the present state."""
    for _ in range(4):
        QApplication.processEvents()
    while not view.is_painted():
        QApplication.processEvents()


@cache
def phantom_case() -> tuple[Volume, NDArray[np.uint8]]:
    """Return the phantom that the pictures show, and its true mask (z, y, x)."""
    phantom = make_phantom(SHAPE, SPACING, SEED, minimum_tumor_ml=12.0)
    grid = Geometry(SHAPE[::-1], SPACING[::-1], (0.0, 0.0, 0.0), (1.0, 0, 0, 0, 1, 0, 0, 0, 1))
    volume = Volume(np.ascontiguousarray(phantom.image, np.int16), grid)
    return volume, np.ascontiguousarray(phantom.mask, np.uint8)


def canvas_pictures() -> dict[str, QPixmap]:
    """Return the canvases in review, painting, side by side and measuring."""
    volume, predicted = phantom_case()
    reference = np.where(predicted == 2, 0, predicted).astype(np.uint8)
    view = QuadView()
    view.resize(*SIZE)
    view.show()
    view.set_case(volume, "case_00700", predicted)
    at = view.crosshair()
    found = {}

    def take(name: str) -> None:
        wait_painted(view)
        found[name] = QPixmap.fromImage(view.screenshot())

    profiles = tuple(
        np.count_nonzero(predicted, axis=tuple(a for a in range(3) if a != axis))
        for axis in range(3)
    )
    disputed = tuple(
        np.count_nonzero(predicted != reference, axis=tuple(a for a in range(3) if a != axis))
        for axis in range(3)
    )
    view.set_case(volume, "case_00700", reference)
    view.set_prediction(predicted)
    view.set_surface_source("prediction")
    view.set_crosshair(at)
    view.set_profiles(profiles, disputed)
    parts = find_disagreements(reference, predicted, volume)
    view.set_disagreements(parts[:1])
    take("review")
    view.set_layout("side_by_side")
    take("side_by_side")
    view.set_layout("quad")
    view.set_disagreements(())
    view.set_surface_source("working")
    view.set_case(volume, "case_00700", predicted)
    view.set_profiles(profiles)
    view.set_fill(True)
    take("tools")
    view.set_fill(False)
    left, posterior, superior = at
    view.set_measures(
        (
            Shape(
                "line",
                "axial",
                ((left - 14, posterior - 4, superior), (left + 16, posterior + 9, superior)),
                "32.7 mm",
            ),
            Shape(
                "ellipse",
                "coronal",
                ((left - 9, posterior, superior - 8), (left + 9, posterior, superior + 8)),
                "41 ± 12 HU",
            ),
        )
    )
    take("measures")
    view.close()
    return found
