"""What one batch came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class StepResult:
    """Each sample's loss over all heads and at the finest head, (samples,), and the finest
    logits (samples, structures, S, A, R)."""

    losses: Tensor
    finest_losses: Tensor
    logits: Tensor

    def detached(self) -> StepResult:
        """Return the numbers without what they were computed from."""
        return StepResult(self.losses.detach(), self.finest_losses, self.logits)


def joined(parts: Sequence[StepResult]) -> StepResult:
    """Return one result for samples that were computed one by one."""
    return StepResult(
        torch.cat([part.losses for part in parts]),
        torch.cat([part.finest_losses for part in parts]),
        torch.cat([part.logits for part in parts]),
    )
