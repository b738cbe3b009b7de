from __future__ import annotations

from math import prod

import torch
from hypothesis import given
from hypothesis import strategies as st

from trainer.contract.presets import PRESETS, preset
from trainer.inference.cpu_arrangement import trial_patch
from trainer.nets.build import build_network

STEPS = st.tuples(*[st.integers(1, 9)] * 3)
DIVISORS = st.tuples(*[st.sampled_from([1, 4, 16, 32])] * 3)


def test_the_ways_of_a_full_size_network_are_tried_on_a_small_part_of_its_patch() -> None:
    for name in PRESETS:
        plan = preset(name).plan
        for architecture in preset(name).features:
            config = preset(name).network(architecture)
            found = trial_patch(plan.patch, config.divisor)
            assert prod(found) <= 1 << 18
            assert all(a <= b for a, b in zip(found, plan.patch, strict=True))
    assert trial_patch((80, 160, 160), (16, 32, 32)) == (32, 64, 64)


@given(STEPS, DIVISORS)
def test_a_trial_is_a_patch_that_the_network_takes(
    steps: tuple[int, int, int], divisor: tuple[int, int, int]
) -> None:
    patch = tuple(n * step for n, step in zip(steps, divisor, strict=True))
    found = trial_patch(patch, divisor)
    for side, step, whole in zip(found, divisor, patch, strict=True):
        assert side % step == 0
        assert min(2 * step, whole) <= side <= whole
    small = prod(found) <= 1 << 18
    assert small or all(side <= 2 * step for side, step in zip(found, divisor, strict=True))


def test_a_network_runs_on_its_trial_patch() -> None:
    chosen = preset("demo")
    config = chosen.network("residual")
    patch = trial_patch(tuple(8 * side for side in chosen.plan.patch), config.divisor)
    with torch.inference_mode():
        network = build_network(config).eval()
        assert network(torch.zeros(1, config.input_channels, *patch)).shape[2:] == patch
