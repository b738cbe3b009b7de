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
from trainer.contract.training_plan import read_plan
from trainer.datasets.folds import assign_folds
from trainer.evaluation.memorisation import memorisation_table, read_memorisation
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
            *("--cache", str(self.root / "cache"), "--device", "cpu", "--folds", "2"),
            *("--steps", "2", *(() if "--plan" in options else ("--preset", "demo")), *options),
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


@pytest.mark.parametrize(
    ("way", "code", "error", "state"),
    [
        ("CANCEL", 3, "Cancelled", "cancelled"),
        ("SIGTERM", 3, "Cancelled", "cancelled"),
        ("SIGUSR1", 75, "TimeUp", "waiting"),
    ],
)
def test_stopping_keeps_a_checkpoint(
    trainer: Trainer, way: str, code: int, error: str, state: str
) -> None:
    process = trainer.start(way, "--epochs", "500")
    trainer.wait_for_checkpoint(way, process)
    if way == "CANCEL":
        (trainer.root / way / "CANCEL").touch()
    else:
        process.send_signal(signal.Signals[way])
    _, err = process.communicate(timeout=300)
    assert process.returncode == code, err
    assert json.loads(err)["error"]["type"] == error
    folder = trainer.root / way / KEY
    assert read_status(trainer.root / way, KEY).state == state
    assert has_checkpoint(folder / "checkpoints")
    assert not (folder / "lock.json").exists()
    assert not (folder / ".reserve").exists()
    assert not (trainer.root / way / "model").exists()


def test_other_threads_are_said_and_the_folds_own_are_taken(
    trainer: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = ("--epochs", "1", "--steps", "1")
    assert trainer.run("threads", *short)[0] == 0
    run = trainer.root / "threads"
    assert read_run(run).details == {"threads": 1, "device": "cpu", "precision": "fp32"}

    (run / KEY / "done.json").unlink()
    monkeypatch.delenv("OMP_NUM_THREADS")
    code, out, err = trainer.run("threads", *short, "--resume")
    assert (code, err) == (0, "")
    assert json.loads(out)["threads"] == 1

    (run / KEY / "done.json").unlink()
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    torch.set_num_threads(2)
    code, out, err = trainer.run("threads", *short, "--resume")
    assert code == 0, err
    notice = json.loads(err)["notice"]
    assert notice["type"] == "OtherCompute"
    assert "threads 2 instead of 1" in notice["happened"]
    assert "will differ in the last digits" in notice["happened"]
    assert notice["happened"] in read_status(run, KEY).message
    settings = read_json(run / KEY / "fold.json")
    assert (settings["threads"], settings["continued_with"]) == (1, ["threads 2 instead of 1"])
    assert json.loads(out)["continued_with"] == ["threads 2 instead of 1"]


def test_a_fold_leaves_its_pictures_its_cases_and_the_other_weights(trainer: Trainer) -> None:
    code, out, err = trainer.run(
        "extras", "--epochs", "2", "--steps", "3", "--keep-other", "--tensorboard"
    )
    assert code == 0, err
    run = trainer.root / "extras"
    done = read_done(run / KEY)
    assert done is not None
    assert set(done.files) == {"../../model/fold_2.safetensors", "fold_2_final.safetensors"}
    assert json.loads(out)["checkpoint"] == read_manifest(run / "model").checkpoint == "best"
    picture = (run / KEY / "curves.png").read_bytes()
    assert picture[1:4] == b"PNG"
    assert (int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])) == (1000, 800)
    assert list((run / KEY / "tensorboard").glob("events.out.tfevents.*"))
    lines, _ = read_lines(run / KEY / "case_losses.jsonl")
    assert [line["epoch"] for line in lines] == [0, 1]
    assert sum(sums["samples"] for sums in lines[0]["cases"].values()) == 3 * 2
    seen = {case.case for case in read_manifest(run / "model").folds[0].trained_on}
    assert set(lines[0]["cases"]) <= seen
    table = memorisation_table(run)
    assert {row.case for row in table} <= seen
    assert [row.case for row in read_memorisation(run / "memorisation.csv")] == [
        row.case for row in table
    ]


def test_tensorboard_that_is_not_installed_is_said(
    trainer: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    code, _, err = trainer.run("without", "--tensorboard")
    error = json.loads(err)["error"]
    assert (code, error["type"]) == (2, "NoTensorBoard")
    assert "kitsdesk[tensorboard]" in error["advice"]


def test_a_plan_decides_grid_and_network(
    trainer: Trainer, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = trainer.root / "plan.json"
    planned = ["plan", str(trainer.data), "--preset", "demo", "--out", str(plan)]
    assert main([*planned, "--spacing", "6", "4", "4", "--patch", "8", "32", "32"]) == 0
    capsys.readouterr()
    short = ("--epochs", "1", "--steps", "1", "--plan", str(plan))
    code, _, err = trainer.run("planned", *short)
    assert code == 0, err
    manifest = read_manifest(trainer.root / "planned" / "model")
    assert manifest.plan == read_plan(plan).preprocessing
    assert manifest.network.strides == read_plan(plan).strides
    assert str(plan) in read_run(trainer.root / "planned").tasks[0].argv
    code, _, err = trainer.run("planned2", *short, "--preset", "kits2019")
    assert code == 2
    assert "preset demo, not kits2019" in json.loads(err)["error"]["happened"]


def test_blocks_are_a_choice(trainer: Trainer) -> None:
    short = ("--epochs", "1", "--steps", "1")
    code, _, err = trainer.run("blocks", *short, "--blocks", "1,1,1,1")
    assert code == 0, err
    assert read_manifest(trainer.root / "blocks" / "model").network.blocks == (1, 1, 1, 1)
    assert trainer.run("blocks2", *short, "--blocks", "1,1")[0] == 2


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

    assert trainer.run("warm", *short, "--init", str(old))[0] == 0
    rates = {
        run: read_json(trainer.root / run / KEY / "fold.json")["schedule"]["learning_rate"]
        for run in ("old", "warm", "new")
    }
    assert rates == {"old": 0.1, "warm": 0.01, "new": 1e-12}

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
