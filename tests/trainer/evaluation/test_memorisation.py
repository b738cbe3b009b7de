from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from trainer.contract.errors import DamagedFile
from trainer.contract.jsonfile import append_line
from trainer.evaluation.memorisation import (
    CASE_LOSSES_FILE,
    MEMORISATION_FILE,
    CaseMemory,
    fold_memory,
    memorisation_table,
    read_case_losses,
    read_memorisation,
    write_memorisation,
)


def sums(kidney: float, tumor: float, samples: int = 4, loss: float = -0.5) -> dict[str, Any]:
    """Return a case's epoch whose Dice are `kidney` and `tumor`, of 10,000 and 1,000 voxels."""
    return {
        "samples": samples,
        "loss": loss,
        "kidney": [kidney * 10_000, 10_000, 10_000],
        "tumor": [tumor * 1_000, 1_000, 1_000],
    }


def lines(epochs: int, cases: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return epochs that begin badly for everybody and end as given."""
    bad = dict.fromkeys(cases, sums(0.1, 0.0))
    late = epochs - epochs // 5
    return [{"epoch": e, "cases": cases if e >= late else bad} for e in range(epochs)]


GOOD = {f"good_{n}": sums(0.95 + n / 400, 0.5 + n / 20) for n in range(8)}


def test_a_case_that_is_never_fitted_stands_out_by_either_structure() -> None:
    cases = GOOD | {"spleen": sums(0.7, 0.8), "no_tumor": sums(0.96, 0.0)}
    rows = fold_memory("residual/fold_0", lines(20, cases))
    assert [row.case for row in rows[:2]] == ["spleen", "no_tumor"]
    assert [row.rank for row in rows] == list(range(1, 11))
    assert {row.case for row in rows if row.never_fitted} == {"spleen", "no_tumor"}
    assert rows[0].misfit == pytest.approx(0.3, abs=0.01)
    assert rows[0].samples == 2 * 4
    assert rows[0].folds == ("residual/fold_0",)
    assert rows[1].z > 3.5 > rows[2].z


def test_an_absent_structure_is_fitted_unless_it_is_found() -> None:
    absent = {"samples": 4, "loss": 0.0, "kidney": [9_600, 10_000, 10_000]}
    cases = GOOD | {"rightly": absent | {"tumor": [0, 0.4, 0]}}
    cases |= {"wrongly": absent | {"tumor": [0, 900, 0]}}
    found = {row.case: row for row in fold_memory("f", lines(10, cases))}
    assert found["rightly"].misfit < 0.06
    assert found["wrongly"].misfit > 0.9


def test_only_the_last_tenth_counts_and_equal_cases_are_no_outliers() -> None:
    same = {f"case_{n}": sums(0.99 - n / 1e4, 0.97) for n in range(6)}
    rows = fold_memory("f", lines(50, same))
    assert not any(row.never_fitted for row in rows)
    assert max(row.misfit for row in rows) < 0.05
    assert rows[0].samples == 5 * 4
    assert fold_memory("f", []) == []


def misfits(values: list[float]) -> dict[str, dict[str, Any]]:
    """Return an epoch of cases with these misfits of the kidney and one tumor Dice for all.

    The ten voxels a sample that spare small structures count in mask and prediction.
    """
    return {
        f"case_{n:02d}": sums(1 - value * (10_000 + 4 * 10 / 2) / 10_000, 0.9)
        for n, value in enumerate(values)
    }


@pytest.mark.parametrize("step", [0.01, 0.001])
def test_z_is_iglewicz_and_hoaglins_with_a_least_deviation(step: float) -> None:
    values = [0.1 + step * n for n in range(11)]
    rows = {row.case: row for row in fold_memory("f", lines(10, misfits([*values, 0.3])))}
    middle, deviation = 0.1 + 5.5 * step, max(3 * step, 0.01)
    for number, value in enumerate([*values, 0.3]):
        row = rows[f"case_{number:02d}"]
        assert row.misfit == pytest.approx(value, abs=1e-9)
        assert row.z == pytest.approx(max(0, 0.6745 * (value - middle) / deviation), abs=1e-9)


@pytest.mark.parametrize(("value", "never"), [(0.308, False), (0.313, True)])
def test_a_case_was_never_fitted_where_z_exceeds_three_and_a_half(value, never) -> None:
    # The median of these twelve is 0.155 and their MAD 0.03: z is 3.5 at 0.3107.
    values = [*(0.1 + n / 100 for n in range(11)), value]
    rows = fold_memory("f", lines(10, misfits(values)))
    assert [row.case for row in rows if row.never_fitted] == (["case_11"] if never else [])


def test_more_than_half_of_the_folds_have_to_say_so(tmp_path: Path) -> None:
    row = CaseMemory("a", ("x",), 1, 0.0, 0.5, 1, 4.0, never_fitted=True)
    fitted = replace(row, z=0.0, never_fitted=False)
    for told, never in (([row, fitted], False), ([row, row, fitted], True)):
        run = tmp_path / str(len(told))
        for number, one in enumerate(told):
            write_memorisation(run / "residual" / f"fold_{number}" / MEMORISATION_FILE, [one])
        assert memorisation_table(run)[0].never_fitted is never


def test_folds_are_merged(tmp_path: Path) -> None:
    bad = {"bad": sums(0.3, 0.5)}
    for fold, cases in (("fold_0", GOOD | bad), ("fold_1", GOOD | bad), ("fold_2", GOOD)):
        folder = tmp_path / "residual" / fold
        for line in lines(10, cases):
            append_line(folder / CASE_LOSSES_FILE, line)
        rows = fold_memory(f"residual/{fold}", read_case_losses(folder))
        write_memorisation(folder / MEMORISATION_FILE, rows)
    table = memorisation_table(tmp_path)
    assert table[0].case == "bad"
    assert table[0].never_fitted
    assert table[0].folds == ("residual/fold_0", "residual/fold_1")
    assert table[0].samples == 8
    assert len(table) == 9
    assert table[-1].folds == tuple(f"residual/fold_{n}" for n in range(3))
    write_memorisation(tmp_path / MEMORISATION_FILE, table)
    assert [row.case for row in read_memorisation(tmp_path / MEMORISATION_FILE)] == [
        row.case for row in table
    ]
    assert memorisation_table(tmp_path) == table
    header = (tmp_path / MEMORISATION_FILE).read_text().splitlines()[0]
    assert header == "case,folds,samples,loss,misfit,rank,z,never_fitted"


def test_a_table_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DamagedFile, match=r"m\.csv cannot be read"):
        read_memorisation(tmp_path / "m.csv")
