"""The contracting halves of the three networks; each returns its skips, finest first."""

from __future__ import annotations

from torch import Tensor, nn

from trainer.contract.network_config import NetworkConfig, Stride
from trainer.nets.blocks import (
    UNIT,
    ConvolutionBlock,
    PreactivationBlock,
    ResidualBlock,
    activation,
    convolution,
    instance_norm,
)


def _stage_inputs(config: NetworkConfig, first: int) -> tuple[int, ...]:
    """Return the channels that enter each stage, `first` into the finest one."""
    return (first, *config.features[:-1])


def _block_strides(stride: Stride, blocks: int) -> tuple[Stride, ...]:
    """Return the stride of each block of a stage: only the first one changes the size."""
    return (stride, *((UNIT,) * (blocks - 1)))


class PlainEncoder(nn.Module):
    """Convolution blocks only; the first of each stage is strided."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        inputs = _stage_inputs(config, config.input_channels)
        self.stages = nn.ModuleList(
            nn.Sequential(
                *(
                    ConvolutionBlock(
                        channels if index == 0 else features,
                        features,
                        stride,
                        bias=config.convolution_bias,
                        nonlinearity=config.nonlinearity,
                    )
                    for index, stride in enumerate(_block_strides(strides, blocks))
                )
            )
            for channels, features, strides, blocks in zip(
                inputs, config.features, config.strides, config.blocks, strict=True
            )
        )

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return one feature map per resolution, finest first."""
        skips: list[Tensor] = []
        for stage in self.stages:
            x = stage(x)
            skips.append(x)
        return skips


class ResidualEncoder(nn.Module):
    """A convolution block as stem, then residual blocks."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.stem = ConvolutionBlock(
            config.input_channels,
            config.features[0],
            bias=config.convolution_bias,
            nonlinearity=config.nonlinearity,
        )
        self.stages = nn.ModuleList(
            nn.Sequential(
                *(
                    ResidualBlock(
                        channels if index == 0 else features,
                        features,
                        stride,
                        bias=config.convolution_bias,
                        nonlinearity=config.nonlinearity,
                        skip=config.skip,
                    )
                    for index, stride in enumerate(_block_strides(strides, blocks))
                )
            )
            for channels, features, strides, blocks in zip(
                _stage_inputs(config, config.features[0]),
                config.features,
                config.strides,
                config.blocks,
                strict=True,
            )
        )

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return one feature map per resolution, finest first."""
        x = self.stem(x)
        skips: list[Tensor] = []
        for stage in self.stages:
            x = stage(x)
            skips.append(x)
        return skips


class PreactivationEncoder(nn.Module):
    """A bare convolution as stem, then pre-activation blocks.

    Every skip is normalised and activated on its way to the decoder; the bottleneck
    stays raw, as in the winner's public code.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.stem = convolution(
            config.input_channels, config.features[0], bias=config.convolution_bias
        )
        self.stages = nn.ModuleList(
            nn.Sequential(
                *(
                    PreactivationBlock(
                        channels if index == 0 else features,
                        features,
                        stride,
                        bias=config.convolution_bias,
                        nonlinearity=config.nonlinearity,
                    )
                    for index, stride in enumerate(_block_strides(strides, blocks))
                )
            )
            for channels, features, strides, blocks in zip(
                _stage_inputs(config, config.features[0]),
                config.features,
                config.strides,
                config.blocks,
                strict=True,
            )
        )
        self.skip_norms = nn.ModuleList(
            nn.Sequential(instance_norm(features), activation(config.nonlinearity))
            for features in config.features[:-1]
        )

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return one feature map per resolution, finest first."""
        x = self.stem(x)
        skips: list[Tensor] = []
        for index, stage in enumerate(self.stages):
            x = stage(x)
            skips.append(self.skip_norms[index](x) if index < len(self.skip_norms) else x)
        return skips
