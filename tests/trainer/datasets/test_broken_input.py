"""Broken data sets through the real commands: refused by name, or handled, before a step."""

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
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.trainer.conftest import KITS_DIRECTION, blob_case
from trainer.__main__ import main
from trainer.contract.export_manifest import ExportedCase, ExportManifest
from trainer.contract.jsonfile import read_json, write_json
from trainer.contract.run_folder import read_status
from trainer.datasets.broken_cases import NAMED
from trainer.datasets.folds import assign_folds
from trainer.imaging.geometry import Geometry
from trainer.imaging.hashing import volume_hash
from trainer.imaging.mask_file import read_mask, write_image, write_mask
from trainer.imaging.nifti import write_file
from trainer.imaging.reader import read_image

SHAPE = (6, 24, 26)
SPACING = (6.44, 3.24, 3.24)
VICTIM, OTHER = "case_00002", "case_00003"
PIXDIM = 76


class Commands:
    """Runs `preprocess` and `train` on one data set of five cases."""

    def __init__(self, root: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.data, self._capsys = root, data, capsys

    def preprocess(self, *options: str, path: Path | None = None) -> tuple[int, list[Any], Any]:
        out = ("--out", str(self.root / "cache"), "--preset", "demo")
        code = main(["preprocess", str(path or self.data), *out, *options])
        captured = self._capsys.readouterr()
        lines = [json.loads(line) for line in captured.out.splitlines()]
        return code, lines, json.loads(captured.err)["error"] if captured.err else None

    def train_arguments(self) -> list[str]:
        return [
            *("train", str(self.data), "--run", str(self.root / "run"), "--folds", "0"),
            *("--cache", str(self.root / "cache"), "--preset", "demo", "--device", "cpu"),
            *("--epochs", "1", "--steps", "1"),
        ]

    def image(self, case: str) -> Path:
        return self.data / case / "imaging.nii.gz"

    def mask(self, case: str) -> Path:
        return self.data / case / "segmentation.nii.gz"


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("five")
    for number in range(5):
        image, mask = blob_case(SHAPE, number)
        write_image(folder / f"case_{number:05d}" / "imaging.nii.gz", image, grid(SHAPE))
        write_mask(folder / f"case_{number:05d}" / "segmentation.nii.gz", mask, grid(SHAPE))
    return folder


@pytest.fixture
def commands(five: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(tmp_path, Path(shutil.copytree(five, tmp_path / "data")), capsys)


def grid(shape: tuple[int, int, int], spacing: tuple[float, ...] = SPACING) -> Geometry:
    return Geometry(shape, spacing, (0.0, 0.0, 0.0), KITS_DIRECTION)


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


def label_seven(commands: Commands) -> None:
    mask = read_mask(commands.mask(VICTIM)).array.copy()
    mask[3, 3, 3] = 7
    write_file(commands.mask(VICTIM), mask, grid(SHAPE))


def truncated(commands: Commands) -> None:
    path = commands.image(VICTIM)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def text_for_an_image(commands: Commands) -> None:
    commands.image(VICTIM).write_text("not a volume")


def nothing_in_the_file(commands: Commands) -> None:
    commands.mask(VICTIM).write_bytes(b"")


def empty_mask(commands: Commands) -> None:
    write_mask(commands.mask(VICTIM), np.zeros(SHAPE, np.uint8), grid(SHAPE))


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


def test_an_empty_mask_that_is_meant_and_three_slices_are_trained_on(commands: Commands) -> None:
    empty_mask(commands)
    thin = (3, 24, 26)
    image, mask = blob_case(thin, 3)
    write_image(commands.image(OTHER), image, grid(thin))
    write_mask(commands.mask(OTHER), mask, grid(thin))
    code, lines, error = commands.preprocess("--empty-masks")
    assert (code, error) == (0, None)
    assert lines[2]["voxels"] == {"1": 0, "2": 0}
    assert lines[3]["shape"] == [3, 24, 26]
    assert main(commands.train_arguments()) == 2
    code = main([*commands.train_arguments(), "--empty-masks"])
    assert code == 0
    assert (commands.root / "run/model/fold_0.safetensors").exists()


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


@pytest.mark.parametrize("command", ["train", "crossval"])
def test_a_fold_without_validation_cases_is_refused_before_the_first_is_trained(
    commands: Commands, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    def change(entries: list[dict[str, Any]]) -> None:
        for entry in entries:
            entry["fold"] = min(entry["fold"], 3)

    write_export(commands, change)
    options = ("--run", str(commands.root / "run"), "--preset", "demo", "--device", "cpu")
    assert main([command, str(commands.data), *options, "--epochs", "1", "--steps", "1"]) == 2
    error = json.loads(capsys.readouterr().err)["error"]
    assert error["type"] == "EmptyFold"
    assert error["happened"].startswith("Fold 4 has no case to learn from, or none")
    assert not (commands.root / "run").exists()


def test_a_fold_that_would_learn_from_empty_masks_only_is_refused(commands: Commands) -> None:
    folds = assign_folds(f"case_{number:05d}" for number in range(5))
    only = next(case for case, fold in folds.items() if fold == 3)  # so fold 3 never sees it
    for case in folds:
        if case != only:
            write_mask(commands.mask(case), np.zeros(SHAPE, np.uint8), grid(SHAPE))
    code, _, error = commands.preprocess("--empty-masks")
    assert (code, error["type"]) == (2, "NoForeground")
    assert error["happened"].startswith("Fold 3 would learn from 4 cases")


def test_fewer_than_five_patients_are_refused_in_words(commands: Commands) -> None:
    shutil.rmtree(commands.data / VICTIM)
    code, _, error = commands.preprocess()
    assert (code, error["type"]) == (2, "TooFewPatients")
    assert "at least five patients, and there are 4" in error["happened"]


def write_export(commands: Commands, change: Callable[[list[dict[str, Any]]], None]) -> None:
    """Make the folder an export, its manifest's entries changed first."""
    folds = assign_folds(f"case_{number:05d}" for number in range(5))
    entries = [
        {
            "case": case,
            "patient": case,
            "image": f"{case}/imaging.nii.gz",
            "mask": f"{case}/segmentation.nii.gz",
            "image_hash": volume_hash(read_image(commands.image(case))),
            "mask_hash": volume_hash(read_mask(commands.mask(case))),
            "decision": "kept",
            "revision": 0,
            "fold": fold,
        }
        for case, fold in sorted(folds.items())
    ]
    change(entries)
    cases = tuple(ExportedCase.model_validate(entry) for entry in entries)
    manifest = ExportManifest(created="now", project="p", layout="kits", cases=cases)
    write_json(commands.data / "manifest.json", manifest)


def test_an_export_is_refused_for_ids_patients_and_images_in_two_folds(
    commands: Commands,
) -> None:
    def change(entries: list[dict[str, Any]]) -> None:
        entries[1]["patient"] = entries[0]["patient"]
        entries[2]["image_hash"] = entries[3]["image_hash"]
        entries.append(dict(entries[4]))

    write_export(commands, change)
    # Two cases share a patient, so a sixth keeps the number at five.
    manifest = read_json(commands.data / "manifest.json")
    extra = dict(manifest["cases"][0], case="case_00009", patient="nine", image_hash="9" * 64)
    write_json(commands.data / "manifest.json", manifest | {"cases": [*manifest["cases"], extra]})
    code, lines, error = commands.preprocess()
    assert (code, lines) == (2, [])
    assert "case_00001: its patient is that of case_00000" in error["happened"]
    assert "case_00003: its image is that of case_00002" in error["happened"]
    assert "case_00004: 2 cases have this id" in error["happened"]


@pytest.mark.parametrize(
    ("decision", "code"), [("kept", 0), ("corrected", 0), ("unreviewed", 2), ("deferred", 2)]
)
def test_an_empty_mask_is_meant_where_a_person_kept_it_before_the_export(
    commands: Commands, decision: str, code: int
) -> None:
    empty_mask(commands)

    def decide(entries: list[dict[str, Any]]) -> None:
        for entry in entries:
            entry["decision"] = decision

    write_export(commands, decide)
    found, _, error = commands.preprocess()
    assert found == code
    assert (error is None) == (code == 0)
    if error is not None:
        assert error["happened"].startswith(f"1 of 5 cases cannot be trained on: {VICTIM}: its m")


def test_an_export_names_all_files_it_misses(commands: Commands) -> None:
    write_export(commands, lambda entries: None)
    commands.mask(VICTIM).unlink()
    commands.image(OTHER).unlink()
    code, _, error = commands.preprocess()
    assert code == 2
    assert f"misses {VICTIM}/segmentation.nii.gz, {OTHER}/imaging.nii.gz" in error["happened"]


def test_a_file_that_is_not_the_exported_one_is_named(commands: Commands) -> None:
    write_export(commands, lambda entries: None)
    shutil.copy(commands.mask("case_00001"), commands.mask(VICTIM))
    code, _, error = commands.preprocess()
    assert code == 2
    assert f"{VICTIM}: The mask of {VICTIM} is not the one that was exported" in error["happened"]


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
