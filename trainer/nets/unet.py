"""The shared expanding half, and the U-Net that joins it to one of the encoders."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from trainer.contract.network_config import NetworkConfig
from trainer.nets.blocks import ConvolutionBlock


class DecoderStage(nn.Module):
    """Transposed convolution, concatenation with the skip, convolution blocks, head."""

    def __init__(self, config: NetworkConfig, level: int) -> None:
        super().__init__()
        deeper, features = config.features[level + 1], config.features[level]
        stride = config.strides[level + 1]
        self.up = nn.ConvTranspose3d(
            deeper, features, stride, stride=stride, bias=config.transposed_bias
        )
        self.blocks = nn.Sequential(
            *(
                ConvolutionBlock(config, channels, features, kernel=config.kernel(level))
                for channels in (2 * features, *[features] * (config.decoder_blocks - 1))
            )
        )
        self.head = nn.Conv3d(features, config.structures, 1, bias=config.head_bias)

    def forward(self, deeper: Tensor, skip: Tensor) -> Tensor:
        """Return the features of this level, without the head."""
        out: Tensor = self.blocks(torch.cat((self.up(deeper), skip), dim=1))
        return out


class UNet(nn.Module):
    """An encoder with the decoder stages, which are stored finest first."""

    def __init__(self, config: NetworkConfig, encoder: nn.Module) -> None:
        super().__init__()
        self.config = config
        self.encoder = encoder
        self.decoder = nn.ModuleList(
            DecoderStage(config, level) for level in range(len(config.features) - 1)
        )

    def forward(self, x: Tensor) -> list[Tensor] | Tensor:
        """Return logits (batch, structures, z, y, x).

        In training mode with deep supervision: a list, one entry per decoder level,
        finest first. Otherwise the finest logits only.
        """
        skips: list[Tensor] = self.encoder(x)
        features = skips.pop()
        every_head = self.training and self.config.deep_supervision
        logits: list[Tensor] = []
        for level in reversed(range(len(self.decoder))):
            stage = cast("DecoderStage", self.decoder[level])
            features = stage(features, skips.pop())
            if every_head or level == 0:
                logits.append(stage.head(features))
        return logits[::-1] if every_head else logits[0]
