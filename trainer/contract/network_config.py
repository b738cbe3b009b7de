"""The three U-Nets of the method as one frozen, validated configuration."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

Architecture = Literal["plain", "residual", "preact"]
ARCHITECTURES: tuple[Architecture, ...] = ("plain", "residual", "preact")
Nonlinearity = Literal["relu", "leaky_relu"]
Skip = Literal["strided", "avgpool"]
Stride = tuple[int, int, int]

UNIT: Stride = (1, 1, 1)
CUBE: Stride = (3, 3, 3)
# Far beyond any network's; a damaged or malicious file is refused before it costs memory.
_MOST_LEVELS, _MOST_FEATURES, _MOST_BLOCKS, _MOST_CHANNELS = 12, 4096, 64, 16
LAYOUT_A: tuple[Stride, ...] = (UNIT, (1, 2, 2), (2, 2, 2), (2, 2, 2), (2, 2, 2), (2, 2, 2))


class NetworkConfig(BaseModel):
    """Everything that decides a network's shape and first weights (method.md, Networks).

    `features`, `strides`, `blocks` and `kernels` have one entry per resolution, finest
    first; strides and kernels are (z, y, x), the first stride is (1, 1, 1), and without
    `kernels` all are 3x3x3. `blocks` counts residual blocks per encoder stage, or
    convolutions per stage for the plain network; `decoder_blocks` counts convolutions per
    decoder stage; `structures` counts output channels. `skip` and `zero_last_norm` (each
    residual block begins as its skip, as nnU-Net v2's do) belong to the residual network
    alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    architecture: Architecture
    features: tuple[int, ...]
    strides: tuple[Stride, ...]
    blocks: tuple[int, ...]
    kernels: tuple[Stride, ...] | None = None
    decoder_blocks: int = 1
    input_channels: int = 1
    structures: int = 3
    nonlinearity: Nonlinearity = "relu"
    skip: Skip = "strided"
    zero_last_norm: bool = False
    convolution_bias: bool = False
    transposed_bias: bool = False
    head_bias: bool = True
    deep_supervision: bool = True

    @model_validator(mode="after")
    def _one_entry_per_resolution(self) -> Self:
        lengths = {len(self.features), len(self.strides), len(self.blocks)}
        if self.kernels is not None:
            lengths.add(len(self.kernels))
        if len(lengths) > 1:
            raise ValueError("features, strides, blocks and kernels need one entry per resolution")
        if len(self.features) < 2 or min(self.features) < 1 or min(self.blocks) < 1:
            raise ValueError("at least two resolutions with positive features and blocks")
        return self

    @model_validator(mode="after")
    def _steps_are_possible(self) -> Self:
        if self.strides[0] != UNIT:
            raise ValueError("the first stride must be (1, 1, 1)")
        if any(step not in (1, 2) for stride in self.strides for step in stride):
            raise ValueError("strides are 1 or 2 along each axis")
        if any(edge not in (1, 3, 5) for kernel in self.kernels or () for edge in kernel):
            raise ValueError("kernels are 1, 3 or 5 along each axis")
        return self

    @model_validator(mode="after")
    def _parts_belong_together(self) -> Self:
        if self.structures < 1:
            raise ValueError("at least one output channel")
        if self.input_channels < 1 or self.decoder_blocks < 1:
            raise ValueError("at least one input channel and one convolution per decoder stage")
        if self.architecture != "residual" and (self.skip != "strided" or self.zero_last_norm):
            raise ValueError("skip and zero_last_norm belong to the residual network")
        return self

    @model_validator(mode="after")
    def _size_is_sane(self) -> Self:
        deepest = max(*self.blocks, self.decoder_blocks)
        channels = max(self.structures, self.input_channels)
        if len(self.features) > _MOST_LEVELS or max(self.features) > _MOST_FEATURES:
            raise ValueError(f"at most {_MOST_LEVELS} resolutions and {_MOST_FEATURES} features")
        if deepest > _MOST_BLOCKS or channels > _MOST_CHANNELS:
            raise ValueError(f"at most {_MOST_BLOCKS} blocks and {_MOST_CHANNELS} channels")
        return self

    @property
    def divisor(self) -> Stride:
        """Return what a patch must be divisible by along (z, y, x)."""
        product = [1, 1, 1]
        for stride in self.strides:
            product = [p * s for p, s in zip(product, stride, strict=True)]
        return (product[0], product[1], product[2])

    def kernel(self, level: int) -> Stride:
        """Return the kernel (z, y, x) of the convolutions at `level`, 0 being the finest."""
        return CUBE if self.kernels is None else self.kernels[level]
