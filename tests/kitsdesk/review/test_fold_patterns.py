from __future__ import annotations

from dataclasses import replace

import pytest
from test_components import component

from kitsdesk.review.alike import OTHER_FOLDS, most_alike
from kitsdesk.review.fold_patterns import FoldVote, differing_folds, differing_share


def pattern(agreeing, seen=(), model="foreign", folds=5):
    """Return a pattern in which the folds `agreeing` agree and the folds `seen` saw the case."""
    return tuple(FoldVote(model, k, k in seen, k in agreeing) for k in range(folds))


def test_patterns_differ_by_which_folds_agree_and_not_by_how_many():
    assert differing_folds(pattern({0, 1, 2}), pattern({0, 1, 2})) == 0
    assert differing_folds(pattern({0, 1, 2}), pattern({2, 3, 4})) == 4
    assert differing_share(pattern({0, 1, 2}), pattern({2, 3, 4})) == pytest.approx(0.8)
    assert differing_share(pattern(range(5)), pattern(())) == 1.0


def test_after_cross_validation_held_out_folds_are_held_against_each_other():
    others = {0: {1, 2, 3, 4}, 1: {0, 2, 3, 4}}
    only_held_out = [pattern({k}, seen=others[k]) for k in (0, 1)]
    assert differing_folds(*only_held_out) == 0
    only_those_that_saw = pattern(others[1], seen=others[1])
    assert differing_folds(only_held_out[0], only_those_that_saw) == 5


def test_a_fold_that_saw_its_case_is_never_held_against_one_that_did_not():
    seen, held_out = pattern(range(5), seen=range(5)), pattern(range(5))
    assert differing_folds(seen, held_out) == 5


def test_folds_without_a_counterpart_differ():
    assert differing_share(pattern(range(5)), pattern(range(3), folds=3)) == pytest.approx(0.4)
    assert differing_share(pattern({0}), ()) is None


def test_other_models_are_held_against_each_other_in_the_order_of_their_folds():
    assert differing_folds(pattern({0, 3}), pattern({0, 3}, model="own")) == 0


def test_alike_prefers_the_same_folds_to_as_many_others():
    anchor = component(key="a", folds_agree=2, fold_pattern=pattern({0, 1}))
    same = component("case_00701", "s", folds_agree=2, fold_pattern=pattern({0, 1}))
    others = component("case_00702", "o", folds_agree=2, fold_pattern=pattern({3, 4}))
    everything = [anchor, others, same]
    found = most_alike(anchor, everything, everything)
    assert [one.component.key for one in found] == ["s", "o"]
    assert found[0].distance == 0.0
    assert found[1].distance == pytest.approx(OTHER_FOLDS * 0.8)
    assert "2 of 5 folds, none otherwise" in found[0].why
    assert "2 of 5 folds, 4 otherwise" in found[1].why


def test_what_was_kept_without_patterns_is_compared_by_the_number_of_folds():
    anchor = component(key="a", folds_agree=5, fold_pattern=pattern(range(5)))
    old = component("case_00701", "o", folds_agree=2)
    unknown = replace(old, key="u", folds_agree=None, folds=None)
    everything = [anchor, old, unknown]
    found = {one.component.key: one for one in most_alike(anchor, everything, everything)}
    assert found["o"].distance == pytest.approx(OTHER_FOLDS * 0.6)
    assert found["u"].distance == pytest.approx(1.0)
    assert "otherwise" not in found["o"].why
