"""What a case will take, told from its CT, the loaded models and what is known here."""

from __future__ import annotations

from collections.abc import Sequence

from trainer.contract.forecast import Forecast, forecast
from trainer.contract.machine_speed import read_speed, speed_file
from trainer.contract.prediction_work import CaseGrid, PredictionWish
from trainer.imaging.image_memory import free_memory
from trainer.imaging.orientation import orientation_of
from trainer.imaging.volume import Volume
from trainer.inference.loaded_model import LoadedModel
from trainer.inference.memory_ladder import MemoryLadder
from trainer.inference.peak_memory import memory_now_gb


def case_grid(volume: Volume) -> CaseGrid:
    """Return a CT's grid as forecasts take it."""
    places = orientation_of(volume.geometry.direction).file_axis
    slow, middle, fast = (places.index(axis) for axis in (2, 1, 0))
    return CaseGrid(volume.shape, volume.spacing, (slow, middle, fast))


def forecast_case(
    volume: Volume, models: Sequence[LoadedModel], wish: PredictionWish
) -> Forecast | None:
    """Return what predicting the CT will take; None where nothing was measured here yet."""
    chosen = [(model.manifest, model.folds) for model in models]
    device = str(models[0].device)
    return forecast(case_grid(volume), chosen, wish, read_speed(speed_file()), device)


def make_it_fit(ladder: MemoryLadder, expected: Forecast, model: LoadedModel) -> None:
    """Take the first step down before it starts, where the computer has too little memory.

    A system that runs out of main memory ends a process instead of telling it; a GPU tells,
    and the ladder is climbed down when it does.
    """
    needed = expected.memory_gb - memory_now_gb()
    if model.device.type == "cpu" and expected.at_once > 1 and needed > free_memory() / 1e9:
        ladder.step_down(model.device, expected.at_once)
