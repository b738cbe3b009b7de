"""Changes of grey values. Every function changes (samples, 1, S, A, R) float32 in place, by
numbers given per sample; lengths are voxels of the resampled grid.

On the same numbers each is nnU-Net v2's transform of that name (batchgeneratorsv2), up to
rounding; the tests marked `peers` hold them against it.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

# Below it a range or a deviation counts as none.
_LEAST = 1e-7


def _per_sample(images: Tensor, values: Sequence[float]) -> Tensor:
    numbers = torch.tensor(values, dtype=images.dtype, device=images.device)
    return numbers.view(-1, 1, 1, 1, 1)


def _mean(images: Tensor) -> Tensor:
    return images.mean((1, 2, 3, 4), keepdim=True)


def _deviation(images: Tensor) -> Tensor:
    return images.std((1, 2, 3, 4), keepdim=True)


def _range(images: Tensor) -> tuple[Tensor, Tensor]:
    axes = (1, 2, 3, 4)
    return images.amin(axes, keepdim=True), images.amax(axes, keepdim=True)


def add_noise(images: Tensor, deviations: Sequence[float], generator: torch.Generator) -> None:
    """Add Gaussian noise of these standard deviations; the generator is the device's own."""
    noise = torch.randn(images.shape, generator=generator, device=images.device)
    images.addcmul_(noise, _per_sample(images, deviations))


def multiply_brightness(images: Tensor, factors: Sequence[float]) -> None:
    """Multiply by the factors."""
    images.mul_(_per_sample(images, factors))


def change_contrast(images: Tensor, factors: Sequence[float]) -> None:
    """Stretch about each sample's mean, clipped to the range it had."""
    mean, (low, high) = _mean(images), _range(images)
    images.sub_(mean).mul_(_per_sample(images, factors)).add_(mean)
    torch.clamp(images, low, high, out=images)


def change_gamma(images: Tensor, gammas: Sequence[float], inverted: bool = False) -> None:
    """Raise each sample, scaled to 0..1, to its power; keep its mean and deviation.

    With `inverted` its negative is treated so: the scale runs from the highest value down.
    """
    mean, deviation, (low, high) = _mean(images), _deviation(images), _range(images)
    span = (high - low).clamp_(min=_LEAST)
    images.sub_(high if inverted else low).div_(-span if inverted else span)
    images.pow_(_per_sample(images, gammas))
    # Deviations compare on the scale of the image, where the smallest that counts is known.
    scale = deviation * span / (_deviation(images) * span).clamp_(min=_LEAST)
    images.sub_(_mean(images)).mul_(-scale if inverted else scale).add_(mean)


def change_inverted_gamma(images: Tensor, gammas: Sequence[float]) -> None:
    """Change gamma with the sample's signs exchanged."""
    change_gamma(images, gammas, inverted=True)


def blur(images: Tensor, sigmas: Sequence[Sequence[float]]) -> None:
    """Blur with a Gaussian of one sigma per axis, in voxels; edges are mirrored.

    The kernel is as wide as nnU-Net v2's: the odd number nearest to 6 sigma + 0.5.
    """
    for image, per_axis in zip(images, sigmas, strict=True):
        for axis, sigma in enumerate(per_axis):
            image.copy_(_blur_axis(image, sigma, 1 + axis))


def _blur_axis(image: Tensor, sigma: float, axis: int) -> Tensor:
    """Return (1, S, A, R) blurred along one axis: shifted copies, weighed and added."""
    size = image.shape[axis]
    radius = min(int(3 * sigma + 0.25), size - 1)
    padding = [0] * 6
    padding[2 * (3 - axis)] = padding[2 * (3 - axis) + 1] = radius
    padded = functional.pad(image, padding, mode="reflect")
    taps = torch.exp(-0.5 * (torch.arange(radius + 1, dtype=torch.float64) / sigma) ** 2)
    taps /= 2 * taps.sum() - taps[0]
    weights = taps.tolist()
    blurred = image.mul(weights[0])
    for shift, weight in enumerate(weights[1:], start=1):
        blurred.add_(padded.narrow(axis, radius - shift, size), alpha=weight)
        blurred.add_(padded.narrow(axis, radius + shift, size), alpha=weight)
    return blurred


def lower_resolution(images: Tensor, zooms: Sequence[float]) -> None:
    """Shrink by nearest voxels to `zooms` of the size, and enlarge again linearly."""
    for image, zoom in zip(images, zooms, strict=True):
        full = image.shape[1:]
        size = [max(1, round(n * zoom)) for n in full]
        small = functional.interpolate(image[None], size=size, mode="nearest-exact")
        image.copy_(functional.interpolate(small, size=full, mode="trilinear")[0])
