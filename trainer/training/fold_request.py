"""What is asked for when a fold is to be trained."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trainer.contract.network_config import NetworkConfig
from trainer.contract.presets import PreprocessingPlan, Preset, Schedule
from trainer.contract.run_folder import task_folder
from trainer.training.compute import Compute


@dataclass(frozen=True)
class FoldRequest:
    """One fold. `key` names the task's folder inside `run`, `cache` holds the prepared
    cases, `publish` is the model's folder. `keep_other` also keeps the weights, best or
    final, that are not published; `tensorboard` writes its event files; `empty_masks` takes
    masks without structures as meant."""

    export: Path
    run: Path
    key: str
    fold: int
    preset: Preset
    network: NetworkConfig
    schedule: Schedule
    compute: Compute
    threads: int
    cache: Path
    publish: Path
    name: str
    seed: int
    init: Path | None = None
    resume: bool = False
    keep_other: bool = False
    tensorboard: bool = False
    empty_masks: bool = False
    about: str = ""
    made_by: str = ""

    @property
    def plan(self) -> PreprocessingPlan:
        """Return the preset's grid and intensities."""
        return self.preset.plan

    @property
    def folder(self) -> Path:
        """Return the task's folder."""
        return task_folder(self.run, self.key)
