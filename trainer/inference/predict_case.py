"""One case through all folds of the models in use, from beginning to end."""

from __future__ import annotations

from collections.abc import Sequence

from trainer.imaging.volume import Volume
from trainer.inference.case_prediction import CasePrediction, Seconds
from trainer.inference.case_run import CaseRun
from trainer.inference.forward_passes import Tick
from trainer.inference.loaded_model import LoadedModel
from trainer.inference.prediction_group import PredictionSettings


def predict_case(
    case: str,
    volume: Volume,
    models: Sequence[LoadedModel],
    settings: PredictionSettings,
    tick: Tick = lambda phase, done, total: None,
    seconds: Seconds | None = None,
) -> CasePrediction:
    """Predict a CT with every loaded fold and return what a project keeps of it.

    Parameters are those of `CaseRun`.

    Raises
    ------
    ModelsDisagree : the models cannot predict together.
    """
    run = CaseRun(case, volume, models, settings, tick, seconds)
    run.compute()
    return run.prediction()


def predict_each_and_all(
    case: str,
    volume: Volume,
    models: Sequence[LoadedModel],
    settings: PredictionSettings,
    tick: Tick = lambda phase, done, total: None,
    seconds: Seconds | None = None,
) -> dict[str, CasePrediction]:
    """Predict a CT with each model alone and with all together, every pass run once.

    Parameters are those of `CaseRun`; `settings.heldout` is "mirrored" or "plain", which
    mean the same for one model as for several.

    Returns
    -------
    The models' names joined by "+" → prediction; a model alone has its own name.

    Raises
    ------
    ModelsDisagree : the models cannot predict together.
    ValueError : `settings.heldout` is "as members".
    """
    if settings.heldout == "as members":
        raise ValueError("one model and several would run different passes")
    run = CaseRun(case, volume, models, settings, tick, seconds, separately=True)
    run.compute()
    return run.predictions()
