"""From HU to the network's input values."""

from __future__ import annotations

from torch import Tensor

from trainer.contract.presets import PreprocessingPlan


def normalise(volume: Tensor, plan: PreprocessingPlan) -> Tensor:
    """Return HU clipped to the plan's range, minus its mean, divided by its deviation.

    For KiTS19: [-79, 304], 101 and 76.9 HU, the 0.5 and 99.5 percentiles, the mean and the
    standard deviation of all foreground voxels (the KiTS2019 winner's paper).
    """
    clipped = volume.clamp(plan.clip_low, plan.clip_high)
    return clipped.sub_(plan.mean).div_(plan.deviation)
