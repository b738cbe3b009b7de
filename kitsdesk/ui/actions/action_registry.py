"""One QAction per id, one signal for all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QAction, QActionGroup, QKeySequence
from PyQt6.QtWidgets import QMenu, QMenuBar

from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.actions.action_records import RECORDS
from kitsdesk.ui.actions.key_book import active_keys
from kitsdesk.ui.actions.menus import MENUS, RECENT, MenuEntry
from kitsdesk.ui.icons import glyph

EXCLUSIVE: tuple[tuple[ActionId, ...], ...] = (
    (ActionId.THEME_SYSTEM, ActionId.THEME_DARK, ActionId.THEME_LIGHT),
    (
        ActionId.LAYOUT_QUAD,
        ActionId.LAYOUT_AXIAL,
        ActionId.LAYOUT_CORONAL,
        ActionId.LAYOUT_SAGITTAL,
        ActionId.LAYOUT_3D,
        ActionId.SIDE_BY_SIDE,
    ),
)


class ActionRegistry(QObject):
    """Owns the actions. `triggered` carries the ActionId, `recentChosen` a path."""

    triggered = pyqtSignal(object)
    recentChosen = pyqtSignal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts = {action: RECORDS[action].text for action in ActionId}
        self._actions = {action: self._make(action) for action in ActionId}
        for ids in EXCLUSIVE:
            group = QActionGroup(self)
            for action in ids:
                group.addAction(self._actions[action])
        self._menus: list[QMenu] = []
        self._recent: QMenu | None = None
        self._show_keys()
        active_keys().changed.connect(self._show_keys)

    def _make(self, action_id: ActionId) -> QAction:
        record = RECORDS[action_id]
        action = QAction(self)
        action.setObjectName(action_id.value)
        action.setCheckable(record.checkable)
        action.setMenuRole(QAction.MenuRole.NoRole)
        action.setAutoRepeat(record.repeats)
        if record.icon and not record.checkable:
            action.setIcon(glyph(record.icon, "text_muted"))
        action.triggered.connect(lambda _checked, name=action_id: self.triggered.emit(name))
        return action

    def _show_keys(self) -> None:
        """Show and register the keys of the book."""
        book = active_keys()
        for action_id, action in self._actions.items():
            keys = book.shortcuts(action_id)
            action.setShortcuts([QKeySequence(key) for key in keys])
            self._show_text(action_id)

    def _show_text(self, action_id: ActionId) -> None:
        # A canvas key is shown behind a tab, where Qt shows shortcuts, and never registered.
        book, text = active_keys(), self._texts[action_id]
        hint = "" if book.shortcuts(action_id) else book.shown(action_id)
        self._actions[action_id].setText(f"{text}\t{hint}" if hint else text)

    def action(self, action_id: ActionId) -> QAction:
        """Return the QAction of an id."""
        return self._actions[action_id]

    def all_actions(self) -> list[QAction]:
        """Return every action, for the window to register their shortcuts."""
        return list(self._actions.values())

    def set_enabled(self, action_id: ActionId, enabled: bool, why: str = "") -> None:
        """Enable or disable; a disabled action says why in its tooltip and in the palette."""
        action = self._actions[action_id]
        action.setEnabled(enabled)
        action.setToolTip("" if enabled else why)
        action.setStatusTip("" if enabled else why)

    def set_tip(self, action_id: ActionId, tip: str) -> None:
        """Say something of an action that is enabled, in menus and in the palette."""
        action = self._actions[action_id]
        if action.isEnabled():
            action.setToolTip(tip)
            action.setStatusTip(tip)

    def set_available(self, action_id: ActionId, available: bool) -> None:
        """Show the action at all; one that is not available has no entry and no shortcut."""
        self._actions[action_id].setVisible(available)

    def set_checked(self, action_id: ActionId, checked: bool) -> None:
        """Show a checkable action as on or off, without a signal."""
        self._actions[action_id].setChecked(checked)

    def is_checked(self, action_id: ActionId) -> bool:
        """Return whether a checkable action is on."""
        return self._actions[action_id].isChecked()

    def set_text(self, action_id: ActionId, text: str) -> None:
        """Rename an action, such as "Undo brush tumor"."""
        self._texts[action_id] = text
        self._show_text(action_id)

    def set_recent(self, paths: Sequence[str]) -> None:
        """Fill File ▸ Recent, newest first."""
        if self._recent is None:
            return
        self._recent.clear()
        for path in paths:
            entry = self._recent.addAction(path)
            if entry is not None:
                entry.triggered.connect(self._emitter(path))
        self._recent.setEnabled(bool(paths))

    def _emitter(self, path: str) -> Callable[[], None]:
        return lambda: self.recentChosen.emit(path)

    def fill(self, bar: QMenuBar) -> None:
        """Build the menu bar from `menus.MENUS`."""
        for title, entries in MENUS:
            menu = bar.addMenu(title)
            if menu is not None:
                self._fill_menu(menu, entries)

    def _fill_menu(self, menu: QMenu, entries: Sequence[MenuEntry]) -> None:
        menu.setToolTipsVisible(True)
        menu.setSeparatorsCollapsible(True)
        self._menus.append(menu)
        for entry in entries:
            if entry is None:
                menu.addSeparator()
            elif isinstance(entry, tuple):
                self._add_submenu(menu, *entry)
            else:
                menu.addAction(self._actions[entry])

    def _add_submenu(self, menu: QMenu, title: str, ids: tuple[ActionId | None, ...]) -> None:
        submenu = menu.addMenu(title)
        if submenu is None:
            return
        self._fill_menu(submenu, ids)
        if title == RECENT:
            self._recent = submenu
            submenu.setEnabled(False)
