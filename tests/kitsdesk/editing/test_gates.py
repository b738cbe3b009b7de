from __future__ import annotations

import numpy as np

from kitsdesk.editing.gates import Gates

MASK = np.array([[[0, 1, 2, 3]]], np.uint8)
IMAGE = np.array([[[-10, 50, 60, 200]]], np.int16)
ALL = np.ones(MASK.shape, bool)


def allowed(gates, wanted=ALL, **options):
    open_voxels, held = gates.allowed(wanted, MASK, IMAGE, **options)
    return open_voxels.ravel().tolist(), held


def test_no_gate_allows_everything():
    assert allowed(Gates()) == ([True] * 4, {})
    assert Gates().open


def test_the_hu_range_includes_both_ends():
    assert allowed(Gates(hu_range=(50, 60))) == ([False, True, True, False], {"HU range": 2})


def test_locked_wins_over_only_over():
    gates = Gates(only_over=frozenset({1, 2}), locked=frozenset({2}))
    assert allowed(gates) == ([False, True, False, False], {"locked": 1, "only over": 2})


def test_votes_hold_back_painting_but_not_erasing():
    votes = np.array([[[0, 3, 4, 5]]], np.uint8)
    gates = Gates(votes_at_least=4)
    assert allowed(gates, votes=votes) == ([False, False, True, True], {"fold votes": 2})
    assert allowed(gates, votes=votes, erasing=True) == ([True] * 4, {})


def test_a_gate_without_its_volume_stays_shut():
    assert allowed(Gates(votes_at_least=1))[0] == [False] * 4
    voxels, _ = Gates(hu_range=(0, 1)).allowed(ALL, MASK, None)
    assert not voxels.any()


def test_gates_describe_themselves():
    gates = Gates((-20, 300), frozenset({0}), frozenset({2, 3}), 4)
    assert gates.describe("locked") == "Tumor and cyst locked"
    assert gates.describe("only over") == "Only over background"
    assert gates.describe("fold votes") == "Only where at least 4 folds agree"
    assert gates.describe("HU range") == "Only from −20 to 300 HU"
    assert gates.describe("") == ""
