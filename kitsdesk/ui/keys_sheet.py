"""The keys sheet: every key and mouse gesture on one page."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from kitsdesk.ui.actions.action_ids import ActionId as Id
from kitsdesk.ui.actions.key_book import active_keys
from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.parts.buttons import icon_button
from kitsdesk.ui.parts.labels import divider, section_label, text_label
from kitsdesk.ui.spacing import SPACE_14, SPACE_16, SPACE_18, SPACE_24, SPACE_40

_PART = part_sizes("keys_sheet")
Keys = tuple[Id, ...]
# What is done, and by which actions' keys or by which gesture of the mouse.
SECTIONS: tuple[tuple[str, tuple[tuple[str, Keys, str], ...]], ...] = (
    (
        "Views",
        (
            ("slice", (Id.SLICE_UP, Id.SLICE_DOWN), "wheel"),
            ("ten slices", (Id.SLICE_UP_TEN, Id.SLICE_DOWN_TEN), ""),
            ("first, last", (Id.SLICE_FIRST, Id.SLICE_LAST), ""),
            ("zoom", (), "Ctrl+wheel"),
            ("pan", (Id.HOLD_PAN,), "middle-drag"),
            ("window and level", (Id.LEFT_WINDOW,), "right-drag"),
            ("window presets", (Id.PRESET_SOFT_TISSUE, Id.PRESET_NETWORK), "…"),
            ("reset the window", (Id.PRESET_RESET,), ""),
            ("maximise", (Id.MAXIMISE,), "double-click"),
            ("crosshair in any tool", (Id.HOLD_CROSSHAIR,), ""),
        ),
    ),
    (
        "Mask",
        (
            ("hide", (Id.HOLD_HIDE,), ""),
            ("opacity", (Id.OPACITY_LESS, Id.OPACITY_MORE), ""),
            ("swap mask and prediction", (Id.SWAP_MASKS,), ""),
            ("flicker", (Id.FLICKER,), ""),
            (
                "structure",
                (Id.STRUCTURE_0, Id.STRUCTURE_1, Id.STRUCTURE_2, Id.STRUCTURE_3),
                "",
            ),
            ("pick from the view", (), "Shift+click"),
        ),
    ),
    (
        "Tools",
        (
            ("navigate", (Id.TOOL_NAVIGATE,), ""),
            ("brush", (Id.TOOL_BRUSH,), ""),
            ("eraser", (Id.TOOL_ERASER,), ""),
            ("erase while painting", (Id.HOLD_ERASE,), ""),
            ("lasso", (Id.TOOL_LASSO,), ""),
            ("fill", (Id.TOOL_FILL,), ""),
            ("ruler", (Id.TOOL_RULER,), ""),
            ("delete a measure", (Id.DELETE_MEASURE,), "click"),
            ("size", (Id.SIZE_MORE, Id.SIZE_LESS), "Shift+wheel"),
        ),
    ),
    (
        "Review",
        (
            ("next, previous disagreement", (Id.NEXT_DISAGREEMENT, Id.PREVIOUS_DISAGREEMENT), ""),
            ("take prediction", (Id.TAKE_PREDICTION,), ""),
            ("keep reference", (Id.KEEP_REFERENCE,), ""),
            ("next, previous case", (Id.NEXT_CASE, Id.PREVIOUS_CASE), ""),
            ("next unreviewed", (Id.NEXT_UNREVIEWED,), ""),
            ("done and next", (Id.DONE_AND_NEXT,), ""),
            ("use prediction", (Id.USE_PREDICTION,), ""),
            ("exclude", (Id.EXCLUDE,), ""),
            ("decide later", (Id.DECIDE_LATER,), ""),
        ),
    ),
    (
        "Program",
        (
            ("undo, redo", (Id.UNDO, Id.REDO), ""),
            ("save", (Id.SAVE,), ""),
            ("find a case", (Id.FIND_CASE,), ""),
            ("find a command", (Id.COMMAND_PALETTE,), ""),
            ("this sheet", (Id.KEYS,), ""),
            ("guide", (Id.GUIDE,), ""),
        ),
    ),
)
COLUMNS = ((0,), (1, 2), (3, 4))


class KeysSheet(QFrame):
    """A floating child of the window; Esc or its cross closes it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._research = False
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "sheet")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        close = icon_button("ph.x", "Close", "bare")
        close.clicked.connect(self.hide)
        head = QHBoxLayout()
        head.addWidget(text_label("Keys and mouse", "heading"), 1)
        head.addWidget(close)
        self._caps: list[tuple[QLabel, Keys, str]] = []
        columns = QHBoxLayout()
        columns.setSpacing(SPACE_40)
        for numbers in COLUMNS:
            column = QVBoxLayout()
            column.setSpacing(SPACE_18)
            for number in numbers:
                column.addLayout(self._section(*SECTIONS[number]))
            column.addStretch(1)
            columns.addLayout(column, 1)
        note = text_label(
            "Single keys belong to the views; in a field they are typed. "
            "Settings, Keys and mouse, changes them.",
            "small",
            "muted",
        )
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_24, SPACE_16, SPACE_24, SPACE_18)
        whole.setSpacing(SPACE_14)
        whole.addLayout(head)
        whole.addWidget(divider())
        whole.addLayout(columns)
        whole.addWidget(note)
        self.show_keys()
        active_keys().changed.connect(self.show_keys)
        self.hide()

    def set_mouse(self, scheme: str) -> None:
        """Show what the right button does in a mouse scheme."""
        self._research = scheme == "research"
        self.show_keys()

    def show_keys(self) -> None:
        """Show the keys as they are now."""
        for label, actions, mouse in self._caps:
            label.setText(_words(actions, self._mouse_words(mouse)))

    def _mouse_words(self, mouse: str) -> str:
        if not self._research:
            return mouse
        return {"right-drag": "", "Ctrl+wheel": "Ctrl+wheel · right-drag"}.get(mouse, mouse)

    def open_sheet(self) -> None:
        """Open in the middle of the window, or close where it is open."""
        window = self.parentWidget()
        if self.isVisible() or window is None:
            self.hide()
            return
        hint = self.sizeHint()
        width, height = max(_PART["least_width"], hint.width()), hint.height()
        self.setGeometry((window.width() - width) // 2, _PART["top"], width, height)
        self.show()
        self.raise_()
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Close by Esc or "?"."""
        if event is not None and (event.key() == Qt.Key.Key_Escape or event.text() == "?"):
            self.hide()

    def _section(self, title: str, rows: tuple[tuple[str, Keys, str], ...]) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(_PART["line_gap"])
        grid.setHorizontalSpacing(SPACE_16)
        grid.setColumnStretch(0, 1)
        grid.addWidget(section_label(title), 0, 0, 1, 2)
        for place, (what, actions, mouse) in enumerate(rows, start=1):
            cap = text_label("", "keycap")
            self._caps.append((cap, actions, mouse))
            grid.addWidget(text_label(what), place, 0)
            grid.addWidget(cap, place, 1, Qt.AlignmentFlag.AlignRight)
        return grid


def _words(actions: Keys, mouse: str) -> str:
    book = active_keys()
    keys = [book.shown(action) for action in actions]
    if mouse == "…":
        return f"{keys[0]} … {keys[-1]}"
    return " · ".join(part for part in (mouse, *keys) if part) or "–"
