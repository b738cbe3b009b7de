"""The three U-Nets of the method as one frozen, validated configuration."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

Architecture = Literal["plain", "residual", "preact"]
ARCHITECTURES: tuple[Architecture, ...] = ("plain", "residual", "preact")
Stride = tuple[int, int, int]

LAYOUT_A: tuple[Stride, ...] = ((1, 1, 1), (1, 2, 2), (2, 2, 2), (2, 2, 2), (2, 2, 2), (2, 2, 2))


class NetworkConfig(BaseModel):
    """Everything that decides the shape of a network (see method.md, Networks).

    `features`, `strides` and `blocks` have one entry per resolution, finest first;
    strides are (z, y, x) and the first is (1, 1, 1). `blocks` counts residual blocks
    per encoder stage, or convolutions per stage for the plain network.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    architecture: Architecture
    features: tuple[int, ...]
    strides: tuple[Stride, ...]
    blocks: tuple[int, ...]
    decoder_blocks: int = 1
    input_channels: int = 1
    structures: int = 3
    nonlinearity: Literal["relu", "leaky_relu"] = "relu"
    skip: Literal["strided", "avgpool"] = "strided"
    convolution_bias: bool = False
    transposed_bias: bool = False
    head_bias: bool = True
    deep_supervision: bool = True

    @model_validator(mode="after")
    def _lengths_agree(self) -> Self:
        if not len(self.features) == len(self.strides) == len(self.blocks):
            raise ValueError("features, strides and blocks need one entry per resolution")
        if len(self.features) < 2 or min(self.features) < 1 or min(self.blocks) < 1:
            raise ValueError("at least two resolutions with positive features and blocks")
        if self.strides[0] != (1, 1, 1):
            raise ValueError("the first stride must be (1, 1, 1)")
        if any(step not in (1, 2) for stride in self.strides for step in stride):
            raise ValueError("strides are 1 or 2 along each axis")
        if self.structures < 2:
            raise ValueError("at least background and one structure")
        return self

    @property
    def divisor(self) -> Stride:
        """Return what a patch must be divisible by along (z, y, x)."""
        product = [1, 1, 1]
        for stride in self.strides:
            product = [p * s for p, s in zip(product, stride, strict=True)]
        return (product[0], product[1], product[2])
