"""What a person should know once about a project that was just opened, and that is no problem."""

from __future__ import annotations

from kitsdesk.project.store import STORE_NAME, Store


def opening_notices(name: str, taken_over: str, store: Store, network: bool) -> tuple[str, ...]:
    """Return the sentences: whose lock was taken over, a network folder, a missing backup."""
    found = [taken_over] if taken_over else []
    if network and not store.read_only:
        found.append(
            f"{name} lies in a network folder: saving is as safe and a little slower. "
            "Open it on one computer at a time."
        )
    elif not store.read_only and not store.logged:
        found.append(
            f"The disk of {name} takes no write-ahead log: saving is as safe and a little slower."
        )
    if store.trouble is not None:
        found.append(f"Today's backup of {STORE_NAME} was not made: {store.trouble}")
    return tuple(found)
