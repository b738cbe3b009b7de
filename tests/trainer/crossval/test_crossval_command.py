"""The real command on small CTs: one run in one go, one killed at several points."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from trainer.__main__ import main
from trainer.contract.run_folder import read_run, read_status
from trainer.engines.task_process import read_proof
from trainer.evaluation.dice import kits_dice
from trainer.imaging.mask_file import read_mask

FOLDS = [f"residual/fold_{fold}" for fold in range(5)]
KEY = "run-residual"


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def arguments(root: Path, *options: str) -> list[str]:
    return [
        *("crossval", str(root / "data"), "--run", str(root / "run"), "--preset", "demo"),
        *("--device", "cpu", "--epochs", "1", "--steps", "1", "--no-surface", *options),
    ]


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def error(capsys) -> str:
    return json.loads(capsys.readouterr().err.strip().splitlines()[-1])["error"]["happened"]


def test_it_trains_predicts_and_writes_the_table(kits_set, tmp_path, capsys):
    kits_set(tmp_path / "data", cases=5)
    run = tmp_path / "run"
    assert main(arguments(tmp_path)) == 0
    assert "Table 1" in capsys.readouterr().out
    spec = read_run(run)
    assert spec.kind == "crossval"
    assert [task.key for task in spec.tasks] == [*FOLDS, "predict", "table"]
    assert all(read_status(run, task.key).state == "done" for task in spec.tasks)
    assert all(read_proof(run / task.key) is not None for task in spec.tasks)
    rows = {row["masks"]: row for row in read_csv(run / "table1.csv")}
    expected = []
    for case in (tmp_path / "data").iterdir():
        mask = read_mask(case / "segmentation.nii.gz")
        heldout = read_mask(run / "predictions" / KEY / case.name / "heldout.nii.gz")
        expected.append(kits_dice(mask.array, heldout.array).kidney)
    assert float(rows["reference"]["kidney_dice"]) == pytest.approx(sum(expected) / 5, abs=1e-6)
    assert (rows["reference"]["n_kidney_dice"], rows["curated"]["empty"]) == ("5", "nan")
    assert (rows["reference"]["mirrored"], rows["curated"]["mirrored"]) == ("yes", "yes")
    misfit = read_csv(run / "misfit.csv")
    assert len(misfit) == 5
    assert all(len(line["fitted_by"].split()) == 4 for line in misfit)
    assert main(arguments(tmp_path)) == 2
    assert "begun already" in error(capsys)
    assert main([*arguments(tmp_path, "--resume"), "--learning-rate", "0.5"]) == 2
    assert "other settings" in error(capsys)
    assert main(arguments(tmp_path, "--task", "nothing")) == 2
    assert "no task nothing" in error(capsys)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--preset", "nnunet-v2", "--arch", "residual,preact"), "nnunet-v2 has no preact network"),
        (("--preset", "kits2019", "--arch", "plain,residual", "--blocks", "1,2"), "no such residu"),
        (("--reference", "empty"), "no masks"),
        (("--epochs", "0"), "positive numbers"),
    ],
)
def test_what_would_end_a_later_task_is_said_before_the_first(
    kits_set, tmp_path, capsys, monkeypatch, options, said
):
    kits_set(tmp_path / "data", cases=5, shape=(4, 12, 12))
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(arguments(tmp_path, *options)) == 2
    assert said in error(capsys)
    assert not (tmp_path / "run").exists()


def test_a_seed_of_nought_is_handed_on(kits_set, tmp_path):
    kits_set(tmp_path / "data", cases=5, shape=(4, 12, 12))
    assert main(arguments(tmp_path, "--prepare", "--seed", "0")) == 0
    assert all("--seed 0" in " ".join(task.argv) for task in read_run(tmp_path / "run").tasks)


def test_other_blocks_are_the_residual_networks_alone(kits_set, tmp_path):
    kits_set(tmp_path / "data", cases=5, shape=(4, 12, 12))
    options = ("--preset", "kits2019", "--arch", "plain,residual,preact", "--prepare")
    assert main(arguments(tmp_path, *options, "--blocks", "1,2,3,4,5,6")) == 0
    given = {
        task.key: "--blocks 1,2,3,4,5,6" in " ".join(task.argv)
        for task in read_run(tmp_path / "run").tasks
    }
    folds = {"plain/fold_0": False, "residual/fold_0": True, "preact/fold_4": True}
    assert {key: given[key] for key in folds} == folds


def wait_for(process: subprocess.Popen[bytes], ready) -> None:
    while process.poll() is None and not ready():
        time.sleep(0.02)
    assert ready()


def test_killed_anywhere_it_goes_on_and_repeats_nothing(kits_set, tmp_path):
    kits_set(tmp_path / "data", cases=5)
    run = tmp_path / "run"
    proofs = run / "predict" / "cases"
    options = ("--folds", "0,1", "--resume")
    stops = [
        lambda: (run / FOLDS[0] / "done.json").exists(),
        lambda: any(proofs.glob("case_*.json")),
        lambda: (run / "table" / "scores.jsonl").exists(),
    ]
    kept: dict[Path, int] = {}
    for stop in stops:
        process = subprocess.Popen(
            [sys.executable, "-m", "trainer", *arguments(tmp_path, *options)],
            stdout=subprocess.DEVNULL,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )
        wait_for(process, stop)
        process.send_signal(signal.SIGKILL)
        process.wait()
        finished = [path for key in FOLDS if (path := run / key / "done.json").exists()]
        finished += sorted(proofs.glob("case_*.json"))
        assert all(path.stat().st_mtime_ns == when for path, when in kept.items())
        kept = {path: path.stat().st_mtime_ns for path in finished}
    assert main(arguments(tmp_path, *options)) == 0
    assert all(path.stat().st_mtime_ns == when for path, when in kept.items())
    assert json.loads((run / "table1.json").read_text())["rows"][0]["n"]["kidney_dice"] == 2


def test_tasks_one_by_one_on_two_folds(kits_set, tmp_path):
    kits_set(tmp_path / "data", cases=6)
    options = ("--folds", "1,3", "--no-mirror")
    for key in (FOLDS[3], FOLDS[1], "predict", "table"):
        assert main(arguments(tmp_path, *options, "--task", key)) == 0
    table = json.loads((tmp_path / "run" / "table1.json").read_text())
    assert (table["folds"], table["mirrored"]) == ([1, 3], False)
    assert table["rows"][0]["n"]["kidney_dice"] == len(table["fold_of"]) < 6
    assert "one pass, not mirrored" in (tmp_path / "run" / "table1.md").read_text()
    (tmp_path / "run" / "CANCEL").touch()
    assert main(arguments(tmp_path, *options, "--task", "table")) == 3
    assert read_status(tmp_path / "run", "table").state == "done"
    (tmp_path / "run" / "table" / "done.json").unlink()
    assert read_status(tmp_path / "run", "table").state == "cancelled"
    assert main(arguments(tmp_path, *options, "--resume")) == 0
    assert read_status(tmp_path / "run", "table").state == "done"
