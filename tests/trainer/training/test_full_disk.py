"""Training on a real file system that is full to the last byte."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.trainer.training.tiny_folds import SCHEDULE, TrainerMaker, same_state
from trainer.contract.errors import Cancelled
from trainer.contract.jsonfile import read_json, read_lines
from trainer.training import fold_trainer, full_disk
from trainer.training.checkpoint import has_checkpoint, load_checkpoint
from trainer.training.interruption import Interruption, TimeUp

LONG = SCHEDULE.model_copy(update={"epochs": 8})


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system of 6 MB in memory; where that is not allowed, skip."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except OSError as error:
        pytest.skip(f"a small disk cannot be mounted: {error}")
    if done.returncode:
        pytest.skip(f"a small disk cannot be mounted: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(disk: Path) -> Path:
    """Write until the last byte is taken."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (65_536, 512, 1):
            with suppress(OSError):
                while True:
                    file.write(bytes(size))
    assert shutil.disk_usage(disk).free == 0
    return ballast


def until(what: Callable[[], object]) -> None:
    end = time.monotonic() + 120
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def in_background(work: Callable[[], None]) -> tuple[threading.Thread, list[BaseException]]:
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, errors


def status(folder: Path) -> dict[str, object]:
    return read_json(folder / "status.json")


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold_trainer, "_SAVING_SHARE", 0)
    monkeypatch.setattr(full_disk, "_RETRY_EVERY_S", 0.2)


def test_a_full_disk_pauses_training_and_loses_nothing(
    begin: TrainerMaker, tmp_path: Path, small_disk: Path
) -> None:
    whole = begin(tmp_path / "whole", schedule=LONG)
    whole.run()
    folder = small_disk / "run" / "fold_1"
    trainer = begin(folder, schedule=LONG)
    thread, errors = in_background(trainer.run)
    until(lambda: has_checkpoint(folder / "checkpoints"))
    ballast = fill(small_disk)
    until(lambda: status(folder)["state"] == "paused")
    said = str(status(folder)["message"])
    assert "The disk is full. Free at least" in said
    assert f"MB on the disk of {folder}" in said
    assert load_checkpoint(folder / "checkpoints") is not None
    ballast.unlink()
    thread.join(120)
    assert not errors
    assert status(folder)["state"] == "running"
    assert same_state(whole, trainer)
    for name in ("metrics.jsonl", "case_losses.jsonl"):
        lines, _ = read_lines(folder / name)
        assert [line["epoch"] for line in lines] == list(range(8))
    assert not list(folder.rglob("*.tmp"))
    ours, theirs = (
        f.joinpath("case_losses.jsonl").read_text() for f in (tmp_path / "whole", folder)
    )
    assert ours == theirs


@pytest.mark.parametrize(("way", "error"), [("terminate", Cancelled), ("note_time_up", TimeUp)])
def test_waiting_for_space_can_be_ended(
    begin: TrainerMaker, small_disk: Path, way: str, error: type[Cancelled]
) -> None:
    folder = small_disk / "fold_1"
    interruption = Interruption(None)
    trainer = begin(folder, interruption, schedule=LONG)
    thread, errors = in_background(trainer.run)
    until(lambda: has_checkpoint(folder / "checkpoints"))
    fill(small_disk)
    until(lambda: status(folder)["state"] == "paused")
    getattr(interruption, way)()
    thread.join(120)
    assert [type(one) for one in errors] == [error]
    assert "last checkpoint is kept" in str(errors[0])


LIMITED = """
import resource, signal, sys
from pathlib import Path
from trainer.training.full_disk import PatientWriter
from trainer.training.checkpoint import save_checkpoint
from trainer.training.interruption import Interruption
from trainer.training.task_record import TaskRecord
import torch
folder = Path(sys.argv[1])
record, interruption = TaskRecord(folder), Interruption(None)
writer = PatientWriter(folder, record, interruption, retry_every_s=0.1)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
state = {"weights": torch.zeros(100_000)}
writer.write(folder, lambda: save_checkpoint(folder / "checkpoints", state, 1, 0), 400_000)
"""


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="needs prlimit")
def test_a_limit_of_the_file_size_is_waited_for_too(tmp_path: Path) -> None:
    folder = tmp_path / "fold_1"
    command = [sys.executable, "-c", LIMITED, str(folder)]
    process = subprocess.Popen(command, env=os.environ | {"OMP_NUM_THREADS": "1"})
    until(lambda: (folder / "status.json").exists() and status(folder)["state"] == "paused")
    assert not has_checkpoint(folder / "checkpoints")
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, unlimited)
    assert process.wait(60) == 0
    assert load_checkpoint(folder / "checkpoints") is not None
    assert status(folder)["state"] == "running"


def test_other_errors_are_not_waited_for(tmp_path: Path, begin: TrainerMaker) -> None:
    (tmp_path / "checkpoints").write_text("a file where the folder should be")
    with pytest.raises(fold_trainer.KitsDeskError, match="could not be written"):
        begin(tmp_path).run()
