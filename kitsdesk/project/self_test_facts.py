"""What is known of this computer's speed: a plain record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trainer.contract.forecast import Forecast

SelfTestState = Literal["running", "done", "cancelled", "failed"]


@dataclass(frozen=True)
class SelfTestFacts:
    """A timed prediction of one phantom. `fraction` is 0–1 of the test, `device` "" until the
    trainer named it; `seconds_per_case` is the estimate for `folds` folds, None until then, and
    `full_size` what a CT of KiTS19's usual size then takes, None where that is not known."""

    state: SelfTestState
    device: str = ""
    phase: str = ""
    fraction: float = 0.0
    folds: int = 0
    seconds_per_case: float | None = None
    full_size: Forecast | None = None
    problem: str = ""
