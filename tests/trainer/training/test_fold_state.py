"""The optimizer of a fold: stochastic gradient descent with Nesterov momentum, by hand."""

from __future__ import annotations

import pytest
import torch

from tests.trainer.training.tiny_folds import NETWORK
from trainer.contract.presets import PRESETS, Schedule
from trainer.nets.build import build_network
from trainer.training.compute import Compute
from trainer.training.fold_state import FoldState

CPU = Compute(torch.device("cpu"), None)


def state_of(schedule: Schedule) -> FoldState:
    return FoldState(build_network(NETWORK, seed=1).double(), schedule, CPU)


@pytest.mark.parametrize("name", PRESETS)
def test_the_optimizer_has_the_presets_numbers(name: str) -> None:
    schedule = PRESETS[name].schedule
    group = state_of(schedule).optimizer.param_groups[0]
    assert (group["lr"], group["momentum"]) == (schedule.learning_rate, schedule.momentum)
    assert (group["weight_decay"], group["nesterov"]) == (3e-5, True)
    assert (group["dampening"], group["maximize"]) == (0, False)


def test_three_steps_are_nesterovs_with_weight_decay() -> None:
    state = state_of(PRESETS["kits2019"].schedule)
    weight = state.network.decoder[0].get_parameter("head.weight")
    expected, velocity = weight.detach().clone(), torch.zeros_like(weight)
    for step in range(3):
        for parameter in state.network.parameters():
            parameter.grad = torch.full_like(parameter, 0.5 + step)
        slope = 0.5 + step + 3e-5 * expected
        velocity = 0.99 * velocity + slope
        expected = expected - 0.01 * (slope + 0.99 * velocity)
        state.optimizer.step()
    torch.testing.assert_close(weight.detach(), expected, rtol=1e-12, atol=1e-12)
