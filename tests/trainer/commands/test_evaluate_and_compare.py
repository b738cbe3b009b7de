from __future__ import annotations

import csv
import json
import subprocess
import sys

import numpy as np
import pytest

from trainer.__main__ import main
from trainer.imaging.geometry import Geometry
from trainer.imaging.mask_file import write_mask

KITS = Geometry((6, 8, 8), (3.0, 0.8, 0.8), (0.0, 0.0, 0.0), (0, 0, 1, 0, 1, 0, -1, 0, 0))


def mask(tumor: int) -> np.ndarray:
    array = np.zeros((6, 8, 8), np.uint8)
    array[1:5, 2:6, 2:6] = 1
    array[2, 2, 2 : 2 + tumor] = 2
    return array


@pytest.fixture
def folders(tmp_path):
    for name, tumors in {"reference": (4, 2), "before": (1, 2), "after": (4, 1)}.items():
        for case, tumor in zip(("case_00001", "case_00002"), tumors, strict=True):
            write_mask(tmp_path / name / f"{case}.nii.gz", mask(tumor), KITS)
    return tmp_path


def test_evaluate_writes_the_table_and_prints_the_means(folders, capsys):
    code = main(
        [
            "evaluate",
            "--reference",
            str(folders / "reference"),
            "--prediction",
            str(folders / "before"),
            "--out",
            str(folders / "t.json"),
        ]
    )
    printed = json.loads(capsys.readouterr().out)
    table = json.loads((folders / "t.json").read_text())
    assert code == 0
    assert [line["case"] for line in table["cases"]] == ["case_00001", "case_00002"]
    assert table["cases"][0]["tumor_dice"] == pytest.approx(2 * 1 / 5)
    assert table["cases"][0]["reference_tumor_ml"] == pytest.approx(4 * 3 * 0.8 * 0.8 / 1000)
    assert printed["mean"]["tumor_dice"] == pytest.approx(0.7)


def test_compare_puts_the_worst_regression_first(folders, capsys):
    code = main(
        [
            "compare",
            "--reference",
            str(folders / "reference"),
            "--before",
            str(folders / "before"),
            "--after",
            str(folders / "after"),
            "--out",
            str(folders / "c.json"),
        ]
    )
    table = json.loads((folders / "c.json").read_text())
    assert code == 0
    assert [line["case"] for line in table["cases"]] == ["case_00002", "case_00001"]
    assert table["cases"][1]["change_tumor_dice"] == pytest.approx(0.6)
    overall = json.loads(capsys.readouterr().out)["tumor_dice"]
    assert (overall["n"], overall["better"], overall["worse"]) == (2, 1, 1)


def test_the_comparison_names_its_methods_and_its_policy(folders):
    arguments = ["compare"]
    for name in ("reference", "before", "after"):
        arguments += [f"--{name}", str(folders / name)]
    assert main([*arguments, "--out", str(folders / "c.json")]) == 0
    table = json.loads((folders / "c.json").read_text())
    assert table["empty"] == "one"
    assert "bootstrap" in table["methods"]["interval"]
    assert main([*arguments, "--out", str(folders / "c.csv"), "--empty", "nan"]) == 0
    with (folders / "c.csv").open(newline="") as file:
        lines = {line["case"]: line for line in csv.DictReader(file)}
    assert list(lines)[2:] == ["n", "mean", "low", "high", "p_value"]
    assert lines["n"]["change_tumor_dice"] == "2"
    change = float(lines["mean"]["change_tumor_dice"])
    assert change == pytest.approx(table["overall"]["tumor_dice"]["mean_difference"], abs=1e-6)
    assert lines["mean"]["empty"] == "nan"


def test_a_refusal_is_one_json_line_and_exit_2(tmp_path):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "trainer",
            "evaluate",
            "--reference",
            str(tmp_path),
            "--prediction",
            str(tmp_path),
            "--out",
            str(tmp_path / "t.csv"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "holds no masks" in json.loads(done.stderr)["error"]["happened"]


@pytest.mark.parametrize("name", ["table.txt", "table", "table.CSV.gz"])
def test_a_table_that_is_neither_csv_nor_json_is_refused_before_scoring(folders, capsys, name):
    arguments = ["--reference", str(folders / "reference"), "--prediction", str(folders / "after")]
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", *arguments, "--out", str(folders / name)])
    assert ended.value.code == 2
    assert f"{name} is neither a .csv nor a .json file" in capsys.readouterr().err
    assert not (folders / name).exists()
