"""Draws every panel, page and sheet in the whole window, dark and light, as PNG.

python -m tests.gui.gallery OUT [dark|light] [PICTURE …]

The canvases show a phantom, the panels sample records. It needs a display with OpenGL.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from PyQt6.QtWidgets import QApplication, QWidget

sys.path.insert(0, str(Path(__file__).parent))

from canvas_pictures import Pictured, canvas_pictures
from help_pictures import HELP_PICTURES
from picture_colours import small
from review_pictures import REVIEW_PICTURES
from run_pictures import RUN_PICTURES
from sample_records import INFO, case_rows, review_facts, training_job
from window_pictures import WINDOW_PICTURES

from kitsdesk.ui.main_window import MainWindow
from kitsdesk.ui.style import install_style


def filled(views: QWidget | None = None) -> MainWindow:
    """Return a window with a project, a case under review and a running training."""
    window = MainWindow()
    window.resize(1600, 1000)
    window.set_views(views or QWidget())
    window.set_project("renal_ct.kitsdesk", "residual-2", 5, 210)
    window.cases.set_rows(case_rows())
    window.cases.select(window.cases.visible_cases()[0])
    window.toolbar.set_legend("comparison")
    window.toolbar.set_opacity(0.6)
    window.show_page("views")
    window.review.set_facts(review_facts())
    window.review.select_disagreement(0)
    window.info.set_info("case_00700", INFO)
    window.jobs.set_jobs([training_job()])
    window.status.set_position((84.0, 12.6, 321.1), 41)
    window.status.set_under_pointer("Reference: kidney · Prediction: tumor")
    window.status.set_device("GPU · 9.8 of 24 GB · training holds it")
    window.set_saved("All edits saved", False)
    axis = np.linspace(-160, 240, 400)
    counts = 200 * np.exp(-(((axis + 90) / 30) ** 2)) + 900 * np.exp(-(((axis - 45) / 28) ** 2))
    window.tools.set_histogram(counts, -160, 240)
    window.tools.set_members(5)
    return window


PICTURES: dict[str, Callable[[MainWindow], None]] = {
    picture.__name__: picture
    for picture in (*REVIEW_PICTURES, *RUN_PICTURES, *WINDOW_PICTURES, *HELP_PICTURES)
}
THEMES = ("dark", "light")


def main(out: Path, words: list[str]) -> None:
    """Write PICTURE_dark.png and PICTURE_light.png, or one of them, for every picture asked
    for."""
    names = [word for word in words if word not in THEMES]
    themes = [word for word in words if word in THEMES] or THEMES
    app = QApplication(sys.argv[:1])
    style = install_style(app, "dark")
    canvases = canvas_pictures()
    for theme in themes:
        style.set_theme(theme)
        for name in names or list(PICTURES):
            shown = canvases.get(name, canvases["review"])
            window = filled(Pictured(shown))
            window.show()
            app.processEvents()
            PICTURES[name](window)
            for _ in range(6):
                app.processEvents()
            file = out / f"{name}_{theme}.png"
            window.grab().save(str(file))
            small(Image.open(file)).save(file, optimize=True)
            window.close()
            window.deleteLater()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    main(folder, sys.argv[2:])
    # The pictures are written; tearing OpenGL down at interpreter exit helps nobody.
    sys.stdout.flush()
    os._exit(0)
