"""What the queue and the contact sheet ask of their views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from numpy.typing import NDArray

from kitsdesk.review.alike import Alike
from kitsdesk.review.components import Component
from kitsdesk.review.queue_rows import QueueRow

Name = tuple[str, str]
"""(case, key) of a component."""


class QueueView(Protocol):
    """The queue of the disagreements of all cases."""

    def set_rows(self, rows: Sequence[QueueRow]) -> None:
        """Show these, largest first; what is filtered out is the view's own choice."""

    def update_row(self, row: QueueRow) -> None:
        """Replace one row."""

    def set_progress(self, done: int, total: int) -> None:
        """Show how many of the cases have been compared."""

    def set_pictures(self, pictures: Mapping[Name, NDArray[Any]]) -> None:
        """Show pictures that were asked for, RGB uint8 (rows, columns, 3)."""

    def shown(self) -> list[Name]:
        """Return the rows in the order and under the filter a person sees."""

    def select(self, name: Name) -> None:
        """Mark one row."""


class AlikeView(Protocol):
    """The contact sheet of components like one."""

    def show_alike(self, anchor: Component, found: Sequence[Alike]) -> None:
        """Show these cards, nearest first."""

    def set_state(self, name: Name, state: str) -> None:
        """Show that a card is settled: "taken" or "kept", "" = open again."""

    def set_pictures(self, pictures: Mapping[Name, NDArray[Any]]) -> None:
        """Show the pictures of anchor and cards."""

    def drop(self, name: Name) -> None:
        """Take one card away: it is not like the anchor."""
