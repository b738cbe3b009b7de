"""Text that is code: scripts, command lines, logs."""

from __future__ import annotations

from PyQt6.QtGui import QFontDatabase
from PyQt6.QtWidgets import QWidget

from kitsdesk.ui.style import restyle


def use_fixed_font(widget: QWidget) -> None:
    """Show a field in the system's fixed-width font; the style sheet keeps its size."""
    family = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    font = widget.font()
    font.setFamilies([family, "monospace"])
    widget.setFont(font)
    restyle(widget, code="true")
