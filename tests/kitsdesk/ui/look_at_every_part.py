"""Prints what cannot be read, hit or seen in any part of the window, at the screen scale of
the environment: cut texts, small targets, controls without a name or a visible focus.

python -m tests.kitsdesk.ui.look_at_every_part [FONT_SCALE [WIDTH HEIGHT]]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPushButton, QWidget

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "gui"))

from gallery import PICTURES, filled

from kitsdesk.ui.style import install_style
from tests.kitsdesk.ui.painted_texts import painted_texts
from tests.kitsdesk.ui.seen_widgets import (
    cut_tabs,
    cut_texts,
    outside,
    seen,
    small_rows,
    small_targets,
    unlabelled,
)

# The legend of Scatter needs a wider window than 1600 px at 130 %.
WIDER_THAN_THE_WINDOW = ("scatter",)


def without_focus(window: QWidget) -> Iterator[str]:
    """Yield the first control of each kind that looks the same with the focus."""
    for kind in (QPushButton, QLineEdit, QAbstractButton):
        for widget in seen(window, kind)[:2]:
            if not (widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus):
                continue
            window.activateWindow()
            widget.clearFocus()
            QApplication.processEvents()
            before = widget.grab().toImage()
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            QApplication.processEvents()
            if widget.hasFocus() and widget.grab().toImage() == before:
                yield f"no focus to be seen on {widget.accessibleName() or widget}"
            break


application = QApplication(sys.argv[:1])
style = install_style(application, "dark")
scale = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
style.set_scale(scale)
size = [int(word) for word in sys.argv[2:4]] or [1600, 1000]
looked_at = texts = 0
for name, picture in PICTURES.items():
    if scale > 1 and name in WIDER_THAN_THE_WINDOW:
        continue
    window = filled()
    window.resize(*size)
    window.show()
    application.processEvents()
    picture(window)
    for _ in range(4):
        application.processEvents()
    faults = [*cut_texts(window), *outside(window), *small_targets(window)]
    faults += unlabelled(window)
    if [window.width(), window.height()] != size:
        faults.append(f"the window is {window.width()} × {window.height()}")
    painted = painted_texts(window)
    texts += len(painted.drawn)
    if scale == 1:
        faults += [*small_rows(window), *cut_tabs(window)]
        faults += [*painted.cut, *painted.unreadable()]
    faults += without_focus(window)
    for found in faults:
        print(name, found)
    looked_at += 1
    window.close()
    window.deleteLater()
print(f"looked at {looked_at} parts and {texts} painted texts", file=sys.stderr)
