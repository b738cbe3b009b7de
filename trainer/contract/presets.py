"""The three presets of the method: network, grid and training schedule in one record."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from trainer.contract.errors import KitsDeskError
from trainer.contract.network_config import (
    LAYOUT_A,
    Architecture,
    NetworkConfig,
    Nonlinearity,
    Skip,
    Stride,
)
from trainer.contract.structures import STRUCTURE_NAMES

# Far beyond any network's; a damaged or malicious file is refused before it costs memory.
_LONGEST_PATCH = 1024
_COARSEST_MM = 1000.0


class PreprocessingPlan(BaseModel):
    """How a CT becomes the network's input. Spacing is (z, y, x) mm, HU values in HU.

    The network sees an array along `axes`, transposed by `transpose`: "SAR" (Superior,
    Anterior, Right, ours and nnU-Net's reorienting readers') or "file" (as the voxels lie in
    the file, slowest axis first, as nnU-Net's other readers deliver them); spacing and patch
    are in that order. `heads` says which structure each output channel stands for, () that
    channel k is structure k. With `regions` the channels are overlapping regions (sigmoid,
    without background), painted one over the other in their order where they exceed 0.5.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    spacing: tuple[float, float, float]
    patch: tuple[int, int, int]
    clip_low: float = -79.0
    clip_high: float = 304.0
    mean: float = 101.0
    deviation: float = 76.9
    normalize_first: bool = False
    axes: Literal["SAR", "file"] = "SAR"
    transpose: tuple[int, int, int] = (0, 1, 2)
    structures: tuple[str, ...] = ("background", "kidney", "tumor")
    heads: tuple[int, ...] = ()
    regions: bool = False
    label_map: dict[int, int] = {0: 0, 1: 1, 2: 2, 3: 1}

    @property
    def head_structures(self) -> tuple[int, ...]:
        """Return the structure of each output channel."""
        return self.heads or tuple(range(len(self.structures)))

    @model_validator(mode="after")
    def _numbers_make_sense(self) -> Self:
        if min(self.spacing) <= 0 or min(self.patch) < 1:
            raise ValueError("spacing and patch are positive")
        if max(self.patch) > _LONGEST_PATCH or max(self.spacing) > _COARSEST_MM:
            raise ValueError(f"a patch of at most {_LONGEST_PATCH} voxels along each axis")
        if self.clip_low >= self.clip_high or self.deviation <= 0:
            raise ValueError("clip_low is below clip_high, and the deviation is positive")
        return self

    @model_validator(mode="after")
    def _axes_and_heads_make_sense(self) -> Self:
        if sorted(self.transpose) != [0, 1, 2]:
            raise ValueError("transpose names each of the three axes once")
        if not 2 <= len(self.structures) <= len(STRUCTURE_NAMES):
            raise ValueError("background and one to three structures")
        if any(not 0 <= head < len(self.structures) for head in self.heads):
            raise ValueError("heads are numbers of structures")
        if self.regions and (not self.heads or 0 in self.heads):
            raise ValueError("regions need heads, and background is none")
        if not self.regions and self.heads and self.heads[0] != 0:
            raise ValueError("the first class is background")
        return self


class Schedule(BaseModel):
    """How folds are trained (method.md, Training); one step is one batch.

    `warm_learning_rate` is for folds that start from an older one, None for the same rate.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    epochs: int
    steps: int
    validation_steps: int
    batch: int = 2
    learning_rate: float = 0.01
    warm_learning_rate: float | None = None
    momentum: float = 0.99
    weight_decay: float = 3e-5
    clip_norm: float = 12.0
    decay_power: float = 0.9
    augmentation: Literal["paper", "nnunet-v2", "none"] = "paper"
    foreground_fraction: float = 0.5
    checkpoint: Literal["best", "final"] = "best"

    def rate(self, epoch: int) -> float:
        """Return the learning rate of `epoch`: it falls as (1 - epoch/epochs)^decay_power."""
        return float(self.learning_rate * (1 - epoch / self.epochs) ** self.decay_power)


class Preset(BaseModel):
    """One named choice of everything; `network` depends on the architecture.

    `all_biases` gives every convolution but the skips' a bias, as nnU-Net v2 does; else
    biases are the winner's: the plain network's convolutions, the other networks' heads.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    plan: PreprocessingPlan
    schedule: Schedule
    features: dict[Architecture, tuple[int, ...]]
    strides: tuple[Stride, ...]
    blocks: dict[Architecture, tuple[int, ...]]
    kernels: tuple[Stride, ...] | None = None
    nonlinearity: Nonlinearity = "relu"
    skip: Skip = "strided"
    zero_last_norm: bool = False
    all_biases: bool = False
    fold_average: Literal["softmax", "logits"] = "softmax"

    def network(
        self, architecture: Architecture, blocks: tuple[int, ...] | None = None
    ) -> NetworkConfig:
        """Return the network of `architecture`, with other `blocks` per stage if given.

        Raises
        ------
        UnknownPreset : the preset has no such architecture.
        ImpossibleNetwork : the blocks do not fit its resolutions.
        """
        if architecture not in self.features:
            raise UnknownPreset(
                f"Preset {self.name} has no {architecture} network.",
                advice=f"It has: {', '.join(self.features)}.",
            )
        plain, residual = architecture == "plain", architecture == "residual"
        try:
            return NetworkConfig(
                architecture=architecture,
                features=self.features[architecture],
                strides=self.strides,
                blocks=blocks or self.blocks[architecture],
                kernels=self.kernels,
                decoder_blocks=2 if plain else 1,
                structures=len(self.plan.structures),
                nonlinearity=self.nonlinearity,
                skip=self.skip if residual else "strided",
                zero_last_norm=self.zero_last_norm and residual,
                convolution_bias=plain or self.all_biases,
                transposed_bias=self.all_biases,
                head_bias=not plain or self.all_biases,
            )
        except ValidationError as error:
            reason = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise ImpossibleNetwork(
                f"There is no such {architecture} network: {reason}.",
                advice=f"The preset has {len(self.strides)} resolutions.",
            ) from error

    def with_cysts(self) -> Preset:
        """Return the preset with cysts as a class of their own and not as kidney; KiTS21's
        and KiTS23's masks have them."""
        plan = self.plan.model_copy(
            update={
                "structures": tuple(STRUCTURE_NAMES.values()),
                "label_map": {value: value for value in STRUCTURE_NAMES},
            }
        )
        return self.model_copy(update={"plan": plan})


class UnknownPreset(KitsDeskError):
    """A preset or an architecture was asked for that does not exist."""


class ImpossibleNetwork(KitsDeskError):
    """Features, strides, blocks or kernels were asked for that do not fit together."""


_FULL_PLAN = PreprocessingPlan(spacing=(3.2164, 1.6153, 1.6153), patch=(80, 160, 160))
_RESIDUAL_FEATURES = (24, 48, 96, 192, 320, 320)
_RESIDUAL_BLOCKS = (1, 2, 3, 4, 4, 4)
# The paper's text read literally: one more block after each downsampling.
ALTERNATIVE_BLOCKS = (1, 2, 3, 4, 5, 6)

PRESETS: dict[str, Preset] = {
    "kits2019": Preset(
        name="kits2019",
        plan=_FULL_PLAN,
        schedule=Schedule(epochs=1000, steps=250, validation_steps=50),
        features={
            "plain": (30, 60, 120, 240, 320, 320),
            "residual": _RESIDUAL_FEATURES,
            "preact": _RESIDUAL_FEATURES,
        },
        strides=LAYOUT_A,
        blocks={
            "plain": (2, 2, 2, 2, 2, 2),
            "residual": _RESIDUAL_BLOCKS,
            "preact": _RESIDUAL_BLOCKS,
        },
    ),
    "nnunet-v2": Preset(
        name="nnunet-v2",
        plan=_FULL_PLAN.model_copy(update={"normalize_first": True}),
        schedule=Schedule(
            epochs=1000,
            steps=250,
            validation_steps=50,
            augmentation="nnunet-v2",
            checkpoint="final",
        ),
        features={"plain": (32, 64, 128, 256, 320, 320), "residual": _RESIDUAL_FEATURES},
        strides=LAYOUT_A,
        blocks={"plain": (2, 2, 2, 2, 2, 2), "residual": _RESIDUAL_BLOCKS},
        nonlinearity="leaky_relu",
        skip="avgpool",
        zero_last_norm=True,
        all_biases=True,
        fold_average="logits",
    ),
    "demo": Preset(
        name="demo",
        plan=PreprocessingPlan(spacing=(6.44, 3.24, 3.24), patch=(24, 48, 48)),
        # 1,800 steps: the tumors of our phantoms, which no threshold finds, are learnt late.
        schedule=Schedule(
            epochs=36,
            steps=50,
            validation_steps=5,
            learning_rate=0.1,
            warm_learning_rate=0.01,
            momentum=0.9,
        ),
        features={"residual": (8, 16, 32, 48)},
        strides=((1, 1, 1), (1, 2, 2), (2, 2, 2), (2, 2, 2)),
        blocks={"residual": (1, 1, 2, 2)},
    ),
}


def preset(name: str) -> Preset:
    """Return the preset called `name`.

    Raises
    ------
    UnknownPreset : there is none of that name.
    """
    if name not in PRESETS:
        raise UnknownPreset(
            f"There is no preset {name}.", advice=f"Choose one of {', '.join(PRESETS)}."
        )
    return PRESETS[name]
