"""The augmentation table of the method: what is drawn, and how it is applied to a batch.

Numbers are drawn with NumPy on the CPU, so they do not depend on the device; only the
noise field itself comes from the device's generator, seeded by a drawn number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from math import radians
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trainer.training import intensity
from trainer.training.spatial import spatial_matrix
from trainer.training.warp import Matrix


@dataclass(frozen=True)
class Chance:
    """One step: its probability per sample and the range its numbers are drawn from.

    `axes` numbers are drawn for each sample, uniformly; with `halved` half of them below 1
    (batchgenerators' way of drawing scales).
    """

    probability: float
    low: float
    high: float
    axes: int = 1
    halved: bool = False

    def draw(self, samples: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Return (samples, axes) numbers; a row of NaN where the step is left out."""
        chosen = rng.random((samples, 1)) < self.probability
        size = (samples, self.axes)
        if self.halved:
            below = rng.random(size) < 0.5
            drawn = rng.uniform(np.where(below, self.low, 1.0), np.where(below, 1.0, self.high))
        else:
            drawn = rng.uniform(self.low, self.high, size)
        return np.where(chosen, drawn, np.nan)


@dataclass(frozen=True)
class Augmentation:
    """All steps, in the order they are applied; None leaves a step out. Last, each axis is
    flipped with the probability `mirroring`.

    Lengths are voxels of the resampled grid. Where nnU-Net v2's trainer draws otherwise,
    the method's table is followed: gamma is uniform over its range (nnU-Net draws half
    below 1), and blur and low resolution have the halved probabilities that nnU-Net's draw
    per channel comes to with one channel.
    """

    rotation: Chance | None = None
    scaling: Chance | None = None
    noise: Chance | None = None
    blur: Chance | None = None
    brightness: Chance | None = None
    contrast: Chance | None = None
    low_resolution: Chance | None = None
    inverted_gamma: Chance | None = None
    gamma: Chance | None = None
    mirroring: float = 0.0


_NNUNET_V2 = Augmentation(
    rotation=Chance(0.2, -radians(30), radians(30), axes=3),
    scaling=Chance(0.2, 0.7, 1.4),
    noise=Chance(0.1, 0.0, 0.1),
    blur=Chance(0.1, 0.5, 1.0, axes=3),
    brightness=Chance(0.15, 0.75, 1.25),
    contrast=Chance(0.15, 0.75, 1.25),
    low_resolution=Chance(0.125, 0.5, 1.0),
    inverted_gamma=Chance(0.1, 0.7, 1.5),
    gamma=Chance(0.3, 0.7, 1.5),
    mirroring=0.5,
)
_PAPER = replace(
    _NNUNET_V2, scaling=Chance(0.2, 0.7, 1.4, halved=True), blur=None, low_resolution=None
)
AUGMENTATIONS: dict[Literal["paper", "nnunet-v2", "none"], Augmentation] = {
    "paper": _PAPER,
    "nnunet-v2": _NNUNET_V2,
    "none": Augmentation(),
}

_CHANGES: dict[str, Callable[[Tensor, Sequence[float]], None]] = {
    "brightness": intensity.multiply_brightness,
    "contrast": intensity.change_contrast,
    "low_resolution": intensity.lower_resolution,
    "inverted_gamma": intensity.change_inverted_gamma,
    "gamma": intensity.change_gamma,
}


@dataclass(frozen=True, eq=False)
class BatchDraw:
    """What was drawn for one batch.

    numbers : per step, in the table's order, (samples, axes); NaN where it is left out.
    noise_seed : of the generator of the noise field.
    mirrored : (samples, 3), which axes are flipped.
    """

    numbers: dict[str, NDArray[np.float64]]
    noise_seed: int
    mirrored: NDArray[np.bool_]

    def matrix(self, sample: int) -> Matrix | None:
        """Return a sample's rotation and scaling, None where neither was drawn."""
        none = np.full((sample + 1, 3), np.nan)
        angles = self.numbers.get("rotation", none)[sample]
        scale = self.numbers.get("scaling", none)[sample, 0]
        if np.isnan(angles[0]) and np.isnan(scale):
            return None
        a, b, c = np.nan_to_num(angles, nan=0.0)
        return spatial_matrix((float(a), float(b), float(c)), float(np.nan_to_num(scale, nan=1.0)))


def draw_batch(augmentation: Augmentation, samples: int, rng: np.random.Generator) -> BatchDraw:
    """Draw every step for a batch; the generator's state decides all of it."""
    chances = {field.name: getattr(augmentation, field.name) for field in fields(augmentation)}
    numbers = {
        name: chance.draw(samples, rng)
        for name, chance in chances.items()
        if isinstance(chance, Chance)
    }
    noise_seed = int(rng.integers(2**62))
    return BatchDraw(numbers, noise_seed, rng.random((samples, 3)) < augmentation.mirroring)


def apply_intensities(images: Tensor, draw: BatchDraw) -> None:
    """Change grey values of (samples, 1, S, A, R) in place as drawn, in the table's order."""
    for name, values in draw.numbers.items():
        chosen = np.flatnonzero(~np.isnan(values[:, 0]))
        if name in ("rotation", "scaling") or not chosen.size:
            continue
        part, index = _samples(images, chosen)
        numbers = values[chosen]
        if name == "noise":
            generator = torch.Generator(device=images.device).manual_seed(draw.noise_seed)
            intensity.add_noise(part, numbers[:, 0].tolist(), generator)
        elif name == "blur":
            intensity.blur(part, numbers.tolist())
        else:
            _CHANGES[name](part, numbers[:, 0].tolist())
        if index is not None:
            images.index_copy_(0, index, part)


def _samples(images: Tensor, chosen: NDArray[np.intp]) -> tuple[Tensor, Tensor | None]:
    """Return some samples: a view where they are neighbours, else a copy and its index."""
    first, last = int(chosen[0]), int(chosen[-1]) + 1
    if last - first == len(chosen):
        return images[first:last], None
    index = torch.from_numpy(chosen).to(images.device)
    return images.index_select(0, index), index


def apply_mirroring(images: Tensor, masks: Tensor, draw: BatchDraw) -> None:
    """Flip images (samples, 1, S, A, R) and masks (samples, S, A, R) alike, in place."""
    for image, mask, axes in zip(images[:, 0], masks, draw.mirrored, strict=True):
        chosen = np.flatnonzero(axes).tolist()
        if chosen:
            image.copy_(image.flip(chosen))
            mask.copy_(mask.flip(chosen))
