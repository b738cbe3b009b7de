"""Data sets of five small cases, ways to break them, and the commands that are run on them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.trainer.conftest import KITS_DIRECTION
from trainer.__main__ import main
from trainer.contract.export_manifest import ExportedCase, ExportManifest
from trainer.contract.jsonfile import write_json
from trainer.datasets.folds import assign_folds
from trainer.imaging.geometry import Geometry
from trainer.imaging.hashing import volume_hash
from trainer.imaging.mask_file import read_mask, write_mask
from trainer.imaging.nifti import write_file
from trainer.imaging.reader import read_image

SHAPE = (6, 24, 26)
SPACING = (6.44, 3.24, 3.24)
VICTIM, OTHER = "case_00002", "case_00003"


def grid(shape: tuple[int, int, int], spacing: tuple[float, ...] = SPACING) -> Geometry:
    return Geometry(shape, spacing, (0.0, 0.0, 0.0), KITS_DIRECTION)


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


def empty_mask(commands: Commands) -> None:
    write_mask(commands.mask(VICTIM), np.zeros(SHAPE, np.uint8), grid(SHAPE))


def label_seven(commands: Commands) -> None:
    mask = read_mask(commands.mask(VICTIM)).array.copy()
    mask[3, 3, 3] = 7
    write_file(commands.mask(VICTIM), mask, grid(SHAPE))


def truncated(commands: Commands) -> None:
    path = commands.image(VICTIM)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


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
