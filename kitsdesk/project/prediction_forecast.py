"""What predicting cases of a project will take, from what is known before anything is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from kitsdesk.project.case_record import CaseRecord
from kitsdesk.project.model_shelf import Models
from kitsdesk.project.run_specs import PredictOptions
from kitsdesk.project.workspace import Workspace
from trainer.contract.forecast import Forecast, forecast
from trainer.contract.machine_speed import MachineSpeed, read_speed
from trainer.contract.model_manifest import ModelManifest
from trainer.contract.prediction_work import CaseGrid, PredictionWish
from trainer.imaging.geometry import Geometry
from trainer.imaging.orientation import orientation_of

Box = tuple[int, int, int, int, int, int]


@dataclass(frozen=True)
class CasesForecast:
    """`seconds` of so many `cases` one after the other, the most memory that any takes, in
    1e9 bytes; cases whose image was never read count as the mean of the others."""

    cases: int
    seconds: float
    memory_gb: float
    least_gb: float
    measured: bool


class PredictionForecasts:
    """Reads the models and the notes of this computer's speed once; make a new one later."""

    def __init__(
        self, workspace: Workspace, options: PredictOptions, device: str, speed: Path
    ) -> None:
        """`device` is what "auto" stands for here, `speed` the file of the notes."""
        self._workspace = workspace
        self._options = options
        self._device = device if options.device == "auto" else options.device
        self._speed: MachineSpeed = read_speed(speed)
        shelf = Models(workspace)
        self._models: list[tuple[ModelManifest, tuple[int, ...]]] = []
        for name in shelf.in_use():
            manifest = shelf.manifest(name)
            folds = tuple(entry.fold for entry in manifest.folds)
            self._models.append((manifest, folds))

    def of_case(self, case: str, region: Box | None = None) -> Forecast | None:
        """Return what one case takes; None where its image was never read, no model is in
        use, or nothing was ever measured on this computer."""
        return self._of(self._workspace.case(case), region)

    def of_cases(self, cases: Sequence[str]) -> CasesForecast | None:
        """Return what so many cases take, None where nothing is known of any."""
        chosen = set(cases)
        records = [record for record in self._workspace.cases() if record.case in chosen]
        told = [found for record in records if (found := self._of(record, None)) is not None]
        if not told:
            return None
        return CasesForecast(
            cases=len(cases),
            seconds=mean(each.seconds for each in told) * len(cases),
            memory_gb=max(each.memory_gb for each in told),
            least_gb=max(each.least_gb for each in told),
            measured=all(each.basis == "measured" for each in told),
        )

    def _of(self, record: CaseRecord, region: Box | None) -> Forecast | None:
        if record.geometry is None or not self._models:
            return None
        options = self._options
        wish = PredictionWish(options.mirror, options.mode, True, region, record.image_hash or "")
        grid = grid_of(record.geometry)
        return forecast(grid, self._models, wish, self._speed, self._device)


def grid_of(geometry: Geometry) -> CaseGrid:
    """Return a file's grid in the views' axes."""
    places = orientation_of(geometry.direction).file_axis
    z, y, x = (geometry.size[axis] for axis in places)
    dz, dy, dx = (geometry.spacing[axis] for axis in places)
    slow, middle, fast = (places.index(axis) for axis in (2, 1, 0))
    return CaseGrid((z, y, x), (dz, dy, dx), (slow, middle, fast))
