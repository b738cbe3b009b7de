"""Settings ▸ Keys and mouse: search, press the new key, take one back, all back."""

from __future__ import annotations

from PyQt6.QtCore import QModelIndex, Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLineEdit, QListView, QVBoxLayout, QWidget

from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.actions.action_records import RECORDS
from kitsdesk.ui.actions.chords import key_number, modifier_of, shown
from kitsdesk.ui.actions.key_book import active_keys
from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.icons import glyph
from kitsdesk.ui.parts.buttons import KeyedButton, explain
from kitsdesk.ui.parts.labels import divider, text_label, wrapped_label
from kitsdesk.ui.parts.overlay_scroll import OverlayScroll
from kitsdesk.ui.parts.segments import Segments
from kitsdesk.ui.settings.key_capture import KeyCapture
from kitsdesk.ui.settings.key_rows import ROW_ROLE, KeyRow, KeyRowDelegate, KeyRowModel, key_rows
from kitsdesk.ui.spacing import SPACE_8, SPACE_10, SPACE_16, SPACE_24

SCHEMES = (("radiology", "Radiology"), ("research", "Research"))
SCHEME_WORDS = {
    "radiology": "Right-drag sets window and level.",
    "research": "Right-drag zooms; left-drag sets window and level in its mode (key {key}).",
}
_PART = part_sizes("keys_page")
LIST_HEIGHT: int = _PART["list_height"]


