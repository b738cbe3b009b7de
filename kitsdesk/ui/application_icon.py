"""The icon of the program's windows."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QIcon, QPainter, QPixmap
from PyQt6.QtSvg import QSvgRenderer

from kitsdesk.paths import resources

_SIZES = (16, 24, 32, 48, 64, 128, 256)
_SMALL = 24


def application_icon() -> QIcon:
    """Return the icon, drawn in every size; a simpler drawing where few pixels are."""
    icon = QIcon()
    folder = resources() / "icons"
    drawings = {
        small: QSvgRenderer(str(folder / name))
        for small, name in ((True, "kitsdesk-small.svg"), (False, "kitsdesk.svg"))
    }
    for size in _SIZES:
        picture = QPixmap(size, size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        drawings[size <= _SMALL].render(painter)
        painter.end()
        icon.addPixmap(picture)
    return icon
