from __future__ import annotations

import pytest

from kitsdesk.review.kappa import agreement

WORDS = ("reference", "prediction", "neither")


def test_the_example_of_cohen_s_kappa():
    # 50 applications, two readers: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: kappa 0.4.
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    told = agreement(first, second, ("yes", "no"))
    assert told.table == ((20, 5), (10, 15))
    assert told.kappa == pytest.approx(0.4)
    assert told.low < 0.4 < told.high
    assert told.low == pytest.approx(0.14, abs=0.05)
    assert told.high == pytest.approx(0.65, abs=0.05)


def test_full_agreement_is_one():
    told = agreement(["reference", "prediction"] * 5, ["reference", "prediction"] * 5, WORDS)
    assert (told.kappa, told.same, told.cases) == (1.0, 10, 10)
    assert told.sentence == "10 of 10 judged the same, kappa 1.00 (1.00 to 1.00)"


def test_one_verdict_throughout_has_no_kappa():
    told = agreement(["reference"] * 4, ["reference"] * 4, WORDS)
    assert told.kappa is None
    assert told.sentence == "4 of 4 judged the same"


def test_no_case_at_all():
    assert agreement([], [], WORDS).cases == 0
