"""Any session of strokes, undo, redo, go to, save and reopening, against snapshots."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kitsdesk.editing.gates import Gates
from kitsdesk.editing.strokes import Stroke
from kitsdesk.project.journal import Journal
from trainer.imaging.hashing import array_hash

SHAPE, SPACING = (10, 24, 24), (4.0, 1.0, 1.5)
PLANES = ("axial", "coronal", "sagittal")
ROOMY, TIGHT = 2**20, 600

strokes = st.tuples(
    st.just("stroke"),
    st.lists(
        st.tuples(st.floats(-1, 10), st.floats(-2, 25), st.floats(-2, 25)), min_size=1, max_size=4
    ),
    st.integers(0, 3),
    st.sampled_from([1.0, 3.0, 7.5, 12.0]),
    st.sampled_from(["disc", "ball"]),
    st.sampled_from(PLANES),
    st.booleans(),
    st.sets(st.integers(0, 3), max_size=2),
)
moves = st.tuples(st.sampled_from(["undo", "redo", "save", "reopen"]))
jumps = st.tuples(st.just("go_to"), st.floats(0, 1))


class Session:
    """A history with its journal, and beside it every state that it ever went through."""

    def __init__(self, path, byte_cap) -> None:
        self.path, self.byte_cap = path, byte_cap
        self.saved = np.zeros(SHAPE, np.uint8)
        self.saved[3:7, 5:15, 5:15] = 1
        self.revision = 0
        self.states, self.names, self.position = [self.saved.copy()], [], 0
        self.open()

    def open(self) -> None:
        base = array_hash(self.saved)
        self.journal = Journal.open(self.path, base, SHAPE, self.byte_cap)
        self.mask = self.saved.copy()
        self.history = self.journal.history(self.mask, self.byte_cap)

    def stroke(self, points, structure, diameter, shape, plane, erase, locked) -> None:
        gates = Gates(locked=frozenset(locked))
        made = Stroke(
            self.mask, None, SPACING, structure, diameter, shape, plane, gates, erase=erase
        )
        before = self.mask.copy()
        for point in points:
            made.add(point)
        assert np.array_equal(
            self.mask[np.isin(before, list(locked))], before[np.isin(before, list(locked))]
        )
        patch = made.finish()
        if patch is None:
            assert np.array_equal(self.mask, before)
            return
        self.history.commit(patch)
        del self.states[self.position + 1 :], self.names[self.position :]
        self.states.append(self.mask.copy())
        self.names.append(made.name)
        self.position += 1

    def undo(self) -> None:
        patch = self.history.undo()
        self.position -= patch is not None

    def redo(self) -> None:
        patch = self.history.redo()
        self.position += patch is not None

    def go_to(self, share) -> None:
        at = round(share * len(self.history.entries()))
        self.history.go_to(at)
        self.position = at + self.dropped

    def save(self) -> None:
        self.saved = self.mask.copy()
        self.revision += 1
        self.history.mark_saved(self.revision, array_hash(self.saved))

    def reopen(self) -> None:
        unsaved = self.history.unsaved
        self.journal.close()
        self.open()
        assert self.history.unsaved == unsaved

    @property
    def dropped(self) -> int:
        return len(self.names) - len(self.history.entries())

    def check(self) -> None:
        """What the window shows is what was done, and every place in the list leads there."""
        history = self.history
        entries = history.entries()
        assert np.array_equal(self.mask, self.states[self.position])
        assert [entry.name for entry in entries] == self.names[self.dropped :]
        assert history.position == self.position - self.dropped
        sizes = [patch.size for patch in history._patches]
        assert sum(sizes) <= self.byte_cap or history.position <= 1

    def walk(self) -> None:
        here = self.history.position
        for at in range(len(self.history.entries()), -1, -1):
            self.history.go_to(at)
            assert np.array_equal(self.mask, self.states[at + self.dropped])
        self.history.go_to(here)


def run(path, byte_cap, actions) -> Session:
    session = Session(path, byte_cap)
    for name, *arguments in actions:
        getattr(session, name)(*arguments)
        session.check()
    session.walk()
    session.journal.close()
    return session


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(strokes, strokes, moves, jumps), max_size=30))
def test_any_session_meets_its_snapshots(tmp_path_factory, actions):
    run(tmp_path_factory.mktemp("roomy") / "case.journal", ROOMY, actions)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(strokes, strokes, moves, jumps), max_size=30))
def test_a_bounded_history_keeps_the_newest_and_never_a_wrong_state(tmp_path_factory, actions):
    session = Session(tmp_path_factory.mktemp("tight") / "case.journal", TIGHT)
    for name, *arguments in actions:
        if name == "reopen":
            continue  # compacting a journal at its cap has tests of its own
        getattr(session, name)(*arguments)
        session.check()
        assert session.history.dropped == session.dropped
    session.walk()
    session.journal.close()
