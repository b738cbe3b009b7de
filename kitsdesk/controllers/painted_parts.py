"""Which disagreements were painted on, since a person took up the brush for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kitsdesk.controllers.session import OpenCase
from kitsdesk.editing.box import Box, box_slices
from kitsdesk.editing.patch import Mask
from kitsdesk.project.component_store import Settled


@dataclass(frozen=True)
class _Watched:
    """The mask inside a box (z0, z1, y0, y1, x0, x1) as it was after `edits` edits, and what
    had become of the disagreement by then."""

    box: Box
    before: Mask
    edits: int
    state: Settled | None


class PaintedParts:
    """A disagreement counts as painted while the mask inside its box differs from what it was
    when the brush was taken up: so the first edit there settles it, and undo opens it again."""

    def __init__(self) -> None:
        self._watched: dict[str, _Watched] = {}

    def clear(self) -> None:
        """Forget all: another case was opened."""
        self._watched.clear()

    def watch(self, key: str, box: Box, case: OpenCase, state: Settled | None) -> None:
        """Begin with a disagreement; one that is watched already stays as it was."""
        before = case.mask[box_slices(box)].copy()
        self._watched.setdefault(key, _Watched(box, before, _edits(case), state))

    def forget(self, key: str) -> None:
        """Leave a disagreement alone: it was settled otherwise."""
        self._watched.pop(key, None)

    def state(self, key: str, box: Box, state: Settled | None, case: OpenCase) -> Settled | None:
        """Return what has become of a disagreement that is in `state`, after an edit or undo."""
        watched = self._watched.get(key)
        if watched is None:
            return None if state == "painted" and _untouched(case, box) else state
        after = case.mask[box_slices(watched.box)]
        if _edits(case) > watched.edits and not np.array_equal(watched.before, after):
            return "painted"
        return watched.state if state == "painted" else state


def _edits(case: OpenCase) -> int:
    """Return how many edits are in effect, those that can no longer be undone included."""
    return case.history.position + case.history.dropped


def _untouched(case: OpenCase, box: Box) -> bool:
    """Return whether the reference still stands in a box: what was painted there before a
    restart has been undone."""
    if case.reference is None or case.base is None or case.base.number:
        return False
    cut = box_slices(box)
    return bool(np.array_equal(case.mask[cut], case.reference[cut]))
