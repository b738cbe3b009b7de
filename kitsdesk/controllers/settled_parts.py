"""What a person made of each disagreement of the open case, remembered for its very voxels."""

from __future__ import annotations

from collections.abc import Sequence

from kitsdesk.controllers.painted_parts import PaintedParts
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.settled_writing import SettledWriting
from kitsdesk.editing.box import box_slices
from kitsdesk.project.component_store import Settled
from kitsdesk.review.disagreement import Disagreement, agrees


class SettledParts:
    """States by the key of a disagreement; kept in the project, so that they outlive the
    window, a mask that was saved and a comparison made again."""

    def __init__(self, session: Session, writing: SettledWriting) -> None:
        self._session = session
        self._writing = writing
        self._states: dict[str, Settled] = {}
        self.painted = PaintedParts()

    def begin(self, case: OpenCase) -> None:
        """Take up what is known of a case that was just opened."""
        self.painted.clear()
        known = self._writing.known(case.case)
        self._states = {key: state for (_case, key), state in known.items()}

    def compared(self, keys: Sequence[str]) -> None:
        """Note that the live mask was compared: what still disagrees was not taken."""
        for key in keys:
            if self._states.get(key) == "taken":
                self.put(key, None)

    def edited(self, key: str, item: Disagreement, case: OpenCase) -> bool:
        """Follow an edit or undo of the live mask; returns whether the state is another."""
        former = state = self.of(key)
        if state == "taken" and case.prediction is not None:
            cut = box_slices(item.box)
            if not agrees(item, case.mask[cut], case.prediction[cut]):
                state = None
        state = self.painted.state(key, item.box, state, case)
        if state != former:
            self.put(key, state)
        return state != former

    def of(self, key: str) -> Settled | None:
        """Return what became of a disagreement, None while it is open."""
        return self._states.get(key)

    def put(self, key: str, state: Settled | None) -> None:
        """Settle a disagreement, or open it again (None)."""
        if state is None:
            self._states.pop(key, None)
        else:
            self._states[key] = state
        case = self._session.case
        # A fault planted for display goes again, and what was said of it with it.
        lasting = case is not None and case.planted is None
        if case is not None and lasting and not self._session.project.read_only:
            self._writing.put((case.case, key), state)
