from __future__ import annotations

import numpy as np
import pytest
from simulated_reader import reader

from kitsdesk.review.fault_model import Evidence, Planted, features, fit


def test_without_decisions_the_prior_speaks():
    cases = [Evidence("a", 0.3), Evidence("b", 0.9), Evidence("c", 0.05)]
    middle, high, low = fit(cases).chances(cases).mean(axis=0)
    assert low < middle < high
    assert 0.05 < middle < 0.25


def test_a_chance_never_falls_with_suspicion():
    backwards = [Evidence(f"k{i}", 0.9, None, False) for i in range(12)]
    backwards += [Evidence(f"f{i}", 0.1, None, True) for i in range(12)]
    scale = [Evidence(str(s), s) for s in np.linspace(0, 1, 11)]
    chances = fit(backwards).chances(scale).mean(axis=0)
    assert np.all(np.diff(chances) >= -1e-3)


def test_decisions_move_the_chances():
    right = [Evidence(f"k{i}", 0.6, None, False) for i in range(30)]
    wrong = [Evidence(f"f{i}", 0.6, None, True) for i in range(30)]
    at = [Evidence("new", 0.6)]
    assert fit(right).chances(at).mean() < 0.15
    assert fit(wrong).chances(at).mean() > 0.8


def test_planted_faults_tell_how_many_this_reader_finds():
    careful = fit([], Planted(20, 20)).skill.mean()
    careless = fit([], Planted(5, 20)).skill.mean()
    assert careful > 0.88
    assert careless < 0.6
    assert fit([]).skill.mean() == pytest.approx(0.8, abs=0.06)


def test_a_kept_mask_may_still_be_wrong_and_less_so_for_a_careful_reader():
    cases, _wrong = reader()
    kept = [case for case in cases if case.found is False]
    found = [case for case in cases if case.found]
    careful = fit(cases, Planted(30, 30)).after_verdict(kept).mean()
    careless = fit(cases, Planted(12, 30)).after_verdict(kept).mean()
    assert 0 < careful < careless
    assert np.all(fit(cases).after_verdict(found) == 1)


def test_the_same_evidence_gives_the_same_numbers():
    cases, _wrong = reader()
    assert np.array_equal(fit(cases).chances(cases), fit(cases).chances(cases))


def test_misfit_stands_in_where_no_suspicion_is_known():
    rows = features([Evidence("a", 0.5), Evidence("b", None, 0.5), Evidence("c", None)])
    assert rows[0, 1] == rows[1, 1]
    assert list(rows[2]) == [1.0, 0.0, 0.0]


def test_a_mask_of_which_nothing_is_known_has_the_mean_chance():
    cases = [Evidence("a", 0.1), Evidence("b", 0.9), Evidence("c", None)]
    a, b, c = fit(cases).chances(cases).mean(axis=0)
    assert c == pytest.approx((a + b) / 2)
