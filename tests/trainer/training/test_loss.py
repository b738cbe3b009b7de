from __future__ import annotations

import math

import pytest
import torch

from trainer.training.loss import (
    dice_and_cross_entropy,
    downsample_masks,
    soft_dice,
    supervised_loss,
    supervision_weights,
)
from trainer.training.pseudo_dice import PseudoDice, moving_average


def logits_of(probabilities: list[list[float]]) -> torch.Tensor:
    """Return (1, structures, 1, 1, voxels) logits whose softmax is given per voxel."""
    return torch.tensor(probabilities).T.log()[None, :, None, None, :]


def test_one_sample_by_hand() -> None:
    logits = logits_of([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4]])
    mask = torch.tensor([0, 1, 2], dtype=torch.uint8).view(1, 1, 1, 3)
    kidney = (2 * 0.8 + 1e-5) / (0.2 + 0.8 + 0.3 + 1 + 1e-5)
    tumor = (2 * 0.4 + 1e-5) / (0.1 + 0.1 + 0.4 + 1 + 1e-5)
    cross_entropy = -(math.log(0.7) + math.log(0.8) + math.log(0.4)) / 3
    assert soft_dice(logits, mask).item() == pytest.approx((kidney + tumor) / 2, rel=1e-5)
    expected = cross_entropy - (kidney + tumor) / 2
    assert dice_and_cross_entropy(logits, mask).item() == pytest.approx(expected, rel=1e-5)


def test_dice_is_per_sample_and_an_absent_structure_counts_as_found() -> None:
    sure = torch.full((2, 3, 1, 1, 2), -60.0)
    sure[:, 1] = 60.0
    mask = torch.ones((2, 1, 1, 2), dtype=torch.uint8)
    assert soft_dice(sure, mask).item() == pytest.approx(1.0, abs=1e-4)
    mask[1] = 0
    assert soft_dice(sure, mask).item() == pytest.approx((1 + 1 + 0 + 1) / 4, abs=1e-4)


def test_supervision_weights_are_the_methods() -> None:
    weights = supervision_weights(5)
    assert [round(weight, 4) for weight in weights] == [0.5333, 0.2667, 0.1333, 0.0667, 0]
    assert supervision_weights(1) == (1.0,)
    assert supervision_weights(3) == pytest.approx((2 / 3, 1 / 3, 0))


def test_targets_are_nearest_exact() -> None:
    masks = torch.randint(0, 3, (2, 8, 12, 6), dtype=torch.uint8)
    expected = torch.nn.functional.interpolate(
        masks[:, None].float(), size=(4, 4, 6), mode="nearest-exact"
    )[:, 0]
    assert torch.equal(downsample_masks(masks, (4, 4, 6)).float(), expected)


def test_the_supervised_loss_weighs_the_heads() -> None:
    generator = torch.Generator().manual_seed(0)
    mask = torch.randint(0, 3, (2, 4, 8, 8), generator=generator, dtype=torch.uint8)
    heads = [torch.randn(2, 3, 4, 8 // n, 8 // n, generator=generator) for n in (1, 2, 4)]
    expected = 2 / 3 * dice_and_cross_entropy(heads[0], mask)
    expected = expected + 1 / 3 * dice_and_cross_entropy(heads[1], mask[:, :, 1::2, 1::2])
    assert supervised_loss(heads, mask).item() == pytest.approx(expected.item(), rel=1e-6)


def test_pseudo_dice_counts_over_all_batches() -> None:
    counted = PseudoDice()
    for truth, found in (([0, 1, 2, 2], [1, 1, 2, 0]), ([0, 0, 0, 0], [0, 2, 0, 0])):
        logits = torch.nn.functional.one_hot(torch.tensor(found), 3).T.view(1, 3, 1, 1, 4).float()
        counted.add(logits, torch.tensor(truth).view(1, 1, 1, 4))
    assert counted.values() == pytest.approx({"kidney": 2 * 2 / (4 + 3), "tumor": 2 * 1 / (2 + 2)})
    assert PseudoDice().values() == {}


def test_the_moving_average_starts_at_the_first_value() -> None:
    first = moving_average(None, {"kidney": 0.8, "tumor": 0.4})
    assert first == pytest.approx(0.6)
    assert moving_average(first, {"kidney": 1.0}) == pytest.approx(0.9 * 0.6 + 0.1)
    assert moving_average(None, {}) == 0.0
