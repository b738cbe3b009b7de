"""Decisions for the cases chosen in the list, with none of them open."""

from __future__ import annotations

import numpy as np
from desk_cases import AGREEING, MISSING, SEEN, reference_of, true_mask


def chosen(desk, *cases):
    assert desk.session.case is None
    desk.cases.selected = list(cases)


def test_a_selection_is_kept_deferred_and_excluded_without_an_open_case(desk):
    chosen(desk, MISSING, SEEN)
    desk.decisions.keep()
    assert [desk.decision(c) for c in (MISSING, AGREEING, SEEN)] == ["kept", "unreviewed", "kept"]
    desk.decisions.exclude("wrong patient")
    assert desk.decision(SEEN) == "excluded"
    chosen(desk, AGREEING)
    desk.decisions.decide_later()
    assert desk.decision(AGREEING) == "deferred"


def test_a_selection_is_replaced_and_restored_without_an_open_case(desk):
    chosen(desk, MISSING)
    desk.decisions.use_prediction("tumor missed")
    desk.rest()
    assert desk.decision(MISSING) == "replaced"
    assert np.array_equal(desk.session.revisions.load(MISSING)[0], true_mask())
    desk.decisions.restore_reference()
    desk.rest()
    assert desk.decision(MISSING) == "unreviewed"
    assert np.array_equal(desk.session.revisions.load(MISSING)[0], reference_of(MISSING))


def test_nothing_open_and_nothing_chosen_changes_nothing(desk):
    chosen(desk)
    desk.decisions.use_prediction("tumor missed")
    desk.decisions.restore_reference()
    desk.rest()
    assert {desk.decision(c) for c in (MISSING, AGREEING, SEEN)} == {"unreviewed"}
