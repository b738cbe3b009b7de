"""The guide's page of keys, made from the program's own tables: standard keys, not edited ones.

python -m kitsdesk.ui.guide.keys_chapter docs/keys.md
"""

from __future__ import annotations

import sys
from pathlib import Path

from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.actions.action_records import RECORDS
from kitsdesk.ui.actions.chords import shown
from kitsdesk.ui.actions.menus import MENUS, MenuEntry
from kitsdesk.ui.keys_sheet import SECTIONS, Keys

_HEAD = """# Keys and mouse

`?` shows the most used keys in the window, `Ctrl+Shift+P` finds a command by its name. Single keys
belong to the views; in a text field they are typed. A key that is held has an entry in a menu, too.
Tools ▸ Settings…, Keys and mouse, changes every key, and has a second mouse scheme for people from
research programs: right-drag zooms, and a left-drag mode is window and level.

![Keys and mouse](pictures/keys_dark.png)
"""


def keys_page() -> str:
    """Return the page as Markdown."""
    parts = [_HEAD]
    for title, rows in SECTIONS:
        lines = [f"| {what} | {_cell(actions, mouse)} |" for what, actions, mouse in rows]
        parts.append(_table(title, "do", lines))
    parts.append("# Every command\n\nBy menu, as the palette lists them.\n")
    for title, entries in MENUS:
        lines = [_line(action) for action in _actions(entries)]
        parts.append(_table(f"{title} menu", "command", lines))
    return "\n".join(parts).replace("# Every command", "## Every command")


def _table(title: str, first: str, lines: list[str]) -> str:
    return "\n".join([f"## {title}", "", f"| {first} | keys |", "|---|---|", *lines, ""])


def _line(action: ActionId) -> str:
    return f"| {RECORDS[action].text} | {_keys(action)} |"


def _actions(entries: tuple[MenuEntry, ...]) -> list[ActionId]:
    found: list[ActionId] = []
    for entry in entries:
        if isinstance(entry, tuple):
            found += _actions(entry[1])
        elif entry is not None:
            found.append(entry)
    return found


def _keys(action: ActionId) -> str:
    hold = "hold " if RECORDS[action].hold else ""
    return " · ".join(f"{hold}`{shown(key)}`" for key in RECORDS[action].keys)


def _cell(actions: Keys, mouse: str) -> str:
    keys = [_first(action) for action in actions]
    if mouse == "…":
        return f"{keys[0]} … {keys[-1]}"
    return " · ".join(part for part in (mouse, *keys) if part)


def _first(action: ActionId) -> str:
    return _keys(action).split(" · ")[0]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(keys_page(), encoding="utf-8")
