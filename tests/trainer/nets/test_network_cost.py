from __future__ import annotations

import pytest
import torch

from trainer.contract.network_config import Architecture
from trainer.contract.presets import ALTERNATIVE_BLOCKS, preset
from trainer.nets.build import build_network
from trainer.nets.cost import network_cost


@pytest.mark.parametrize(
    ("name", "architecture", "parameters", "gmac"),
    [
        ("kits2019", "plain", 29_688_080, 616.7),
        ("kits2019", "residual", 62_095_375, 536.1),
        ("kits2019", "preact", 62_094_143, 536.1),
        ("nnunet-v2", "residual", 62_001_191, 536.1),
        ("demo", "residual", 431_785, None),
    ],
)
def test_parameters_and_cost_are_the_methods(
    name: str, architecture: Architecture, parameters: int, gmac: float | None
) -> None:
    chosen = preset(name)
    cost = network_cost(chosen.network(architecture), chosen.plan.patch)
    assert cost.parameters == parameters
    if gmac is not None:
        assert round(cost.gmac, 1) == gmac


@pytest.mark.parametrize("architecture", ["plain", "residual", "preact"])
def test_five_heads_finest_first_with_layout_a(architecture: Architecture) -> None:
    config = preset("kits2019").network(architecture)
    with torch.device("meta"):
        network = build_network(config)
        heads = network(torch.empty(1, 1, 80, 160, 160))
        assert [tuple(head.shape[1:]) for head in heads] == [
            (3, 80, 160, 160),
            (3, 80, 80, 80),
            (3, 40, 40, 40),
            (3, 20, 20, 20),
            (3, 10, 10, 10),
        ]
        assert network.eval()(torch.empty(1, 1, 80, 160, 160)).shape == (1, 3, 80, 160, 160)


def test_the_alternative_blocks_cost_little_and_weigh_much() -> None:
    chosen = preset("kits2019")
    cost = network_cost(chosen.network("residual", ALTERNATIVE_BLOCKS), chosen.plan.patch)
    assert cost.parameters == 78_688_015
    assert round(cost.gmac, 1) == 543.1
