"""Broken data sets through the real commands: refused by name, all at once, before a step."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.trainer.conftest import blob_case
from tests.trainer.datasets.broken_sets import (
    OTHER,
    SHAPE,
    VICTIM,
    Commands,
    empty_mask,
    grid,
    label_seven,
    truncated,
)
from trainer.__main__ import main
from trainer.contract.run_folder import read_status
from trainer.datasets.broken_cases import NAMED
from trainer.imaging.mask_file import write_image, write_mask

PIXDIM = 76


def poison(value: float) -> Callable[[Commands], None]:
    def change(commands: Commands) -> None:
        path = commands.image(VICTIM)
        raw = bytearray(gzip.decompress(path.read_bytes()))
        voxels = np.frombuffer(raw, np.int16, offset=352).astype(np.float32)
        voxels[100] = value
        raw[70:74] = struct.pack("<hh", 16, 32)
        path.write_bytes(gzip.compress(bytes(raw[:352]) + voxels.tobytes()))

    return change


def pixdim(value: float) -> Callable[[Commands], None]:
    def change(commands: Commands) -> None:
        path = commands.image(VICTIM)
        raw = bytearray(gzip.decompress(path.read_bytes()))
        raw[PIXDIM + 4 : PIXDIM + 8] = struct.pack("<f", value)
        path.write_bytes(gzip.compress(bytes(raw)))

    return change


def text_for_an_image(commands: Commands) -> None:
    commands.image(VICTIM).write_text("not a volume")


def nothing_in_the_file(commands: Commands) -> None:
    commands.mask(VICTIM).write_bytes(b"")


def other_shape(commands: Commands) -> None:
    _, mask = blob_case((6, 24, 20), 2)
    write_mask(commands.mask(VICTIM), mask, grid((6, 24, 20)))


def other_spacing(commands: Commands) -> None:
    _, mask = blob_case(SHAPE, 2)
    write_mask(commands.mask(VICTIM), mask, grid(SHAPE, (5.0, 3.24, 3.24)))


def same_image(commands: Commands) -> None:
    shutil.copy(commands.image("case_00000"), commands.image(VICTIM))


BREAKS = {
    "nan": (poison(np.nan), "number"),
    "infinite": (poison(np.inf), "number"),
    "spacing 0": (pixdim(0.0), "spacing"),
    "negative spacing": (pixdim(-6.44), "spacing"),
    "label 7": (label_seven, "7"),
    "truncated": (truncated, "imaging.nii.gz"),
    "text": (text_for_an_image, "imaging.nii.gz"),
    "empty file": (nothing_in_the_file, "segmentation.nii.gz is an empty file"),
    "empty mask": (empty_mask, "its mask holds no kidney and no tumor"),
    "other shape": (other_shape, "segmentation.nii.gz"),
    "other spacing": (other_spacing, "segmentation.nii.gz"),
    "same image": (same_image, "its image is that of case_00000, which is in fold"),
}


@pytest.mark.parametrize("broken", BREAKS)
def test_a_broken_case_is_refused_by_name(commands: Commands, broken: str) -> None:
    change, said = BREAKS[broken]
    change(commands)
    code, _, error = commands.preprocess()
    assert code == 2
    assert error["type"] == "BrokenTrainingSet"
    assert error["happened"].startswith(f"1 of 5 cases cannot be trained on: {VICTIM}: ")
    assert said in error["happened"]
    assert "Training has not begun" in error["kept"]
    assert error["advice"]


def test_training_names_all_broken_cases_at_once_and_makes_no_step(commands: Commands) -> None:
    label_seven(commands)
    truncated(commands)
    shutil.copy(commands.mask("case_00001"), commands.mask(OTHER))
    commands.mask(OTHER).write_bytes(commands.mask(OTHER).read_bytes()[:60])
    done = subprocess.run(
        [sys.executable, "-m", "trainer", *commands.train_arguments()],
        capture_output=True,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        check=False,
        timeout=300,
    )
    assert done.returncode == 2, done.stderr
    error = json.loads(done.stderr)["error"]
    assert error["happened"].startswith(f"2 of 5 cases cannot be trained on: {VICTIM}: ")
    assert f"; {OTHER}: " in error["happened"]
    run = commands.root / "run"
    status = read_status(run, "residual/fold_0")
    assert status.state == "failed"
    assert status.error is not None
    assert VICTIM in status.error["happened"]
    assert not list(run.rglob("*.safetensors"))
    assert not (run / "residual/fold_0/metrics.jsonl").exists()
    kept = list((commands.root / "cache").glob("*/case.json"))
    assert len(kept) == 3


def test_planning_and_cross_validating_name_the_broken_cases_too(
    commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    truncated(commands)
    label_seven(Commands(commands.root, commands.data, capsys))
    shutil.copy(commands.image(VICTIM), commands.image(OTHER))
    assert main(["plan", str(commands.data)]) == 2
    error = json.loads(capsys.readouterr().err.splitlines()[-1])["error"]
    assert error["happened"].startswith(f"2 of 5 cases cannot be trained on: {VICTIM}: ")
    options = ("--run", str(commands.root / "cv"), "--preset", "demo", "--device", "cpu")
    assert main(["crossval", str(commands.data), *options, "--epochs", "1", "--steps", "1"]) == 2
    error = json.loads(capsys.readouterr().err.splitlines()[-1])["error"]
    assert error["type"] == "BrokenTrainingSet"
    assert OTHER in error["happened"]


def test_fewer_than_five_patients_are_refused_in_words(commands: Commands) -> None:
    shutil.rmtree(commands.data / VICTIM)
    code, _, error = commands.preprocess()
    assert (code, error["type"]) == (2, "TooFewPatients")
    assert "at least five patients, and there are 4" in error["happened"]


def test_of_many_broken_cases_ten_are_named_and_all_counted(
    commands: Commands, tmp_path: Path
) -> None:
    data = tmp_path / "many"
    image, mask = small()
    for number in range(14):
        geometry = grid((2, 4, 5))
        write_image(data / f"case_{number:05d}" / "imaging.nii.gz", image + number, geometry)
        write_mask(data / f"case_{number:05d}" / "segmentation.nii.gz", mask, geometry)
        if number > 0:
            (data / f"case_{number:05d}" / "imaging.nii.gz").write_bytes(b"no gzip")
    code, _, error = commands.preprocess(path=data)
    assert code == 2
    assert error["happened"].startswith("13 of 14 cases cannot be trained on: case_00001: ")
    assert error["happened"].count("case_") == NAMED
    assert error["happened"].endswith("; and 3 more.")


def small() -> tuple[NDArray[np.int16], NDArray[np.uint8]]:
    image = np.arange(40, dtype=np.int16).reshape(2, 4, 5) + 1
    return image, (image > 30).astype(np.uint8)


def test_two_files_for_one_case_are_refused(commands: Commands, tmp_path: Path) -> None:
    image, mask = small()
    for name in ("anna_ct", "anna_0000", "bert"):
        write_image(tmp_path / "loose" / f"{name}.nii.gz", image, grid((2, 4, 5)))
    write_mask(tmp_path / "loose" / "bert_seg.nii.gz", mask, grid((2, 4, 5)))
    code, _, error = commands.preprocess(path=tmp_path / "loose")
    assert (code, error["type"]) == (2, "AmbiguousFiles")
    assert "anna_0000.nii.gz and anna_ct.nii.gz are both the image of anna" in error["happened"]
