"""What the outputs of guests mean: classes of one structure, and regions one over the other."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from trainer.contract.presets import PreprocessingPlan
from trainer.inference.grid_map import GridMap
from trainer.inference.head_maps import structure_probabilities
from trainer.inference.restore import restore_mask
from trainer.preprocessing.resample import axis_operators

NAMES = ("background", "kidney", "tumor", "cyst")
SHAPE = (6, 7, 8)


def plan(heads: tuple[int, ...], *, regions: bool = False) -> PreprocessingPlan:
    return PreprocessingPlan(
        spacing=(1, 1, 1),
        patch=(8, 8, 8),
        structures=NAMES[: max(heads, default=2) + 1],
        heads=heads,
        regions=regions,
    )


def logits(channels: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(channels)
    return torch.randn((channels, *SHAPE), generator=generator) * 2


def test_classes_of_one_structure_are_added() -> None:
    values = logits(4)
    soft = values.softmax(0)
    found = structure_probabilities(values, plan((0, 1, 1, 2)), logits=True)
    assert torch.allclose(found[1], soft[1] + soft[2])
    assert torch.allclose(found[2], soft[3])
    assert torch.allclose(structure_probabilities(soft, plan((0, 1, 1, 2)), logits=False), found)


def test_our_own_classes_are_left_as_they_are() -> None:
    values = logits(3)
    assert torch.equal(structure_probabilities(values, plan(()), logits=True), values.softmax(0))


def test_regions_become_shares_that_sum_to_one() -> None:
    values = logits(3)
    inside = values.sigmoid()
    found = structure_probabilities(values, plan((1, 3, 2), regions=True), logits=True)
    assert torch.allclose(found.sum(0), torch.ones(SHAPE), atol=1e-6)
    assert torch.allclose(found[2], inside[2])
    assert torch.allclose(found[3], inside[1] * (1 - inside[2]))


def test_regions_are_painted_in_their_order_above_one_half() -> None:
    values = logits(3)
    operators = axis_operators(SHAPE, SHAPE, "linear", None)
    mask = restore_mask([GridMap(values, operators, (1, 3, 2), regions=True)])
    expected = np.zeros(SHAPE, np.uint8)
    for channel, structure in enumerate((1, 3, 2)):
        expected[values[channel].sigmoid().numpy() > 0.5] = structure
    assert np.array_equal(mask, expected)
    assert set(np.unique(mask)) == {0, 1, 2, 3}


@pytest.mark.parametrize("heads", [(0, 2, 1), (0, 1, 1, 2)])
def test_the_largest_class_gives_its_structure(heads: tuple[int, ...]) -> None:
    values = logits(len(heads))
    operators = axis_operators(SHAPE, SHAPE, "linear", None)
    mask = restore_mask([GridMap(values, operators, heads)])
    assert np.array_equal(mask, np.asarray(heads, np.uint8)[values.argmax(0).numpy()])
