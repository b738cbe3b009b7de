from __future__ import annotations

import csv
import json
import math

from trainer.evaluation.score_table import ScoreRow, means, worst_first, write_score_table


def row(case: str, kidney: float, tumor: float) -> ScoreRow:
    return ScoreRow(case, kidney, tumor, (kidney + tumor) / 2, 10.0, 11.0, 2.0, 3.0)


def test_worst_tumor_first_then_composite_then_id():
    rows = [row("d", 0.9, 0.5), row("c", 0.9, 0.5), row("b", 0.8, 0.5), row("a", 1.0, 0.9)]
    assert [entry.case for entry in worst_first(rows)] == ["b", "c", "d", "a"]


def test_cases_without_a_tumor_score_come_last_and_leave_the_mean():
    rows = [row("a", 1.0, math.nan), row("b", 0.5, 0.5)]
    assert [entry.case for entry in worst_first(rows)] == ["b", "a"]
    mean, number = means(rows)
    assert (mean["tumor_dice"], number["tumor_dice"]) == (0.5, 1)
    assert (mean["kidney_dice"], number["kidney_dice"]) == (0.75, 2)


def test_csv_has_the_columns_the_means_and_their_numbers(tmp_path):
    write_score_table(tmp_path / "t.csv", [row("a", 1.0, math.nan), row("b", 0.5, 0.5)], "nan")
    with (tmp_path / "t.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert list(lines[0])[:4] == ["case", "kidney_dice", "tumor_dice", "composite_dice"]
    assert [line["case"] for line in lines] == ["b", "a", "mean", "n"]
    assert lines[1]["tumor_dice"] == ""
    assert (lines[2]["kidney_dice"], lines[3]["tumor_dice"]) == ("0.750000", "1")
    assert {line["empty"] for line in lines} == {"nan"}


def test_json_says_the_policy_and_has_no_nan(tmp_path):
    write_score_table(tmp_path / "t.json", [row("a", 1.0, math.nan)], "nan", ["case_x"])
    table = json.loads((tmp_path / "t.json").read_text(), parse_constant=lambda name: 1 / 0)
    assert table["empty"] == "nan"
    assert table["missing"] == ["case_x"]
    assert table["cases"][0]["tumor_dice"] is None
