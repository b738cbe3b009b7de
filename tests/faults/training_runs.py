"""A small data set and the real `kitsdesk-trainer train` on it, to be disturbed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from stopped_process import ROOT

from tests.trainer.conftest import write_blob_cases
from trainer.contract.jsonfile import read_lines
from trainer.imaging.hashing import file_hash

KEY = "residual/fold_2"
EPOCHS, STEPS = 3, 2


def write_data(folder: Path, cases: int = 6) -> Path:
    """Write blob cases in KiTS layout; return the folder."""
    return write_blob_cases(folder, cases)


def train_arguments(data: Path, run: Path, *options: str) -> tuple[str, ...]:
    """Return the arguments of Python that train one fold; the prepared cases are shared."""
    return (
        *("-m", "trainer", "train", str(data), "--run", str(run), "--preset", "demo"),
        *("--folds", "2", "--device", "cpu", "--cache", str(data.parent / "cache")),
        *("--epochs", str(EPOCHS), "--steps", str(STEPS), *options),
    )


def train(data: Path, run: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Train to the end, with one thread."""
    return subprocess.run(
        [sys.executable, *train_arguments(data, run, *options)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def error_of(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Return the error that the command ended with, in words."""
    return dict(json.loads(done.stderr.strip().splitlines()[-1])["error"])


def result_of(run: Path) -> tuple[str, list[dict[str, object]], str]:
    """Return the hash of the published weights, the loss curve, and the losses of cases."""
    lines, _ = read_lines(run / KEY / "metrics.jsonl")
    curve = [{k: line[k] for k in ("epoch", "loss", "validation_loss", "ema")} for line in lines]
    losses = (run / KEY / "case_losses.jsonl").read_text()
    return file_hash(run / "model" / "fold_2.safetensors"), curve, losses
