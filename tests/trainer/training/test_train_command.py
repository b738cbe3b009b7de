"""The real command on a small data set: publish, refuse, cancel, kill and resume."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from trainer.__main__ import main
from trainer.contract.jsonfile import read_json, read_lines
from trainer.contract.model_manifest import read_manifest
from trainer.contract.run_folder import read_run, read_status
from trainer.datasets.folds import assign_folds
from trainer.imaging.hashing import file_hash, volume_hash
from trainer.imaging.reader import read_image
from trainer.training.checkpoint import has_checkpoint
from trainer.training.task_record import read_done

KEY = "residual/fold_2"


class Trainer:
    """Runs `kitsdesk-trainer train` on one data set, here or as a process of one thread."""

    def __init__(self, root: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.data, self._capsys = root, data, capsys

    def arguments(self, run: str, *options: str) -> list[str]:
        return [
            *("train", str(self.data), "--run", str(self.root / run)),
            *("--cache", str(self.root / "cache"), "--preset", "demo", "--device", "cpu"),
            *("--folds", "2", "--steps", "2", *options),
        ]

    def start(self, run: str, *options: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "trainer", *self.arguments(run, *options)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )

    def run(self, run: str, *options: str) -> tuple[int, str, str]:
        code = main(self.arguments(run, *options))
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err

    def wait_for_checkpoint(self, run: str, process: subprocess.Popen[str]) -> None:
        checkpoints = self.root / run / KEY / "checkpoints"
        while process.poll() is None and not has_checkpoint(checkpoints):
            time.sleep(0.02)
        assert process.poll() is None, process.communicate()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("train")


@pytest.fixture
def trainer(
    shared: Path,
    kits_set: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Trainer:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    data = shared / "data"
    if not data.exists():
        kits_set(data, cases=6)
    yield Trainer(shared, data, capsys)
    torch.set_num_threads(before)


def test_kill_and_resume_gives_the_same_weights_as_one_go(trainer: Trainer) -> None:
    two = ("--epochs", "2")
    code, out, err = trainer.run("whole", *two)
    assert code == 0, err
    line = json.loads(out)
    assert (line["fold"], line["threads"]) == (2, 1)

    process = trainer.start("killed", *two)
    trainer.wait_for_checkpoint("killed", process)
    process.kill()
    process.wait()
    folder = trainer.root / "killed" / KEY
    assert read_status(trainer.root / "killed", KEY).pid == process.pid
    assert (folder / "lock.json").exists()
    code, _, err = trainer.run("killed", *two)
    assert code == 2
    assert "--resume" in json.loads(err)["error"]["advice"]
    code, _, err = trainer.run("killed", "--resume", "--epochs", "4")
    assert code == 2
    assert "another schedule" in json.loads(err)["error"]["happened"]
    code, _, err = trainer.run("killed", *two, "--resume")
    assert code == 0, err
    weights = [trainer.root / run / "model" / "fold_2.safetensors" for run in ("whole", "killed")]
    assert file_hash(weights[0]) == file_hash(weights[1])
    assert [line["epoch"] for line in read_lines(folder / "metrics.jsonl")[0]] == [0, 1]


def test_a_finished_fold_is_published_with_what_it_saw(trainer: Trainer) -> None:
    code, _, err = trainer.run("whole", "--epochs", "2")
    assert code == 0, err
    run = trainer.root / "whole"
    entry = read_manifest(run / "model").folds[0]
    folds = assign_folds(f"case_{n:05d}" for n in range(6))
    assert not isinstance(entry.trained_on, str)
    assert [seen.case for seen in entry.trained_on] == sorted(c for c, f in folds.items() if f != 2)
    image = trainer.data / entry.trained_on[0].case / "imaging.nii.gz"
    assert entry.trained_on[0].image_hash == volume_hash(read_image(image))
    done = read_done(run / KEY)
    assert done is not None
    assert list(done.files) == ["../../model/fold_2.safetensors"]
    status = read_status(run, KEY)
    assert (status.state, status.done_units, status.total_units) == ("done", 4, 4)
    spec = read_run(run)
    assert [task.key for task in spec.tasks] == [KEY]
    assert spec.tasks[0].argv[:2] == ("train", str(trainer.data))

    began = (run / KEY / "done.json").stat().st_mtime_ns
    code, out, _ = trainer.run("whole", "--epochs", "2")
    assert (code, json.loads(out)["fold"]) == (0, 2)
    assert (run / KEY / "done.json").stat().st_mtime_ns == began


@pytest.mark.parametrize("way", ["file", "signal"])
def test_cancelling_keeps_a_checkpoint(trainer: Trainer, way: str) -> None:
    process = trainer.start(way, "--epochs", "500")
    trainer.wait_for_checkpoint(way, process)
    if way == "file":
        (trainer.root / way / "CANCEL").touch()
    else:
        process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 3, err
    assert json.loads(err)["error"]["type"] == "Cancelled"
    folder = trainer.root / way / KEY
    assert read_status(trainer.root / way, KEY).state == "cancelled"
    assert has_checkpoint(folder / "checkpoints")
    assert not (folder / "lock.json").exists()
    assert not (trainer.root / way / "model").exists()


def test_a_warm_start_takes_the_old_fold_and_refuses_a_leak(trainer: Trainer) -> None:
    short = ("--epochs", "1", "--steps", "1")
    old = trainer.root / "old_model"
    assert trainer.run("old", *short, "--publish", str(old))[0] == 0
    code, _, err = trainer.run("new", *short, "--init", str(old), "--learning-rate", "1e-12")
    assert code == 0, err
    new = trainer.root / "new"
    assert read_manifest(new / "model").started_from == "old_model"
    assert read_json(new / KEY / "fold.json")["started_from"] == "old_model fold 2"
    before, after = (load_file(m / "fold_2.safetensors") for m in (old, new / "model"))
    assert all(torch.allclose(before[name], after[name], atol=1e-6) for name in before)

    code, _, err = trainer.run("leak", *short, "--init", str(old), "--folds", "0")
    assert code == 2
    error = json.loads(err)["error"]
    assert error["type"] == "WarmStartRefused"
    folds = assign_folds(f"case_{n:05d}" for n in range(6))
    first = min(case for case, fold in folds.items() if fold == 0)
    assert f"its validation case {first} was trained on by the old fold 2" in error["happened"]
    status = read_status(trainer.root / "leak", "residual/fold_0")
    assert status.state == "failed"
    assert status.error is not None
    assert status.error["type"] == "WarmStartRefused"


def test_bad_requests_are_said_in_words(trainer: Trainer) -> None:
    code, _, err = trainer.run("bad", "--folds", "0-1", "--task", "x")
    assert (code, json.loads(err)["error"]["happened"]) == (2, "A task trains one fold.")
    code, _, err = trainer.run("bad", "--device", "cuda:99")
    assert code == 2
    assert "no device cuda:99" in json.loads(err)["error"]["happened"]
    code, _, err = trainer.run("bad", "--name", "a+b")
    assert "cannot be a model's name" in json.loads(err)["error"]["happened"]
