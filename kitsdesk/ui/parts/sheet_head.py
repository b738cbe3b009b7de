"""The head that sheets share: a title, a muted line beside it, a cross."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtWidgets import QHBoxLayout, QLabel

from kitsdesk.ui.parts.buttons import icon_button
from kitsdesk.ui.parts.labels import text_label
from kitsdesk.ui.spacing import SPACE_12, SPACE_16, SPACE_24


def sheet_head(
    title: QLabel, beside: QLabel, close: Callable[[], object], tip: str = "Close (Esc)"
) -> QHBoxLayout:
    """Return the row over a sheet's first divider; `tip` says what the cross does."""
    cross = icon_button("ph.x", tip, "bare")
    cross.clicked.connect(close)
    head = QHBoxLayout()
    head.setContentsMargins(SPACE_24, SPACE_12, SPACE_16, SPACE_12)
    head.setSpacing(SPACE_16)
    head.addWidget(title)
    head.addWidget(beside, 1)
    head.addWidget(cross)
    return head


def heading(text: str) -> QLabel:
    """Return a sheet's title."""
    return text_label(text, "heading")
