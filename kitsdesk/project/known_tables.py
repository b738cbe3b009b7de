"""Which tables a project has: an older one opened read-only is not migrated."""

from __future__ import annotations

from kitsdesk.project.store import Store


def has_table(store: Store, name: str) -> bool:
    """Return whether the project's database has a table of that name."""
    sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return bool(store.query(sql, (name,)))
