"""One prediction for the window on its way through the three steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.contract.events import PredictCommand
from trainer.contract.forecast import Forecast
from trainer.contract.prediction_work import PredictionWish
from trainer.imaging.hashing import volume_hash
from trainer.imaging.reader import read_image
from trainer.imaging.volume import Volume
from trainer.inference.case_forecast import forecast_case
from trainer.inference.case_notes import note_case
from trainer.inference.case_prediction import Seconds
from trainer.inference.case_run import CaseRun
from trainer.inference.forward_passes import Tick
from trainer.inference.loaded_model import LoadedModel, choose_device
from trainer.inference.predict_region import predict_region
from trainer.inference.prediction_group import PredictionSettings
from trainer.inference.project_layout import write_project_prediction, write_region
from trainer.inference.warm_models import WarmModels


@dataclass(eq=False)
class ServedCase:
    """A whole case, or a region of one where the command has one."""

    command: PredictCommand
    tick: Tick
    models: list[LoadedModel]
    volume: Volume
    seconds: Seconds
    run: CaseRun | None = None
    mask: NDArray[np.uint8] | None = None
    alone: bool = True
    runtimes: tuple[dict[str, Any], ...] = field(default=())

    @classmethod
    def prepared(cls, command: PredictCommand, warm: WarmModels, tick: Tick) -> ServedCase:
        """Load the models, read the CT, and resample it where all of it is predicted."""
        seconds = Seconds()
        tick("load", 0, 0)
        device = choose_device(command.device)
        with seconds.timed("load"):
            models = [
                warm.get(Path(model), command.folds, device, command.runtime)
                for model in command.models
            ]
        tick("read", 0, 0)
        with seconds.timed("read"):
            volume = read_image(Path(command.image))
        case = cls(command, tick, models, volume, seconds)
        if command.region is None:
            settings = PredictionSettings(mirror=command.mirror, mode=command.mode)
            case.run = CaseRun(command.case, volume, models, settings, tick, seconds)
        return case

    def forecast(self) -> Forecast | None:
        """Return what it is going to take; None where nothing was measured here yet."""
        command = self.command
        wish = PredictionWish(
            command.mirror, command.mode, True, command.region, volume_hash(self.volume)
        )
        return forecast_case(self.volume, self.models, wish)

    def compute(self) -> None:
        """Run the networks."""
        if self.run is not None:
            self.run.compute()
        elif self.command.region is not None:
            self.mask = predict_region(
                self.volume, self.command.region, self.models, self.tick, self.seconds
            )

    def write(self) -> None:
        """Restore and write what was computed."""
        out, geometry = Path(self.command.out), self.volume.geometry
        prediction = None if self.run is None else self.run.prediction()
        self.tick("write", 1, 1)
        with self.seconds.timed("write"):
            if prediction is not None:
                seconds = self.seconds.rounded()
                write_project_prediction(out, prediction, geometry, seconds)
            elif self.mask is not None:
                write_region(out, self.mask, geometry)
        if self.run is not None:
            note_case(self.run, self.seconds, alone=self.alone)
