from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from tiny_models import tiny_ct, write_ct, write_tiny_model

from trainer.__main__ import main
from trainer.contract.run_folder import CANCEL_FILE, PAUSE_FILE, TaskDone, read_status
from trainer.contract.scores import read_scores
from trainer.imaging.mask_file import read_mask


@pytest.fixture
def kits(tmp_path):
    for number in range(3):
        volume = tiny_ct(number)
        write_ct(tmp_path / "kits" / f"case_{number:05d}" / "imaging.nii.gz", volume)
    write_tiny_model(tmp_path / "tiny")
    return tmp_path


def predict(folder, *more, source="kits"):
    return [
        "predict",
        "--model",
        str(folder / "tiny"),
        "--input",
        str(folder / source),
        "--out",
        str(folder / "out"),
        "--device",
        "cpu",
        *map(str, more),
    ]


def test_flat_masks_lie_on_the_sources_grid_and_timing_is_printed(kits, capsys):
    assert main(predict(kits)) == 0
    timing = json.loads(capsys.readouterr().out)
    assert list(timing["cases"]) == ["case_00000", "case_00001", "case_00002"]
    assert timing["cases"]["case_00000"]["predict"] > 0
    volume = tiny_ct(1)
    mask = read_mask(kits / "out" / "case_00001.nii.gz", like=volume.geometry)
    assert mask.shape == volume.shape
    assert mask.array.any()


def test_shards_are_parts_of_the_cases(kits, capsys):
    assert main(predict(kits, "--shard", "1/2")) == 0
    assert list(json.loads(capsys.readouterr().out)["cases"]) == ["case_00000", "case_00002"]
    assert main(predict(kits, "--shard", "2/2")) == 0
    assert list(json.loads(capsys.readouterr().out)["cases"]) == ["case_00001"]
    assert main(predict(kits, "--shard", "4/4")) == 0
    assert json.loads(capsys.readouterr().out)["cases"] == {}
    made = {path.name for path in (kits / "out").glob("timing*.json")}
    assert made == {"timing-1.json", "timing-2.json", "timing-4.json"}
    with pytest.raises(SystemExit):
        main(predict(kits, "--shard", "3/2"))


def test_the_challenges_names(kits):
    assert main(predict(kits, "--layout", "kits19", "--folds", "0")) == 0
    names = sorted(path.name for path in (kits / "out").glob("*.nii.gz"))
    assert names == [f"prediction_{number:05d}.nii.gz" for number in range(3)]
    write_ct(kits / "other" / "mine.nii.gz", tiny_ct())
    assert main(predict(kits, "--layout", "kits19", source="other")) == 2


def test_a_project_keeps_what_is_there_and_renews_what_is_not(kits, capsys):
    images = {f"c{n}": f"kits/case_{n:05d}/imaging.nii.gz" for n in range(2)}
    (kits / "cases.json").write_text(json.dumps(images))
    again = predict(kits, "--layout", "project", source="cases.json")
    assert main(again) == 0
    capsys.readouterr()
    made = read_scores(kits / "out" / "c0").made
    write_ct(kits / "kits" / "case_00001" / "imaging.nii.gz", tiny_ct(9))
    assert main(again) == 0
    timing = json.loads(capsys.readouterr().out)
    assert timing["skipped"] == ["c0"]
    assert list(timing["cases"]) == ["c1"]
    assert read_scores(kits / "out" / "c0").made == made


def test_a_damaged_image_does_not_stop_the_others(kits, capsys):
    (kits / "kits" / "case_00001" / "imaging.nii.gz").write_bytes(b"no image")
    assert main(predict(kits)) == 2
    timing = json.loads(capsys.readouterr().out)
    assert list(timing["cases"]) == ["case_00000", "case_00002"]
    assert list(timing["problems"]) == ["case_00001"]
    assert not (kits / "out" / "case_00001.nii.gz").exists()


def test_as_a_task_it_proves_itself(kits):
    run = kits / "run"
    assert main(predict(kits, "--layout", "project", "--run", run, "--task", "predict")) == 0
    done = TaskDone.model_validate_json((run / "predict" / "done.json").read_text())
    assert done.result == {"predicted": 3, "kept": 0, "problems": 0}
    assert list(done.files) == ["predicted.json"]
    status = read_status(run, "predict")
    assert (status.state, status.done_units, status.total_units) == ("done", 3, 3)


@pytest.mark.parametrize("layout", ["flat", "kits19"])
def test_a_task_that_is_started_again_makes_only_what_is_not_there(kits, capsys, layout):
    again = predict(kits, "--layout", layout, "--run", kits / "run")
    assert main(again) == 0
    masks = sorted((kits / "out").glob("*.nii.gz"))
    before = [(mask.stat().st_mtime_ns, mask.read_bytes()) for mask in masks]
    masks[1].write_bytes(b"cut")
    write_ct(kits / "kits" / "case_00002" / "imaging.nii.gz", tiny_ct(7))
    (kits / "run" / "predict" / "done.json").unlink()
    capsys.readouterr()
    assert main(again) == 0
    timing = json.loads(capsys.readouterr().out)
    assert (timing["skipped"], list(timing["cases"])) == (
        ["case_00000"],
        ["case_00001", "case_00002"],
    )
    assert masks[0].stat().st_mtime_ns == before[0][0]
    assert masks[1].read_bytes() == before[1][1]
    # Another mode, or a command that is no task of the run, makes them all.
    assert main([*again, "--mirror"]) == 0
    assert len(json.loads(capsys.readouterr().out)["cases"]) == 3
    assert main(predict(kits, "--layout", layout)) == 0
    assert len(json.loads(capsys.readouterr().out)["cases"]) == 3


def test_cancelled_as_a_task_it_leaves_with_3(kits, capsys):
    run = kits / "run"
    run.mkdir()
    (run / CANCEL_FILE).touch()
    assert main(predict(kits, "--layout", "project", "--run", run)) == 3
    assert json.loads(capsys.readouterr().err)["error"]["type"] == "Cancelled"
    assert read_status(run, "predict").state == "cancelled"
    assert not (kits / "out").exists() or not list((kits / "out").iterdir())


def wait_for(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)


def test_pause_waits_and_sigterm_cancels(kits):
    run = kits / "run"
    run.mkdir()
    (run / PAUSE_FILE).touch()
    process = subprocess.Popen(
        [sys.executable, "-m", "trainer", *predict(kits, "--layout", "project", "--run", run)],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: read_status(run, "predict").state == "paused")
        (run / PAUSE_FILE).unlink()
        (run / PAUSE_FILE).touch()
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(5) == 3
    finally:
        process.kill()
    assert read_status(run, "predict").state == "cancelled"


def test_predicted_masks_are_the_same_on_every_run(kits):
    assert main(predict(kits)) == 0
    first = read_mask(kits / "out" / "case_00000.nii.gz").array
    assert main(predict(kits)) == 0
    assert np.array_equal(first, read_mask(kits / "out" / "case_00000.nii.gz").array)
