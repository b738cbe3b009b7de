"""Edit histories closed and opened again: the mask, undo, redo and what is saved as they were."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitsdesk.editing.taking import replace_mask
from kitsdesk.project.journal import open_history
from tests.kitsdesk.project.journal_edits import SHAPE, opened, reference, stroke
from trainer.imaging.hashing import array_hash


def test_edits_come_back_after_closing_with_undo_and_redo(tmp_path):
    path, base = tmp_path / "history/case.journal", reference()
    journal, mask, history = opened(path, base)
    assert not path.exists()
    for number in range(5):
        history.commit(stroke(mask, number))
    history.go_to(3)
    journal.close()

    journal, again, history = opened(path, base)
    assert np.array_equal(again, mask)
    assert history.position == 3
    assert len(history.entries()) == 5
    assert history.unsaved == 3
    history.go_to(history.saved_position)
    assert np.array_equal(again, base)
    journal.close()
    _, final, history = opened(path, base)
    assert np.array_equal(final, base)
    assert len(history.entries()) == 5


def test_undo_goes_back_beyond_a_save(tmp_path):
    path, base = tmp_path / "case.journal", reference()
    journal, mask, history = opened(path, base)
    history.commit(stroke(mask, 0))
    history.commit(stroke(mask, 1))
    saved = mask.copy()
    history.mark_saved(1, array_hash(saved))
    history.commit(stroke(mask, 2))
    journal.close()

    journal, again, history = opened(path, saved)
    assert np.array_equal(again, mask)
    assert history.unsaved == 1
    assert [entry.saved_as for entry in history.entries()] == [None, 1, None]
    history.go_to(0)
    assert np.array_equal(again, base)


def test_the_saved_mask_may_lie_off_the_line(tmp_path):
    path, base = tmp_path / "case.journal", reference()
    journal, mask, history = opened(path, base)
    history.commit(stroke(mask, 0))
    history.commit(stroke(mask, 1))
    saved = mask.copy()
    history.mark_saved(1, array_hash(saved))
    history.go_to(0)
    history.commit(stroke(mask, 3))
    journal.close()
    _, again, history = opened(path, saved)
    assert np.array_equal(again, mask)
    assert history.saved_position is None
    assert history.unsaved == 3


def test_restoring_the_reference_as_an_edit_keeps_the_history(tmp_path):
    path, base = tmp_path / "case.journal", reference()
    journal, mask, history = opened(path, base)
    history.commit(stroke(mask, 0))
    history.mark_saved(1, array_hash(mask))
    history.commit(replace_mask(mask, base, "Restore reference"))
    history.mark_saved(2, array_hash(mask))
    journal.close()
    _, again, history = opened(path, base)
    assert np.array_equal(again, base)
    assert history.unsaved == 0
    assert [entry.name for entry in history.entries()] == ["Paint tumor, 6 mm", "Restore reference"]


def test_a_large_journal_loses_its_oldest_saved_edits_only(tmp_path):
    path, base = tmp_path / "case.journal", reference()
    journal, mask, history = opened(path, base)
    for number in range(12):
        patch = stroke(mask, number, structure=1 + number % 3)
        history.commit(patch)
        if number == 5:
            history.mark_saved(1, array_hash(mask))
    history.undo()
    history.mark_saved(2, array_hash(mask))
    saved = mask.copy()
    history.redo()
    journal.close()
    before = path.stat().st_size
    journal, again, history = opened(path, saved, byte_cap=before // 2)
    assert path.stat().st_size < before
    assert np.array_equal(again, mask)
    assert history.unsaved == 1
    assert 2 <= len(history.entries()) < 12
    count = len(history.entries())
    history.go_to(0)
    undone = again.copy()
    journal.close()
    _, again, history = opened(path, saved)
    assert np.array_equal(again, undone)
    assert len(history.entries()) == count
    history.go_to(count)
    assert np.array_equal(again, mask)


@pytest.mark.parametrize("cut", [False, True])
def test_looking_at_a_case_does_not_change_when_its_edits_were_made(tmp_path, cut):
    path, base = tmp_path / "case.journal", reference()
    journal, mask, history = opened(path, base)
    for number in range(4):
        history.commit(stroke(mask, number))
    journal.close()
    if cut:
        path.write_bytes(path.read_bytes() + b"an end")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    for _ in range(2):
        journal, _, history = opened(path, base, byte_cap=400)
        assert journal.left == 1_700_000_000
        assert history.unsaved == 4
        journal.close()
    journal, mask, history = opened(path, base)
    history.commit(stroke(mask, 5))
    journal.close()
    assert opened(path, base)[0].left > 1_700_000_000


def test_open_history_for_a_case_without_a_mask_and_read_only(tmp_path):
    path, mask = tmp_path / "case.journal", np.zeros(SHAPE, np.uint8)
    history, journal = open_history(path, None, mask)
    history.commit(stroke(mask, 0))
    journal.close()
    before = path.read_bytes()
    looked, nothing = open_history(path, None, np.zeros(SHAPE, np.uint8), read_only=True)
    assert nothing is None
    assert looked.entries() == []
    assert path.read_bytes() == before
    again = np.zeros(SHAPE, np.uint8)
    assert open_history(path, None, again)[0].unsaved == 1
    assert np.array_equal(again, mask)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("pppursx"), st.integers(0, 40)), max_size=25))
def test_any_session_reopens_as_it_was_left(tmp_path_factory, actions):
    path = tmp_path_factory.mktemp("journal") / "case.journal"
    saved = reference()
    journal, mask, history = opened(path, saved)
    for action, number in actions:
        if action == "p":
            patch = stroke(mask, number, number % 4)
            if patch is not None:
                history.commit(patch)
        elif action == "u":
            history.undo()
        elif action == "r":
            history.redo()
        elif action == "s":
            saved = mask.copy()
            history.mark_saved(number, array_hash(saved))
        else:
            left, entries = mask.copy(), history.entries()
            unsaved = history.unsaved
            journal.close()
            journal, mask, history = opened(path, saved)
            assert np.array_equal(mask, left)
            assert [e.name for e in history.entries()] == [e.name for e in entries]
            assert history.unsaved == unsaved
    journal.close()
