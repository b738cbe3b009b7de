"""A disk that fills while the trainer works: every command waits, says so, and loses nothing."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from full_disk import fill, make_room, small_disk
from stopped_process import ROOT, stopped_at

from tests.trainer.tiny_models import tiny_ct, write_ct, write_tiny_model
from trainer.commands.patience import write_patiently
from trainer.contract.jsonfile import FileNotWritten, append_line, read_lines, write_json
from trainer.contract.run_folder import read_status
from trainer.imaging.mask_file import read_mask, write_mask

PATIENCE_S = 300


@pytest.fixture
def disk(tmp_path):
    with small_disk(tmp_path / "disk", 6000):
        yield tmp_path / "disk"


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "trainer", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def until(what: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < end
        time.sleep(0.1)


def waits(process: subprocess.Popen[str], folder: Path) -> None:
    """Read what it says until it says that it waits, and for what."""
    assert process.stderr is not None
    said = json.loads(process.stderr.readline())["waiting"]
    assert said.startswith("The disk is full. Free at least")
    assert str(folder) in said


def test_22_a_line_that_does_not_fit_is_taken_back_and_said(disk):
    log = disk / "metrics.jsonl"
    append_line(log, {"epoch": 0})
    fill(disk)
    with pytest.raises(FileNotWritten) as caught:
        append_line(log, {"epoch": 1, "much": "x" * 10_000})
    assert str(caught.value).startswith("metrics.jsonl could not be written: No space left")
    assert read_lines(log)[0] == [{"epoch": 0}]
    make_room(disk)
    append_line(log, {"epoch": 1})
    assert [line["epoch"] for line in read_lines(log)[0]] == [0, 1]


@pytest.fixture
def masks(tmp_path) -> tuple[Path, Path]:
    volume = tiny_ct()
    for name in ("reference", "prediction"):
        mask = np.zeros(volume.shape, np.uint8)
        mask[2:9, 4:20, 5:20] = 1
        mask[3:6, 6:12, 6:12] = 2
        write_mask(tmp_path / name / "case_00001.nii.gz", mask, volume.geometry)
    return tmp_path / "reference", tmp_path / "prediction"


def test_22_evaluate_waits_with_its_scores_until_there_is_room(disk, masks):
    out = disk / "scores.csv"
    fill(disk)
    reference, prediction = (str(folder) for folder in masks)
    process = start(
        *("evaluate", "--reference", reference, "--prediction", prediction),
        *("--out", str(out), "--no-surface"),
    )
    waits(process, disk)
    assert not out.exists()
    make_room(disk)
    said, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert json.loads(said)["mean"]["kidney_dice"] == 1.0
    with out.open() as file:
        assert next(csv.DictReader(file))["case"] == "case_00001"


def test_22_phantom_waits_and_every_case_is_whole(disk):
    fill(disk)
    size = ("--size", "20", "64", "64")
    process = start("phantom", str(disk / "p"), "--cases", "2", "--seed", "3", *size)
    waits(process, disk)
    make_room(disk)
    said, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert len(said.splitlines()) == 2
    for case in ("case_00700", "case_00701"):
        names = sorted(path.name for path in (disk / "p" / case).iterdir())
        assert names == ["imaging.nii.gz", "segmentation.nii.gz"]
        assert read_mask(disk / "p" / case / "segmentation.nii.gz").array.any()


def test_22_a_command_that_waits_is_ended_in_words(disk, masks):
    fill(disk)
    reference, prediction = (str(folder) for folder in masks)
    process = start(
        *("evaluate", "--reference", reference, "--prediction", prediction),
        *("--out", str(disk / "scores.json"), "--no-surface"),
    )
    waits(process, disk)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 3
    error = json.loads(errors.strip().splitlines()[-1])["error"]
    assert error["kept"] == "The disk is full; what was written before is kept."


@pytest.mark.parametrize("as_task", [False, True], ids=["flat", "run"])
def test_22_predict_pauses_and_writes_what_it_computed(disk, tmp_path, as_task):
    model = write_tiny_model(tmp_path / "m", folds=1)
    images = {name: str(write_ct(tmp_path / f"{name}.nii.gz", tiny_ct(3))) for name in "ab"}
    write_json(tmp_path / "cases.json", images)
    out, run = disk / "out", disk / "run"
    options = ("--run", str(run), "--task", "predict", "--layout", "project") if as_task else ()
    arguments = (
        *("-m", "trainer", "predict", "--model", str(model), "--device", "cpu"),
        *("--runtime", "torch", "--input", str(tmp_path / "cases.json"), "--out", str(out)),
        *options,
    )
    name = "ensemble.nii.gz" if as_task else "a.nii.gz"
    with stopped_at(f"safe_write.begun@{name}", *arguments) as process:
        fill(disk)
        process.send_signal(signal.SIGCONT)
        if as_task:
            until(lambda: read_status(run, "predict").state == "paused")
            assert "The disk is full. Free at least" in read_status(run, "predict").message
        else:
            assert process.stdout is not None
            assert "The disk is full" in process.stdout.readline()
        make_room(disk)
        said = process.communicate(timeout=PATIENCE_S)[0]
    assert process.returncode == 0, said
    for case in images:
        mask = out / case / "ensemble.nii.gz" if as_task else out / f"{case}.nii.gz"
        assert read_mask(mask).array.shape == tiny_ct(3).shape
    if as_task:
        assert read_status(run, "predict").state == "done"
        assert not (run / "predict" / ".reserve").exists()


def test_22_what_no_command_foresaw_is_said_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    process = start("phantom", str(tmp_path / "file"), "--cases", "1", "--seed", "3")
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 2
    error = json.loads(errors.strip().splitlines()[-1])["error"]
    assert "Not a directory" in error["happened"] or "File exists" in error["happened"]
    assert error["advice"]


def test_22_waiting_ends_as_soon_as_there_is_room(disk):
    target = disk / "plan.json"
    fill(disk)
    threading.Timer(1.0, make_room, [disk]).start()
    write_patiently(disk, lambda: write_json(target, {"a": "x" * 20_000}))
    assert target.exists()
