"""`predict --forecast`: seconds and memory of each case, with nothing predicted."""

from __future__ import annotations

import argparse
from typing import Any

from trainer.imaging.hashing import volume_hash
from trainer.imaging.image_memory import free_memory
from trainer.imaging.reader import read_image
from trainer.inference.case_forecast import forecast_case
from trainer.inference.input_cases import input_cases
from trainer.inference.loaded_model import choose_device, load_model
from trainer.inference.prediction_group import PredictionSettings, wish_of
from trainer.inference.speed_probe import measure_speed
from trainer.inference.warm_runtimes import WarmRuntimes


def forecasts(args: argparse.Namespace) -> dict[str, Any]:
    """Return the forecast of each case of `predict`'s arguments, and of all: the sum of the
    seconds, the most memory, and the memory that is free now, in 1e9 bytes.

    A network that never ran on this computer predicts a phantom first.
    """
    device, warm = choose_device(args.device), WarmRuntimes()
    models = [load_model(model, args.folds, device, args.runtime, warm) for model in args.model]
    settings = PredictionSettings(args.mirror, args.mode, detailed=args.layout == "project")
    found: dict[str, Any] = {}
    measured = False
    for case, image in input_cases(args.input).items():
        volume = read_image(image)
        wish = wish_of(settings, volume_hash(volume))
        expected = forecast_case(volume, models, wish)
        if not measured and (expected is None or expected.basis != "measured"):
            measured = True
            measure_speed(models, args.mode)
            expected = forecast_case(volume, models, wish)
        found[case] = None if expected is None else expected.model_dump()
    known = [each for each in found.values() if each is not None]
    return {
        "cases": found,
        "seconds": round(sum(each["seconds"] for each in known), 2),
        "memory_gb": max((each["memory_gb"] for each in known), default=None),
        "free_gb": round(free_memory() / 1e9, 2),
        "device": str(device),
    }
