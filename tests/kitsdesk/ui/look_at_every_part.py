"""Prints what is cut in any part of the window, at the screen scale of the environment.

python -m tests.kitsdesk.ui.look_at_every_part [FONT_SCALE]
"""

from __future__ import annotations

import sys
from pathlib import Path

from PyQt6.QtWidgets import QApplication

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "gui"))

from gallery import PICTURES, filled

from kitsdesk.ui.style import install_style
from tests.kitsdesk.ui.seen_widgets import cut_texts, outside, small_targets

application = QApplication(sys.argv[:1])
style = install_style(application, "dark")
style.set_scale(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
for name, picture in PICTURES.items():
    window = filled()
    window.show()
    application.processEvents()
    picture(window)
    for _ in range(4):
        application.processEvents()
    for found in (*cut_texts(window), *outside(window), *small_targets(window)):
        print(name, found)
    window.close()
    window.deleteLater()
