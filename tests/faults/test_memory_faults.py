"""Too little memory for real: a child process that the system gives less and less; a GPU that
is not there."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from stopped_process import ROOT, stopped_at
from training_runs import KEY, train_arguments, write_data

from tests.trainer.tiny_models import tiny_ct, write_ct, write_tiny_model
from trainer.contract.run_folder import read_status

pytestmark = pytest.mark.skipif(
    not hasattr(resource, "prlimit"), reason="the system cannot limit a process's memory"
)


# What is freed goes back to the system at once, so that the limit means what it says.
ENVIRONMENT = {
    "PYTHONPATH": str(ROOT),
    "OMP_NUM_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": "65536",
}


def ever_less(what: str) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.short_memory", what],
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_28_a_prediction_with_ever_less_memory_says_the_same_mask_or_that_it_has_too_little():
    whole, *rest = ever_less("predict")
    made = [found["mask"] for found in rest if "mask" in found]
    refused = [found["refused"] for found in rest if "refused" in found]
    assert set(made) == {whole["mask"]}
    assert set(refused) == {"There is not enough memory for this prediction."}


def test_28_a_training_step_goes_sample_by_sample_with_the_same_result():
    whole, *rest = ever_less("step")
    assert whole["steps"] == []
    taken = [found for found in rest if "loss" in found]
    assert any(found["steps"] == ["by sample"] for found in taken), rest
    for found in taken:
        assert found["loss"] == pytest.approx(whole["loss"], rel=1e-5)
        assert found["norm"] == pytest.approx(whole["norm"], rel=1e-5)


def test_28_a_training_with_no_memory_left_ends_in_words_and_keeps_its_checkpoint(tmp_path):
    data, run = write_data(tmp_path / "data"), tmp_path / "run"
    # In the second epoch: the first one left a checkpoint.
    with stopped_at("training.step:3", *train_arguments(data, run)) as process:
        size = Path(f"/proc/{process.pid}/statm").read_text().split()[0]
        now = int(size) * resource.getpagesize()
        resource.prlimit(process.pid, resource.RLIMIT_AS, (now, resource.RLIM_INFINITY))
        process.send_signal(signal.SIGCONT)
        said = process.communicate(timeout=300)[0]
    assert process.returncode == 2, said
    error = json.loads(said.strip().splitlines()[-1])["error"]
    assert error["type"] == "NotEnoughMemory"
    assert error["happened"] == "Fold 2 needs more memory than cpu has left."
    assert error["kept"] == "The last checkpoint was kept."
    assert read_status(run, KEY).state == "failed"
    assert list((run / KEY / "checkpoints").glob("checkpoint_00001_*.pt"))
    assert not (run / KEY / "lock.json").exists()


@pytest.mark.parametrize("device", ["cuda", "cuda:7", "mps"])
def test_28_a_gpu_that_is_not_there_is_said(device, tmp_path):
    model, ct = write_tiny_model(tmp_path / "m"), write_ct(tmp_path / "c.nii.gz", tiny_ct())
    done = subprocess.run(
        [
            *(sys.executable, "-m", "trainer", "predict", "--model", str(model)),
            *("--input", str(ct), "--out", str(tmp_path / "out"), "--device", device),
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT), "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 2
    error = json.loads(done.stderr.strip().splitlines()[-1])["error"]
    assert device.partition(":")[0] in error["happened"]
    assert error["advice"]
    assert not list((tmp_path / "out").glob("*")) if (tmp_path / "out").exists() else True
