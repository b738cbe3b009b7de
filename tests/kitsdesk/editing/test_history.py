from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitsdesk.editing.history import History
from kitsdesk.editing.patch import Patch, StalePatch


def paint(mask, at, structure, name="Paint"):
    z, y, x = at
    box = (z, z + 2, y, y + 2, x, x + 2)
    before = mask[z : z + 2, y : y + 2, x : x + 2].copy()
    return Patch.between(name, box, before, np.full_like(before, structure))


def edited(count=3, **options):
    mask = np.zeros((8, 8, 8), np.uint8)
    history = History(mask, **options)
    for number in range(count):
        history.commit(paint(mask, (number, number, number), 1 + number % 3, f"Edit {number}"))
    return mask, history


def test_undo_and_redo_by_name():
    mask, history = edited()
    assert [entry.name for entry in history.entries()] == ["Edit 0", "Edit 1", "Edit 2"]
    assert history.undo().name == "Edit 2"
    assert history.position == 2
    assert history.can_redo
    assert history.redo().name == "Edit 2"
    history.go_to(0)
    assert not mask.any()
    assert history.undo() is None
    history.go_to(3)
    assert history.redo() is None
    with pytest.raises(IndexError):
        history.go_to(4)


def test_a_new_edit_ends_what_could_be_redone():
    mask, history = edited()
    history.go_to(1)
    history.commit(paint(mask, (5, 5, 5), 2, "Other"))
    assert [entry.name for entry in history.entries()] == ["Edit 0", "Other"]
    assert not history.can_redo


def test_unsaved_counts_edits_between_the_saved_mask_and_the_live_one():
    mask, history = edited()
    assert history.unsaved == 3
    history.mark_saved(1, "h1")
    assert history.unsaved == 0
    assert history.entries()[-1].saved_as == 1
    history.undo()
    assert history.unsaved == 1
    assert history.saved_position == 3
    history.commit(paint(mask, (5, 5, 5), 2))
    assert history.unsaved == 2
    assert history.saved_position is None
    assert all(entry.saved_as is None for entry in history.entries())


def test_a_save_counts_from_when_the_mask_was_copied():
    mask, history = edited()
    token = history.begin_save()
    history.undo()
    history.commit(paint(mask, (5, 5, 5), 2))
    history.mark_saved(4, "h", token)
    assert history.unsaved == 2
    again, twice = history.begin_save(), history.begin_save()
    history.mark_saved(5, "h", again)
    history.mark_saved(6, "h", twice)
    assert history.unsaved == 0


def test_the_byte_cap_drops_the_oldest_and_keeps_the_newest():
    mask, history = edited(6, byte_cap=60)
    kept = history.entries()
    assert 1 <= len(kept) < 6
    assert kept[-1].name == "Edit 5"
    assert history.unsaved == 6
    while history.undo():
        pass
    assert mask.any()
    assert history.unsaved == 6 - len(kept)


def test_a_stale_patch_leaves_history_and_mask():
    mask, history = edited(1)
    patch = paint(mask, (4, 4, 4), 2)
    mask[4, 4, 4] = 3
    with pytest.raises(StalePatch):
        history.commit(patch)
    assert len(history.entries()) == 1
    mask[0, 0, 0] = 3
    with pytest.raises(StalePatch):
        history.undo()
    assert history.position == 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("pppur"), st.integers(0, 5), st.integers(0, 3))))
def test_any_order_of_edits_undo_and_redo_meets_the_snapshots(actions):
    mask = np.zeros((8, 8, 8), np.uint8)
    history = History(mask)
    states, at = [mask.copy()], 0
    for action, place, structure in actions:
        if action == "p":
            patch = paint(mask, (place, 5 - place, place), structure)
            if patch is None:
                continue
            history.commit(patch)
            states, at = [*states[: at + 1], mask.copy()], at + 1
        else:
            done = history.undo() if action == "u" else history.redo()
            at += 0 if done is None else (-1 if action == "u" else 1)
        assert history.position == at
        assert np.array_equal(mask, states[at])
        assert history.unsaved == at
