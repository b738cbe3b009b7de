"""The contracting halves of the three networks; each returns its skips, finest first."""

from __future__ import annotations

from torch import Tensor, nn

from trainer.contract.network_config import UNIT, NetworkConfig
from trainer.nets.blocks import (
    ConvolutionBlock,
    PreactivationBlock,
    ResidualBlock,
    activation,
    convolution,
)
from trainer.nets.instance_norm import InstanceNorm

Block = type[ConvolutionBlock] | type[ResidualBlock] | type[PreactivationBlock]


class Encoder(nn.Module):
    """A stem, then one stage of blocks per resolution; the first block of each is strided."""

    def __init__(self, config: NetworkConfig, block: Block, stem: nn.Module | None) -> None:
        super().__init__()
        self.stem = stem or nn.Identity()
        channels = config.input_channels if stem is None else config.features[0]
        self.stages = nn.ModuleList()
        for level, features in enumerate(config.features):
            stage = nn.Sequential()
            for index in range(config.blocks[level]):
                stride = config.strides[level] if index == 0 else UNIT
                stage.append(block(config, channels, features, stride, config.kernel(level)))
                channels = features
            self.stages.append(stage)

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return one feature map per resolution, finest first."""
        x = self.stem(x)
        skips: list[Tensor] = []
        for stage in self.stages:
            x = stage(x)
            skips.append(x)
        return skips


class PreactivationEncoder(Encoder):
    """Every skip is normalised and activated on its way to the decoder; the bottleneck
    stays raw, as in the winner's public code."""

    def __init__(self, config: NetworkConfig, stem: nn.Module) -> None:
        super().__init__(config, PreactivationBlock, stem)
        self.skip_norms = nn.ModuleList(
            nn.Sequential(InstanceNorm(features), activation(config.nonlinearity))
            for features in config.features[:-1]
        )

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return one feature map per resolution, finest first."""
        *skips, bottleneck = super().forward(x)
        active = [norm(skip) for norm, skip in zip(self.skip_norms, skips, strict=True)]
        return [*active, bottleneck]


def build_encoder(config: NetworkConfig) -> Encoder:
    """Return the encoder of `config.architecture`: plain without stem, residual after a
    convolution block, pre-activation after a bare convolution."""
    ends = config.input_channels, config.features[0]
    if config.architecture == "plain":
        return Encoder(config, ConvolutionBlock, None)
    if config.architecture == "residual":
        stem = ConvolutionBlock(config, *ends, kernel=config.kernel(0))
        return Encoder(config, ResidualBlock, stem)
    return PreactivationEncoder(config, convolution(config, *ends, kernel=config.kernel(0)))
