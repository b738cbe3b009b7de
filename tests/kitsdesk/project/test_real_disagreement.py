"""KiTS19's masks against KiTS23's of the same patients: the window says what numpy says."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from kitsdesk.project.case_scores import CaseScores
from kitsdesk.project.component_finding import ComponentFinder
from kitsdesk.review.suspicion import order_key
from kitsdesk.ui.case_list.case_order import sort_value

from .real_pairs import independent, make_pairs, make_plain_cts

SMALLEST = ("case_00038", "case_00110", "case_00148")
pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def pairs(tmp_path_factory, real_data):
    folder = tmp_path_factory.mktemp("pairs")
    made = make_plain_cts(folder, real_data, SMALLEST)
    workspace = make_pairs(folder, made, real_data, SMALLEST)
    yield workspace
    workspace.close()


@pytest.fixture(scope="module")
def rows(pairs):
    scores = CaseScores(pairs)
    return {case: scores.row(case) for case in SMALLEST}


def test_numbers_and_order_are_those_of_an_independent_computation(rows, real_data):
    expected = {case: independent(real_data, case) for case in SMALLEST}
    for case, row in rows.items():
        assert row.kidney_dice == expected[case]["kidney"]
        assert row.tumor_dice == expected[case]["tumor"]
        assert row.suspicion == pytest.approx(expected[case]["suspicion"], abs=1e-12)
        assert row.disagreeing_ml == pytest.approx(expected[case]["differing_ml"], rel=1e-9)
        assert row.agreement == 1.0
    shown = sorted(
        rows.values(),
        key=lambda r: order_key(r.case, r.suspicion, r.misfit, r.disagreeing_ml),
    )
    by_numpy = sorted(
        SMALLEST,
        key=lambda c: (-expected[c]["suspicion"], -expected[c]["differing_ml"], c),
    )
    assert [row.case for row in shown] == by_numpy


def test_clean_masks_have_no_chip_but_the_mark(rows):
    assert {chip.text for row in rows.values() for chip in row.chips} == {"one member"}


@pytest.mark.parametrize("case", SMALLEST)
def test_the_components_add_up_to_the_symmetric_difference(pairs, real_data, case):
    found = ComponentFinder(pairs).find(case)
    total = sum(component.ml for component in found)
    assert total == pytest.approx(independent(real_data, case)["differing_ml"], rel=1e-9)


def test_evaluate_gives_the_same_numbers_to_the_digit_and_the_same_order(
    pairs, rows, real_data, tmp_path
):
    table = tmp_path / "table.json"
    folders = {year: tmp_path / year for year in ("kits19", "kits23")}
    for year, folder in folders.items():
        for case in SMALLEST:
            (folder / case).mkdir(parents=True)
            source = real_data / year / case / "segmentation.nii.gz"
            (folder / case / "segmentation.nii.gz").symlink_to(source)
    command = [sys.executable, "-m", "trainer", "evaluate", "--out", str(table)]
    command += ["--reference", str(folders["kits19"]), "--prediction", str(folders["kits23"])]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    lines = json.loads(table.read_text(encoding="utf-8"))["cases"]
    for line in lines:
        row = rows[line["case"]]
        assert line["tumor_dice"] == row.tumor_dice
        assert line["kidney_dice"] == row.kidney_dice
    shown = sorted(SMALLEST, key=lambda case: sort_value(rows[case], "tumor Dice"))
    assert [line["case"] for line in lines] == shown
