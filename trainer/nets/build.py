"""From a configuration to a network with He initialisation."""

from __future__ import annotations

import torch
from torch import nn

from trainer.contract.network_config import NetworkConfig
from trainer.nets.blocks import ResidualBlock
from trainer.nets.encoders import build_encoder
from trainer.nets.unet import UNet

HE_SLOPE = 1e-2


def build_network(config: NetworkConfig, *, seed: int | None = None) -> UNet:
    """Build the network of `config`, He-initialised.

    Parameters
    ----------
    config : the network's shape.
    seed : makes the weights reproducible; None draws from torch's global generator.

    Returns
    -------
    A network in training mode: (batch, input_channels, z, y, x) float32 to a list of
    logits, finest first; after `.eval()` to the finest logits alone. Built on the
    current default device, so `with torch.device("meta")` costs no memory.
    """
    network = UNet(config, build_encoder(config))
    initialise(network, seed)
    if config.zero_last_norm:
        _begin_as_skips(network)
    return network


def initialise(network: nn.Module, seed: int | None = None) -> None:
    """Draw convolution weights from He's normal distribution (slope 0.01, as nnU-Net's
    InitWeights_He) and set their biases to 0; norms keep weight 1 and bias 0."""
    generator = None
    if seed is not None:
        generator = torch.Generator().manual_seed(seed)
    for module in network.modules():
        if isinstance(module, nn.Conv3d | nn.ConvTranspose3d):
            if module.weight.is_meta:
                continue
            nn.init.kaiming_normal_(module.weight, a=HE_SLOPE, generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def _begin_as_skips(network: nn.Module) -> None:
    """Let every residual block add nothing to its skip at first."""
    for module in network.modules():
        if isinstance(module, ResidualBlock):
            nn.init.zeros_(module.norm2.weight)
            nn.init.zeros_(module.norm2.bias)