class KeysPage(QWidget):
    """Edits the application's key book; `mouseChosen(scheme)` tells of the mouse."""

    mouseChosen = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self._mouse = Segments(SCHEMES)
        self._mouse_words = wrapped_label("", "small", "muted")
        self._search = QLineEdit()
        self._search.setPlaceholderText("Search a name or a key")
        self._search.setAccessibleName("Search a name or a key")
        self._search.addAction(
            glyph("ph.magnifying-glass", "text_muted"), QLineEdit.ActionPosition.LeadingPosition
        )
        self._model = KeyRowModel(self)
        self._view = QListView()
        self._chosen = text_label("", weight="medium")
        self._press = KeyCapture("New key")
        self._clear = KeyedButton("No key", kind="quiet")
        self._reset = KeyedButton("Standard key", kind="quiet")
        self._reset_all = KeyedButton("All standard keys", kind="quiet")
        self._said = wrapped_label("", "small", "muted")
        self._take = KeyedButton("Take it", size="small")
        self._keep = KeyedButton("Leave it", kind="quiet", size="small")
        self._wanted = ""
        self._prepare_list()
        self._lay_out()
        self._connect()
        self._fill()

    def set_mouse(self, scheme: str) -> None:
        """Show a mouse scheme, without a signal."""
        self._mouse.set_chosen(scheme)
        key = active_keys().shown(ActionId.LEFT_WINDOW) or "none"
        self._mouse_words.setText(SCHEME_WORDS[scheme].format(key=key))

    def _prepare_list(self) -> None:
        self._view.setModel(self._model)
        self._delegate = KeyRowDelegate()
        self._view.setItemDelegate(self._delegate)
        self._view.setUniformItemSizes(True)
        self._view.setMouseTracking(True)
        self._view.setFrameShape(QListView.Shape.NoFrame)
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._view.setAccessibleName("Keys")
        self._view.setMinimumHeight(LIST_HEIGHT)
        self._scroll = OverlayScroll(self._view)

    def _lay_out(self) -> None:
        mouse = QHBoxLayout()
        mouse.setSpacing(SPACE_16)
        mouse.addWidget(text_label("Mouse"))
        mouse.addWidget(self._mouse)
        mouse.addWidget(self._mouse_words, 1)
        edit = QHBoxLayout()
        edit.setSpacing(SPACE_8)
        edit.addWidget(self._chosen, 1)
        for button in (self._press, self._clear, self._reset):
            edit.addWidget(button)
        said = QHBoxLayout()
        said.setSpacing(SPACE_8)
        said.addWidget(self._said, 1)
        for button in (self._take, self._keep, self._reset_all):
            said.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_24, SPACE_16, SPACE_24, 0)
        column.setSpacing(SPACE_10)
        column.addLayout(mouse)
        column.addWidget(self._search)
        column.addWidget(self._view, 1)
        column.addWidget(divider())
        column.addLayout(edit)
        column.addLayout(said)

    def _connect(self) -> None:
        self._mouse.chosen.connect(self._choose_mouse)
        self._search.textChanged.connect(lambda _text: self._fill())
        selection = self._view.selectionModel()
        if selection is not None:
            selection.currentChanged.connect(lambda _new, _old: self._show_chosen())
        self._view.doubleClicked.connect(lambda _index: self._press.click())
        self._press.captured.connect(self._try)
        self._clear.clicked.connect(lambda: self._set(()))
        self._reset.clicked.connect(self._reset_one)
        self._reset_all.clicked.connect(active_keys().reset_all)
        self._take.clicked.connect(lambda: self._set((self._wanted,)))
        self._keep.clicked.connect(self._show_chosen)
        active_keys().changed.connect(self._fill)

    def _choose_mouse(self, scheme: str) -> None:
        self.set_mouse(scheme)
        self.mouseChosen.emit(scheme)

    def _row(self) -> KeyRow | None:
        row = self._view.currentIndex().data(ROW_ROLE)
        return row if isinstance(row, KeyRow) else None

    def _fill(self) -> None:
        chosen = self._row()
        rows = key_rows(active_keys(), self._search.text())
        self._model.set_records(rows)
        places = [n for n, row in enumerate(rows) if chosen and row.action == chosen.action]
        place = self._model.index(places[0] if places else 0) if rows else QModelIndex()
        self._view.setCurrentIndex(place)
        self._show_chosen()

    def _show_chosen(self) -> None:
        row = self._row()
        self._wanted = ""
        self._chosen.setText(row.name if row is not None else "")
        self._say("" if row is not None else "No command has this name or key.")
        explain(self._press, row is not None, "Choose a command first")
        explain(self._clear, row is not None and bool(row.keys), "It has no key")
        explain(self._reset, row is not None and row.edited, "It has its standard key")
        edited = bool(active_keys().edited())
        explain(self._reset_all, edited, "Every command has its standard key")

    def _say(self, text: str, asks: bool = False) -> None:
        self._said.setText(text)
        self._take.setVisible(asks)
        self._keep.setVisible(asks)

    def _try(self, key: str) -> None:
        """Take a key that is free; ask where another command has it."""
        row = self._row()
        if row is None:
            return
        why = refusal(row.action, key)
        owner = active_keys().action_of(key)
        if why:
            self._say(why)
        elif owner is not None and owner != row.action:
            self._wanted = key
            name = RECORDS[owner].text.rstrip("…")
            self._say(f"{shown(key)} is the key of “{name}”.", asks=True)
        else:
            self._set((key,))

    def _set(self, keys: tuple[str, ...]) -> None:
        row = self._row()
        if row is not None:
            active_keys().set_keys(row.action, keys)

    def _reset_one(self) -> None:
        row = self._row()
        if row is not None:
            active_keys().reset(row.action)


DECISIONS = frozenset({ActionId.USE_PREDICTION, ActionId.EXCLUDE, ActionId.DECIDE_LATER})


def refusal(action: ActionId, key: str) -> str:
    """Return why a key cannot stand for an action, "" where it can."""
    if RECORDS[action].hold:
        single = bool(key_number(key)) and (bool(modifier_of(key)) or "+" not in key[:-1])
        return "" if single else "A key that is held is a single one."
    if modifier_of(key):
        return f"{key} alone can only be held."
    if action in DECISIONS and "+" not in key[:-1]:
        return "A decision needs a key with Ctrl, Alt or Shift."
    return ""
