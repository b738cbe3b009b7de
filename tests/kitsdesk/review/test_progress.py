from __future__ import annotations

from kitsdesk.review.progress import next_unreviewed, progress

DECISIONS = {"a": "kept", "b": "unreviewed", "c": "deferred", "d": "excluded", "e": "unreviewed"}


def test_deferred_cases_are_counted_and_not_reviewed():
    found = progress(DECISIONS)
    assert (found.reviewed, found.total, found.percent) == (2, 5, 40)
    assert found.counts["deferred"] == 1
    assert progress({}).percent == 0


def test_all_but_one_is_never_a_hundred_percent():
    decisions = {str(number): "kept" for number in range(999)} | {"last": "unreviewed"}
    assert progress(decisions).percent == 99


def test_the_next_unreviewed_case_follows_the_order_and_wraps():
    order = ["e", "a", "b", "c", "d"]
    assert next_unreviewed(order, DECISIONS) == "e"
    assert next_unreviewed(order, DECISIONS, after="e") == "b"
    assert next_unreviewed(order, DECISIONS, after="b") == "e"
    assert next_unreviewed(["b"], DECISIONS, after="b") is None
    assert next_unreviewed(order, {**DECISIONS, "b": "kept", "e": "kept"}) is None
