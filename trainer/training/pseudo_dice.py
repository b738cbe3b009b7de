"""Dice over all validation patches of an epoch, and its moving average."""

from __future__ import annotations

import torch
from torch import Tensor

DECAY = 0.9


class PseudoDice:
    """Counts agreement over patches. "kidney" is all foreground and "tumor" structure 2,
    as everywhere in the program; a structure in neither mask nor prediction is undefined."""

    def __init__(self) -> None:
        self._counts: dict[str, list[int]] = {"kidney": [0, 0], "tumor": [0, 0]}

    def add(self, logits: Tensor, masks: Tensor) -> None:
        """Count one batch: logits (samples, structures, S, A, R), masks (samples, S, A, R)."""
        predicted = logits.argmax(1)
        for name, ours, theirs in (
            ("kidney", predicted > 0, masks > 0),
            ("tumor", predicted == 2, masks == 2),
        ):
            counts = self._counts[name]
            counts[0] += int(torch.count_nonzero(ours & theirs))
            counts[1] += int(torch.count_nonzero(ours)) + int(torch.count_nonzero(theirs))

    def values(self) -> dict[str, float]:
        """Return the Dice of each structure that is defined."""
        return {name: 2 * both / sum_ for name, (both, sum_) in self._counts.items() if sum_ > 0}


def moving_average(before: float | None, values: dict[str, float]) -> float:
    """Return 0.9 of the average before plus 0.1 of the mean of `values` (the mean itself
    in the first epoch; 0 where nothing is defined)."""
    mean = sum(values.values()) / len(values) if values else 0.0
    return mean if before is None else DECAY * before + (1 - DECAY) * mean
