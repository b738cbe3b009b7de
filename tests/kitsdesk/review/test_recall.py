from __future__ import annotations

import itertools

import numpy as np
from simulated_reader import reader

from kitsdesk.review.fault_model import Evidence, Planted
from kitsdesk.review.recall import advice, estimate


def test_the_interval_holds_the_truth_about_nine_times_of_ten():
    held = 0
    for seed in range(30):
        cases, wrong = reader(n=150, reviewed=60, seed=seed)
        told = estimate(cases, Planted(8, 10))
        true = sum(case.found is True for case in cases) / max(1, int(wrong.sum()))
        held += told.recall.low - 1e-9 <= true <= told.recall.high + 1e-9
    assert held >= 24


def test_the_sentence_and_the_counts():
    cases, _wrong = reader(reviewed=80)
    told = estimate(cases, Planted(9, 10))
    assert told.reviewed == 80
    assert told.total == 120
    assert told.found == sum(case.found is True for case in cases)
    assert told.sentence.startswith("You have probably found ")
    assert told.sentence.endswith(").")
    assert set(told.order) == {case.case for case in cases if case.found is None}


def test_the_curve_begins_here_ends_at_all_and_never_falls():
    cases, _wrong = reader(reviewed=20)
    curve = estimate(cases).curve
    assert curve[0].reviewed == 20
    assert curve[-1].reviewed == 120
    values = [point.recall.value for point in curve]
    assert all(later >= earlier for earlier, later in itertools.pairwise(values))
    assert all(0 <= p.recall.low <= p.recall.value <= p.recall.high <= 1 for p in curve)


def test_advice_goes_on_early_and_stops_late():
    early, _ = reader(n=200, reviewed=15, seed=4)
    late, _ = reader(n=200, reviewed=150, seed=4)
    assert advice(estimate(early, Planted(9, 10))).startswith("Go on")
    said = advice(estimate(late, Planted(40, 40)))
    assert said.startswith(("You can stop", "About"))


def test_few_decisions_are_called_rough():
    cases, _wrong = reader(reviewed=4)
    told = estimate(cases)
    assert told.rough
    assert "rests on 4 decisions" in advice(told)


def test_nothing_reviewed_and_everything_right():
    cases = [Evidence(f"c{i}", 0.02) for i in range(40)]
    assert estimate(cases).sentence == "Nothing is reviewed yet."
    kept = [Evidence(f"c{i}", 0.02, None, False) for i in range(40)]
    told = estimate(kept, Planted(20, 20))
    assert told.found == 0
    assert np.isfinite(told.recall.value)
    assert advice(told)


def test_two_thousand_cases_are_quick():
    cases, _wrong = reader(n=2000, reviewed=400)
    told = estimate(cases)
    assert len(told.chances) == 2000
