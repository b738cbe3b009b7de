"""What is kept of each sample, by hand: a cyst is kidney and never tumor."""

from __future__ import annotations

import pytest
import torch

from trainer.training.case_losses import CaseLosses
from trainer.training.step_result import StepResult


def test_counts_are_soft_voxels_of_all_foreground_and_of_structure_two() -> None:
    shares = torch.tensor([[0.7, 0.1, 0.1, 0.1], [0.1, 0.2, 0.6, 0.1], [0.2, 0.1, 0.1, 0.6]])
    logits = shares.T.log()[None, :, None, None, :].repeat(2, 1, 1, 1, 1)
    masks = torch.tensor([[0, 2, 3], [1, 0, 0]], dtype=torch.uint8)[:, None, None, :]
    losses = torch.tensor([0.25, 0.75])
    kept = CaseLosses()
    kept.add(("a", "b"), StepResult(losses, losses, logits), masks)
    kept.add(("a", "a"), StepResult(losses, losses, logits), masks)
    found = kept.by_case()
    foreground = 0.3 + 0.9 + 0.8
    assert (found["a"]["samples"], found["b"]["samples"]) == (3, 1)
    assert found["a"]["loss"] == pytest.approx((0.25 + 0.25 + 0.75) / 3, abs=1e-4)
    assert found["b"]["kidney"] == pytest.approx([0.3, foreground, 1], abs=0.06)
    assert found["b"]["tumor"] == pytest.approx([0.0, 0.8, 0], abs=0.06)
    assert found["a"]["kidney"] == pytest.approx([2 * 1.7 + 0.3, 3 * foreground, 5], abs=0.06)
    assert found["a"]["tumor"] == pytest.approx([2 * 0.6, 3 * 0.8, 2], abs=0.06)
    kept.clear()
    assert kept.by_case() == {}
