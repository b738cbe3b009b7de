"""What a cross-validation is asked for, and where it puts things."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trainer.contract.network_config import Architecture
from trainer.contract.run_folder import task_folder

PREDICT_KEY = "predict"
TABLE_KEY = "table"


@dataclass(frozen=True)
class CrossvalRequest:
    """`networks` maps each architecture to the name of its model, in the order of the table.

    `models` and `predictions` are the folders that hold them by name, as in a project.
    `reference` holds the original reference masks where the export has curated ones.
    `mirror` averages eight passes of the fold that did not see a case; `surface` also
    measures the surface Dice.
    """

    export: Path
    run: Path
    networks: dict[Architecture, str]
    folds: tuple[int, ...]
    models: Path
    predictions: Path
    mirror: bool = True
    surface: bool = True
    device: str = "auto"
    reference: Path | None = None

    @property
    def keys(self) -> dict[str, str]:
        """Return the predictions' names by the name of their row: each network, and with
        several their softmax ensemble."""
        rows = {str(architecture): name for architecture, name in self.networks.items()}
        if len(rows) > 1:
            rows["ensemble"] = "+".join(self.networks.values())
        return rows

    @property
    def all_together(self) -> str:
        """Return the name of the predictions by all networks together."""
        return "+".join(self.networks.values())

    def proof(self, case: str) -> Path:
        """Return the file that proves the predictions of `case`."""
        return task_folder(self.run, PREDICT_KEY) / "cases" / f"{case}.json"
