"""The keys sheet: every key and mouse gesture on one page."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from kitsdesk.ui.parts.buttons import icon_button
from kitsdesk.ui.parts.labels import divider, section_label, text_label

SECTIONS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Views",
        (
            ("slice", "wheel · ↑ ↓"),
            ("ten slices", "PgUp · PgDn"),
            ("first, last", "Home · End"),
            ("zoom", "Ctrl+wheel"),
            ("pan", "middle-drag · Space+drag"),
            ("window and level", "right-drag"),
            ("window presets", "Alt+1 … Alt+6"),
            ("reset the window", "Alt+0"),
            ("maximise", "X"),
            ("crosshair in any tool", "hold C"),
        ),
    ),
    (
        "Mask",
        (
            ("hide", "hold H"),
            ("opacity", ",  ."),
            ("swap mask and prediction", "G"),
            ("flicker", "T"),
            ("structure", "0 1 2 3"),
            ("pick from the view", "Shift+click"),
        ),
    ),
    (
        "Tools",
        (
            ("navigate", "Esc"),
            ("brush", "B"),
            ("eraser", "E"),
            ("erase while painting", "hold Ctrl"),
            ("lasso", "L"),
            ("fill", "F"),
            ("ruler", "M"),
            ("size", "Shift+wheel · + −"),
        ),
    ),
    (
        "Review",
        (
            ("next disagreement", "N"),
            ("previous disagreement", "Shift+N"),
            ("take prediction", "Y"),
            ("keep reference", "K"),
            ("next, previous case", "Ctrl+→ · ←"),
            ("next unreviewed", "Ctrl+Shift+→"),
            ("done and next", "Ctrl+Enter"),
            ("use prediction", "Ctrl+Shift+R"),
            ("exclude", "Ctrl+Shift+X"),
            ("decide later", "Ctrl+Shift+D"),
        ),
    ),
    (
        "Program",
        (
            ("undo, redo", "Ctrl+Z · Ctrl+Y"),
            ("save", "Ctrl+S"),
            ("find a case", "Ctrl+F"),
            ("find a command", "Ctrl+Shift+P"),
            ("this sheet", "?"),
            ("guide", "F1"),
        ),
    ),
)
COLUMNS = ((0,), (1, 2), (3, 4))


class KeysSheet(QFrame):
    """A floating child of the window; Esc or its cross closes it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "sheet")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        close = icon_button("ph.x", "Close", "bare")
        close.clicked.connect(self.hide)
        head = QHBoxLayout()
        head.addWidget(text_label("Keys and mouse", "heading"), 1)
        head.addWidget(close)
        columns = QHBoxLayout()
        columns.setSpacing(40)
        for numbers in COLUMNS:
            column = QVBoxLayout()
            column.setSpacing(18)
            for number in numbers:
                column.addLayout(_section(*SECTIONS[number]))
            column.addStretch(1)
            columns.addLayout(column, 1)
        note = text_label(
            "Single keys belong to the views; in a field they are typed.", "small", "muted"
        )
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 16, 24, 18)
        whole.setSpacing(14)
        whole.addLayout(head)
        whole.addWidget(divider())
        whole.addLayout(columns)
        whole.addWidget(note)
        self.hide()

    def open_sheet(self) -> None:
        """Open in the middle of the window, or close where it is open."""
        window = self.parentWidget()
        if self.isVisible() or window is None:
            self.hide()
            return
        hint = self.sizeHint()
        width, height = max(980, hint.width()), hint.height()
        self.setGeometry((window.width() - width) // 2, 72, width, height)
        self.show()
        self.raise_()
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Close by Esc or "?"."""
        if event is not None and (event.key() == Qt.Key.Key_Escape or event.text() == "?"):
            self.hide()


def _section(title: str, rows: tuple[tuple[str, str], ...]) -> QGridLayout:
    grid = QGridLayout()
    grid.setVerticalSpacing(5)
    grid.setHorizontalSpacing(16)
    grid.setColumnStretch(0, 1)
    grid.addWidget(section_label(title), 0, 0, 1, 2)
    for place, (what, keys) in enumerate(rows, start=1):
        grid.addWidget(text_label(what), place, 0)
        grid.addWidget(text_label(keys, "keycap"), place, 1, Qt.AlignmentFlag.AlignRight)
    return grid
