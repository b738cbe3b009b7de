"""A run of trainings on the cluster, followed by nothing but `kitsdesk-trainer run`."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from trainer.contract.jsonfile import write_json
from trainer.contract.run_folder import RunSpec, TaskSpec
from trainer.engines.task_process import read_proof

CPU = {"gpus_per_task": 0}


class FollowedRun:
    """Its folder, and the verbs of `kitsdesk-trainer run` on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self, **options: object) -> dict:
        words = json.dumps(CPU | options)
        return self._ask("start", "--engine", "slurm", "--options", words)[0]

    def verb(self, verb: str, *more: str) -> list[dict]:
        return self._ask(verb, *more)

    def status(self) -> dict[str, dict]:
        return {record["key"]: record for record in self._ask("status")}

    def one(self) -> dict:
        (record,) = self.status().values()
        return record

    def wait(self, condition, seconds: float = 300.0, seen: list | None = None) -> dict:
        """Wait until `condition(record)` holds for the run's one task; return the record."""
        end = time.monotonic() + seconds
        while not condition(record := self.one()):
            assert time.monotonic() < end, f"it never happened: {record}\n{self.logs()}"
            if seen is not None:
                seen.append(record)
            time.sleep(0.5)
        return record

    def ended_well(self, seconds: float = 300.0) -> None:
        """Wait for DONE, and look at the weights."""
        end = time.monotonic() + seconds
        while True:
            records = self.status()
            states = {record["state"] for record in records.values()}
            if states == {"done"}:
                break
            assert not states & {"failed", "cancelled"}, f"{records}\n{self.logs()}"
            assert time.monotonic() < end, f"{records}\n{self.logs()}"
            time.sleep(0.5)
        for key in records:
            assert read_proof(self.folder / key) is not None
        for weights in self.weights():
            assert all(np.isfinite(array).all() for array in load_file(weights).values())

    def weights(self) -> list[Path]:
        found = sorted(self.folder.glob("model/*.safetensors"))
        assert found
        return found

    def logs(self) -> str:
        files = [*self.folder.glob("slurm/*.log"), *self.folder.glob("**/log.txt")]
        return "\n".join(f"{file}:\n{file.read_text()[-800:]}" for file in files)

    def _ask(self, verb: str, *more: str) -> list[dict]:
        done = subprocess.run(
            [sys.executable, "-m", "trainer", "run", verb, str(self.folder), *more],
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


def training_run(folder: Path, data: Path, epochs: int = 1, steps: int = 1) -> FollowedRun:
    """Write the folder of a run that trains fold 0."""
    argv = ("train", str(data), "--run", str(folder), "--task", "residual/fold_0", "--folds", "0")
    argv += ("--preset", "demo", "--device", "cpu", "--name", "one")
    argv += ("--epochs", str(epochs), "--steps", str(steps))
    task = TaskSpec(key="residual/fold_0", argv=argv, title="residual, fold 0")
    spec = RunSpec(kind="train", title="Training", created="2026-01-01", tasks=(task,))
    write_json(folder / "run.json", spec)
    return FollowedRun(folder)
