"""The building blocks of the three networks: convolution, residual and pre-activation.

Every block maps (batch, channels_in, z, y, x) to (batch, channels_out, z', y', x'), each
axis divided by its stride; nonlinearity, biases and skip are the configuration's.
"""

from __future__ import annotations

from torch import Tensor, nn

from trainer.contract.network_config import CUBE, UNIT, NetworkConfig, Nonlinearity, Stride
from trainer.nets.instance_norm import InstanceNorm


def activation(kind: Nonlinearity) -> nn.Module:
    """Return the nonlinearity; the leaky slope 0.01 is nnU-Net's."""
    return nn.ReLU(inplace=True) if kind == "relu" else nn.LeakyReLU(0.01, inplace=True)


def convolution(
    config: NetworkConfig,
    channels_in: int,
    channels_out: int,
    stride: Stride = UNIT,
    kernel: Stride = CUBE,
) -> nn.Conv3d:
    """Return a convolution that keeps the size at stride 1."""
    z, y, x = (edge // 2 for edge in kernel)
    return nn.Conv3d(
        channels_in, channels_out, kernel, stride, (z, y, x), bias=config.convolution_bias
    )


def projection(channels_in: int, channels_out: int, stride: Stride = UNIT) -> nn.Conv3d:
    """Return the 1x1x1 convolution without bias that fits a skip to its sum."""
    return nn.Conv3d(channels_in, channels_out, 1, stride, bias=False)


class ConvolutionBlock(nn.Module):
    """Convolution, instance norm, nonlinearity."""

    def __init__(
        self,
        config: NetworkConfig,
        channels_in: int,
        channels_out: int,
        stride: Stride = UNIT,
        kernel: Stride = CUBE,
    ) -> None:
        super().__init__()
        self.conv = convolution(config, channels_in, channels_out, stride, kernel)
        self.norm = InstanceNorm(channels_out)
        self.nonlinearity = activation(config.nonlinearity)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block."""
        out: Tensor = self.nonlinearity(self.norm(self.conv(x)))
        return out


class StridedSkip(nn.Sequential):
    """The projection of a residual block: strided 1x1x1 convolution and norm, no bias."""

    def __init__(self, channels_in: int, channels_out: int, stride: Stride) -> None:
        super().__init__()
        self.add_module("conv", projection(channels_in, channels_out, stride))
        self.add_module("norm", InstanceNorm(channels_out))


class PooledSkip(nn.Sequential):
    """ResNet-D's projection: average pooling, then 1x1x1 convolution and norm
    where the channels change."""

    def __init__(self, channels_in: int, channels_out: int, stride: Stride) -> None:
        super().__init__()
        if stride != UNIT:
            self.add_module("pool", nn.AvgPool3d(stride, stride))
        if channels_in != channels_out:
            self.add_module("conv", projection(channels_in, channels_out))
            self.add_module("norm", InstanceNorm(channels_out))


class ResidualBlock(nn.Module):
    """conv-norm-nonlinearity-conv-norm, plus the skip, nonlinearity; stride in the first conv."""

    def __init__(
        self,
        config: NetworkConfig,
        channels_in: int,
        channels_out: int,
        stride: Stride = UNIT,
        kernel: Stride = CUBE,
    ) -> None:
        super().__init__()
        self.conv1 = ConvolutionBlock(config, channels_in, channels_out, stride, kernel)
        self.conv2 = convolution(config, channels_out, channels_out, kernel=kernel)
        self.norm2 = InstanceNorm(channels_out)
        self.nonlinearity = activation(config.nonlinearity)
        self.skip: nn.Module = nn.Identity()
        if stride != UNIT or channels_in != channels_out:
            skip = StridedSkip if config.skip == "strided" else PooledSkip
            self.skip = skip(channels_in, channels_out, stride)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block."""
        out = self.norm2(self.conv2(self.conv1(x)))
        out += self.skip(x)
        result: Tensor = self.nonlinearity(out)
        return result


class PreactivationBlock(nn.Module):
    """norm-nonlinearity-conv-norm-nonlinearity-conv, plus the skip, nothing after the sum.

    Where stride or channels change, the skip is a strided 1x1x1 convolution of the
    normalised and activated input, without norm or bias; otherwise the raw input.
    """

    def __init__(
        self,
        config: NetworkConfig,
        channels_in: int,
        channels_out: int,
        stride: Stride = UNIT,
        kernel: Stride = CUBE,
    ) -> None:
        super().__init__()
        self.norm1 = InstanceNorm(channels_in)
        self.nonlinearity = activation(config.nonlinearity)
        self.conv1 = convolution(config, channels_in, channels_out, stride, kernel)
        self.norm2 = InstanceNorm(channels_out)
        self.conv2 = convolution(config, channels_out, channels_out, kernel=kernel)
        self.projection: nn.Module | None = None
        if stride != UNIT or channels_in != channels_out:
            self.projection = projection(channels_in, channels_out, stride)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block."""
        active = self.nonlinearity(self.norm1(x))
        skip = x if self.projection is None else self.projection(active)
        out: Tensor = self.conv2(self.nonlinearity(self.norm2(self.conv1(active))))
        return out + skip
