"""The augmentation table of the method: what is drawn, and how it is applied to a batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import radians
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trainer.training import intensity
from trainer.training.spatial import Matrix, spatial_matrix

Range = tuple[float, float]


@dataclass(frozen=True)
class Chance:
    """One step: its probability per sample and the range its number is drawn from."""

    probability: float
    low: float
    high: float


@dataclass(frozen=True)
class Augmentation:
    """All steps, in the order they are applied; None leaves a step out.

    Lengths are voxels of the resampled grid. `halved_scaling` draws half of the scales
    below 1 (batchgenerators' way), else uniformly over the range (nnU-Net v2's way).
    """

    rotation: Chance | None = None
    scaling: Chance | None = None
    halved_scaling: bool = False
    noise: Chance | None = None
    blur: Chance | None = None
    brightness: Chance | None = None
    contrast: Chance | None = None
    low_resolution: Chance | None = None
    inverted_gamma: Chance | None = None
    gamma: Chance | None = None
    mirroring: float = 0.0


_PAPER = Augmentation(
    rotation=Chance(0.2, -radians(30), radians(30)),
    scaling=Chance(0.2, 0.7, 1.4),
    halved_scaling=True,
    noise=Chance(0.1, 0.0, 0.1),
    brightness=Chance(0.15, 0.75, 1.25),
    contrast=Chance(0.15, 0.75, 1.25),
    inverted_gamma=Chance(0.1, 0.7, 1.5),
    gamma=Chance(0.3, 0.7, 1.5),
    mirroring=0.5,
)
_NNUNET_V2 = Augmentation(
    rotation=_PAPER.rotation,
    scaling=_PAPER.scaling,
    noise=_PAPER.noise,
    blur=Chance(0.1, 0.5, 1.0),
    brightness=_PAPER.brightness,
    contrast=_PAPER.contrast,
    low_resolution=Chance(0.125, 0.5, 1.0),
    inverted_gamma=_PAPER.inverted_gamma,
    gamma=_PAPER.gamma,
    mirroring=0.5,
)
AUGMENTATIONS: dict[Literal["paper", "nnunet-v2", "none"], Augmentation] = {
    "paper": _PAPER,
    "nnunet-v2": _NNUNET_V2,
    "none": Augmentation(),
}

_STEPS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "blur": intensity.blur,
    "brightness": intensity.multiply_brightness,
    "contrast": intensity.change_contrast,
    "low_resolution": intensity.lower_resolution,
    "inverted_gamma": intensity.change_inverted_gamma,
    "gamma": intensity.change_gamma,
}


@dataclass(frozen=True, eq=False)
class BatchDraw:
    """What was drawn for one batch. `numbers` holds per step one number per sample, NaN
    where the sample is left as it is; `mirrored` says which axes are flipped."""

    matrices: tuple[Matrix | None, ...]
    numbers: dict[str, NDArray[np.float64]]
    noise_seed: int
    mirrored: NDArray[np.bool_]


def draw_batch(augmentation: Augmentation, samples: int, rng: np.random.Generator) -> BatchDraw:
    """Draw every step for a batch; the generator's state decides all of it."""
    matrices = tuple(_draw_matrix(augmentation, rng) for _ in range(samples))
    numbers = {}
    for name in ("noise", *_STEPS):
        chance = getattr(augmentation, name)
        if chance is not None:
            chosen = rng.random(samples) < chance.probability
            drawn = rng.uniform(chance.low, chance.high, samples)
            numbers[name] = np.where(chosen, drawn, np.nan)
    noise_seed = int(rng.integers(2**62))
    mirrored = rng.random((samples, 3)) < augmentation.mirroring
    return BatchDraw(matrices, numbers, noise_seed, mirrored)


def _draw_matrix(augmentation: Augmentation, rng: np.random.Generator) -> Matrix | None:
    """Return rotation and scaling of one sample, None where neither was drawn."""
    angles, scale = (0.0, 0.0, 0.0), 1.0
    turned, scaled = rng.random(2)
    rotation, scaling = augmentation.rotation, augmentation.scaling
    turns = rotation is not None and turned < rotation.probability
    scales = scaling is not None and scaled < scaling.probability
    if rotation is not None and turns:
        a, b, c = rng.uniform(rotation.low, rotation.high, 3)
        angles = (float(a), float(b), float(c))
    if scaling is not None and scales:
        low, high = scaling.low, scaling.high
        if augmentation.halved_scaling:
            low, high = (low, 1.0) if rng.random() < 0.5 else (1.0, high)
        scale = float(rng.uniform(low, high))
    return spatial_matrix(angles, scale) if turns or scales else None


def apply_intensities(images: Tensor, draw: BatchDraw) -> Tensor:
    """Apply the drawn changes of grey values to (samples, 1, S, A, R), in the table's order."""
    generator = torch.Generator(device=images.device)
    generator.manual_seed(draw.noise_seed)
    for name, values in draw.numbers.items():
        chosen = np.flatnonzero(~np.isnan(values))
        if not chosen.size:
            continue
        index = torch.from_numpy(chosen).to(images.device)
        number = torch.from_numpy(values[chosen]).to(images.device, images.dtype)
        part = images.index_select(0, index)
        if name == "noise":
            part = intensity.add_noise(part, number, generator)
        else:
            part = _STEPS[name](part, number)
        images = images.index_copy(0, index, part)
    return images


def apply_mirroring(images: Tensor, masks: Tensor, draw: BatchDraw) -> tuple[Tensor, Tensor]:
    """Flip images (samples, 1, S, A, R) and masks (samples, S, A, R) alike."""
    flipped_images, flipped_masks = [], []
    for image, mask, axes in zip(images, masks, draw.mirrored, strict=True):
        chosen = [axis for axis in range(3) if axes[axis]]
        flipped_images.append(image.flip([axis + 1 for axis in chosen]))
        flipped_masks.append(mask.flip(chosen))
    return torch.stack(flipped_images), torch.stack(flipped_masks)
