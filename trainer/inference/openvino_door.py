"""The one place that imports OpenVINO, silent and only where it is asked for."""

from __future__ import annotations

import importlib
import sys
from functools import cache
from typing import Any

from trainer.contract.errors import KitsDeskError


class OpenVinoMissing(KitsDeskError):
    """OpenVINO is not installed, or does not load on this computer."""


@cache
def openvino() -> Any:
    """Return the module.

    Its own import sends an event to an analytics host unless its telemetry package looks
    absent, so that is what it finds.

    Raises
    ------
    OpenVinoMissing : with the reason.
    """
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    try:
        return importlib.import_module("openvino")
    except (ImportError, OSError, RuntimeError) as error:
        raise OpenVinoMissing(f"OpenVINO cannot be loaded: {error}.") from error


@cache
def openvino_core() -> Any:
    """Return the process's one `Core`; raises OpenVinoMissing."""
    return openvino().Core()


def computes_bf16() -> bool:
    """Return whether this CPU has instructions for bfloat16; raises OpenVinoMissing."""
    return "BF16" in openvino_core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
