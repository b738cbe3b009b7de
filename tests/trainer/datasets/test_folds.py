from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.datasets.folds import TooFewPatients, assign_folds, extend_folds

PAPER_EXCLUDED = {23, 68, 125, 133}


def kits(numbers: list[int]) -> list[str]:
    return [f"case_{number:05d}" for number in numbers]


def validated(folds: dict[str, int], fold: int) -> list[int]:
    return sorted(int(case[-5:]) for case, own in folds.items() if own == fold)


def test_the_papers_206_cases_get_the_known_folds() -> None:
    folds = assign_folds(kits([n for n in range(210) if n not in PAPER_EXCLUDED]))
    assert [len(validated(folds, fold)) for fold in range(5)] == [42, 41, 41, 41, 41]
    assert validated(folds, 0)[:6] == [10, 14, 16, 17, 19, 20]
    assert validated(folds, 1)[:3] == [2, 13, 25]
    assert validated(folds, 2)[:3] == [4, 8, 9]
    assert validated(folds, 3)[:3] == [0, 3, 5]
    assert validated(folds, 4)[:3] == [1, 7, 11]


def test_all_210_cases_get_the_known_folds_in_any_order() -> None:
    folds = assign_folds(reversed(kits(list(range(210)))))
    assert [len(validated(folds, fold)) for fold in range(5)] == [42] * 5
    assert validated(folds, 0)[:3] == [14, 16, 17]


def test_fewer_than_five_patients_are_refused_in_words() -> None:
    with pytest.raises(TooFewPatients, match="at least five patients, and there are 4"):
        assign_folds(kits([1, 2, 3, 4, 4]))


@given(st.sets(st.integers(0, 300), min_size=5, max_size=60), st.sets(st.integers(0, 300)))
def test_later_patients_never_move_a_case_and_folds_stay_even(
    first: set[int], later: set[int]
) -> None:
    folds = assign_folds(kits(sorted(first)))
    extended = extend_folds(folds, kits(sorted(later)))
    assert {case: extended[case] for case in folds} == folds
    assert set(extended) == set(kits(sorted(first | later)))
    sizes = [len(validated(extended, fold)) for fold in range(5)]
    assert max(sizes) - min(sizes) <= 1
