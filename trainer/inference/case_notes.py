"""What a whole case was measured to take, kept for the next one's forecast."""

from __future__ import annotations

from collections.abc import Sequence

from trainer.contract.forecast import masks_of, weights_gb
from trainer.contract.machine_speed import read_speed, speed_file, write_speed
from trainer.contract.prediction_work import ModelWork, PredictionWish, model_works
from trainer.inference.case_forecast import case_grid
from trainer.inference.case_prediction import Seconds
from trainer.inference.case_run import CaseRun
from trainer.inference.prediction_group import wish_of

_MILLION = 1e6


def note_case(run: CaseRun, seconds: Seconds, *, alone: bool) -> None:
    """Keep what a case took. Beside other cases (not `alone`) its reading and writing shared
    the computer, and only its tiles count."""
    file = speed_file()
    speed = run.notes.into(read_speed(file))
    if alone:
        wish = wish_of(run.settings, run.image_hash)
        models = run.groups[-1].models.values()
        chosen = [(model.manifest, model.folds) for model in models]
        works = model_works(case_grid(run.volume), chosen, wish)
        speed = speed.with_rates(_rates(run.volume.array.size, works, wish, seconds))
    write_speed(file, speed)


def note_loading(weights_gb_in_all: float, seconds: float) -> None:
    """Keep how long the proof of the models' files took."""
    if weights_gb_in_all:
        file = speed_file()
        write_speed(file, read_speed(file).with_rates({"load": seconds / weights_gb_in_all}))


def _rates(
    voxels: int, works: Sequence[ModelWork], wish: PredictionWish, seconds: Seconds
) -> dict[str, float]:
    masks, files = masks_of(works, wish)
    million = voxels / _MILLION
    units = {
        "load": sum(weights_gb(work) for work in works),
        "read": million,
        "resample": million * len({work.grid for work in works}),
        "write": million * files,
    }
    if wish.mode == "exact":
        units["restore"] = million * masks
    took = seconds.by_phase
    return {
        phase: round(took[phase] / unit, 6)
        for phase, unit in units.items()
        if took.get(phase) and unit
    }
