"""The training loss of every case: what the steps compute anyway, kept per case and epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from trainer.training.step_result import StepResult


class CaseLosses:
    """The samples of one epoch, and whose they are.

    Kept are the loss of the finest head and soft voxel counts (the sums of what two masks
    share, of the network's probabilities, of the reference) of kidney, which is all
    foreground, and tumor. Counts are summed over an epoch's patches before anything is
    divided: a patch that holds a sliver of a tumor then weighs a sliver. Nothing is fetched
    from the device before the epoch ends.
    """

    def __init__(self) -> None:
        self._cases: list[str] = []
        self._rows: list[Tensor] = []

    @torch.no_grad()
    def add(self, cases: Sequence[str], result: StepResult, masks: Tensor) -> None:
        """Add one batch: the case of each sample, what the step found, the masks
        (samples, S, A, R)."""
        probabilities = result.logits.float().softmax(1)
        columns = [result.finest_losses]
        for found, reference in (
            (1 - probabilities[:, 0], masks > 0),
            (probabilities[:, 2], masks == 2),
        ):
            overlap = (found * reference).sum((1, 2, 3))
            columns += [overlap, found.sum((1, 2, 3)), reference.sum((1, 2, 3))]
        self._rows.append(torch.stack([column.double() for column in columns], dim=1))
        self._cases += cases

    def by_case(self) -> dict[str, dict[str, Any]]:
        """Return the record of each case that was drawn in the epoch."""
        samples: dict[str, list[list[float]]] = {}
        rows = torch.cat(self._rows).cpu().tolist() if self._rows else []
        for case, row in zip(self._cases, rows, strict=True):
            samples.setdefault(case, []).append(row)
        return {case: _summed(samples[case]) for case in sorted(samples)}

    def clear(self) -> None:
        """Begin the next epoch."""
        self._cases, self._rows = [], []

    def as_checkpoint(self) -> dict[str, Any]:
        """Return the samples so far as a tensor and plain Python."""
        rows = torch.cat(self._rows).cpu() if self._rows else torch.zeros(0, 7)
        return {"cases": list(self._cases), "rows": rows}

    def restore(self, checkpoint: dict[str, Any]) -> None:
        """Take over what `as_checkpoint` returned."""
        self._cases, self._rows = list(checkpoint["cases"]), []
        if self._cases:
            self._rows = [checkpoint["rows"]]


def _summed(rows: list[list[float]]) -> dict[str, Any]:
    sums = [sum(column) for column in zip(*rows, strict=True)]
    return {
        "samples": len(rows),
        "loss": round(sums[0] / len(rows), 5),
        "kidney": [round(count, 1) for count in sums[1:4]],
        "tumor": [round(count, 1) for count in sums[4:7]],
    }
