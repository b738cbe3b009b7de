"""The shared expanding half, and the U-Net that joins it to one of the encoders."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.functional import conv3d

from trainer.contract.network_config import NetworkConfig
from trainer.nets.blocks import ConvolutionBlock


class DecoderStage(nn.Module):
    """Transposed convolution, concatenation with the skip, convolution blocks, head."""

    def __init__(self, config: NetworkConfig, level: int) -> None:
        super().__init__()
        deeper, features = config.features[level + 1], config.features[level]
        self.is_finest = level == 0
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
        up: Tensor = self.up(deeper)
        traced: bool = torch.jit.is_tracing()  # type: ignore[attr-defined, no-untyped-call]
        if traced and self.is_finest:
            return self._unjoined(up, skip)
        out: Tensor = self.blocks(torch.cat((up, skip), dim=1))
        return out

    def _unjoined(self, up: Tensor, skip: Tensor) -> Tensor:
        """Return the same with the first convolution in two halves, which are added.

        Compiled so, the finest level needs a quarter less memory (of the full-size residual
        network's 0.83 GB a tile 0.19) in the same time.
        """
        first = cast("ConvolutionBlock", self.blocks[0])
        weight, channels = first.conv.weight, up.shape[1]
        padding = tuple(edge // 2 for edge in weight.shape[2:])
        out = conv3d(up, weight[:, :channels], first.conv.bias, 1, padding)
        out = first.norm(out + conv3d(skip, weight[:, channels:], None, 1, padding))
        out = first.nonlinearity(out)
        for block in list(self.blocks)[1:]:
            out = block(out)
        return cast("Tensor", out)


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
