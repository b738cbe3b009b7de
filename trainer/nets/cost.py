"""What a network costs: its parameters and the multiply-accumulates of one patch."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import torch
from torch import Tensor, nn

from trainer.contract.network_config import NetworkConfig
from trainer.nets.build import build_network


@dataclass(frozen=True)
class NetworkCost:
    """Parameters, and 1e9 multiply-accumulates of all convolutions for one patch."""

    parameters: int
    gmac: float


def count_parameters(network: nn.Module) -> int:
    """Return how many numbers training changes."""
    return sum(parameter.numel() for parameter in network.parameters())


def network_cost(config: NetworkConfig, patch: tuple[int, int, int]) -> NetworkCost:
    """Count on torch's meta device, which computes shapes only.

    Parameters
    ----------
    config : the network.
    patch : (z, y, x) voxels, divisible by `config.divisor`.
    """
    total = 0

    def add(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal total
        if isinstance(module, nn.ConvTranspose3d):
            total += inputs[0].numel() * module.out_channels * prod(module.kernel_size)
        elif isinstance(module, nn.Conv3d):
            total += output.numel() * module.in_channels * prod(module.kernel_size)

    with torch.device("meta"), torch.no_grad():
        network = build_network(config)
        for module in network.modules():
            module.register_forward_hook(add)
        network(torch.empty(1, config.input_channels, *patch))
    return NetworkCost(count_parameters(network), total / 1e9)
