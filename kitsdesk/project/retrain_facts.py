"""What the Retrain folds… sheet shows, and what a person chose there."""

from __future__ import annotations

from dataclasses import dataclass, field

from trainer.contract.engine_plan import EnginePlan
from trainer.contract.network_config import Architecture


@dataclass(frozen=True)
class ArchitectureChoice:
    """One network with its size: parameters, and GMAC per patch of the preset."""

    architecture: Architecture
    parameters: int
    gmac: float


@dataclass(frozen=True)
class FoldSize:
    """Held-out cases of one fold."""

    fold: int
    reviewed: int
    unreviewed: int


@dataclass(frozen=True)
class RetrainFacts:
    """Numbers for the sheet; gigabytes are 1e9 bytes, seconds are estimates or None."""

    cases: int
    total_cases: int
    excluded: int
    last_export: str
    changed: dict[str, int]
    folds: tuple[FoldSize, ...]
    unreviewed_note: str
    presets: tuple[str, ...]
    architectures: dict[str, tuple[ArchitectureChoice, ...]]
    preset_notes: dict[str, str]
    current_model: str
    warm_start_problem: str
    disk_gb: float
    disk_free_gb: float
    memory_gb: float
    memory_free_gb: float
    seconds_per_fold: dict[str, float | None]
    device: str
    problem: str = ""


@dataclass(frozen=True)
class RetrainChoice:
    """The choices of the sheet, as the run is made from them."""

    architectures: tuple[Architecture, ...]
    preset: str
    folds: tuple[int, ...]
    warm_start: bool
    plan: EnginePlan = field(default_factory=EnginePlan)
    epochs: int | None = None
    steps: int | None = None
