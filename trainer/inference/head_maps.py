"""From a network's output channels to one probability per structure."""

from __future__ import annotations

import torch
from torch import Tensor

from trainer.contract.presets import PreprocessingPlan


def structure_probabilities(values: Tensor, plan: PreprocessingPlan, logits: bool) -> Tensor:
    """Return the probability of each structure of `plan`, which sum to 1 everywhere.

    Classes of one structure are added. Regions are painted one over the other in their
    order, so a region counts where no later one covers it.

    Parameters
    ----------
    values : (channels, z, y, x), one for each of the plan's heads.
    logits : whether softmax (for regions sigmoid) is still to come.
    """
    if plan.regions:
        return _of_regions(values.sigmoid() if logits else values, plan)
    classes = values.softmax(dim=0) if logits else values
    if not plan.heads:
        return classes
    result = torch.zeros((len(plan.structures), *values.shape[1:]), device=values.device)
    for channel, structure in enumerate(plan.heads):
        result[structure] += classes[channel]
    return result


def _of_regions(inside: Tensor, plan: PreprocessingPlan) -> Tensor:
    result = torch.zeros((len(plan.structures), *inside.shape[1:]), device=inside.device)
    uncovered = torch.ones(inside.shape[1:], device=inside.device)
    for channel in reversed(range(len(plan.heads))):
        result[plan.heads[channel]] += uncovered * inside[channel]
        uncovered *= 1 - inside[channel]
    result[0] += uncovered
    return result
