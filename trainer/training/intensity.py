"""Changes of grey values. Every function takes (samples, 1, S, A, R) and one number per
sample, and returns a new tensor; lengths are voxels of the resampled grid."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

_SPATIAL = (1, 2, 3, 4)
_EPSILON = 1e-8


def _per_sample(values: Tensor) -> Tensor:
    return values.view(-1, 1, 1, 1, 1)


def add_noise(images: Tensor, deviation: Tensor, generator: torch.Generator) -> Tensor:
    """Add Gaussian noise of this standard deviation."""
    noise = torch.randn(images.shape, generator=generator, device=images.device)
    return images + noise * _per_sample(deviation)


def multiply_brightness(images: Tensor, factor: Tensor) -> Tensor:
    """Multiply by the factor."""
    return images * _per_sample(factor)


def change_contrast(images: Tensor, factor: Tensor) -> Tensor:
    """Stretch about the sample's mean, clipped to the range it had."""
    mean = images.mean(_SPATIAL, keepdim=True)
    low, high = images.amin(_SPATIAL, keepdim=True), images.amax(_SPATIAL, keepdim=True)
    return ((images - mean) * _per_sample(factor) + mean).clamp(low, high)


def change_gamma(images: Tensor, gamma: Tensor) -> Tensor:
    """Raise the sample, scaled to 0..1, to the power; keep its mean and deviation."""
    mean = images.mean(_SPATIAL, keepdim=True)
    deviation = images.std(_SPATIAL, keepdim=True)
    low, high = images.amin(_SPATIAL, keepdim=True), images.amax(_SPATIAL, keepdim=True)
    span = high - low
    curved = ((images - low) / span.clamp(min=1e-7)).pow(_per_sample(gamma)) * span + low
    curved = curved - curved.mean(_SPATIAL, keepdim=True)
    scale = deviation / curved.std(_SPATIAL, keepdim=True).clamp(min=_EPSILON)
    return curved * scale + mean


def change_inverted_gamma(images: Tensor, gamma: Tensor) -> Tensor:
    """Change gamma with the sample's signs exchanged."""
    return -change_gamma(-images, gamma)


def blur(images: Tensor, sigma: Tensor) -> Tensor:
    """Blur with a Gaussian of this sigma in voxels, cut at four sigma, edges repeated."""
    blurred = [
        _blur_one(image[None], float(value)) for image, value in zip(images, sigma, strict=True)
    ]
    return torch.cat(blurred)


def _blur_one(image: Tensor, sigma: float) -> Tensor:
    radius = int(4 * sigma + 0.5)
    offsets = torch.arange(-radius, radius + 1, dtype=image.dtype, device=image.device)
    kernel = torch.exp(-0.5 * (offsets / sigma) ** 2)
    kernel = kernel / kernel.sum()
    for axis in range(3):
        padding = [0] * 6
        padding[2 * (2 - axis)] = padding[2 * (2 - axis) + 1] = radius
        shape = [1, 1, 1, 1, 1]
        shape[2 + axis] = len(kernel)
        padded = functional.pad(image, padding, mode="replicate")
        image = functional.conv3d(padded, kernel.view(shape))
    return image


def lower_resolution(images: Tensor, zoom: Tensor) -> Tensor:
    """Shrink by nearest voxels to `zoom` of the size, and enlarge again linearly."""
    results = []
    for image, value in zip(images, zoom, strict=True):
        size = [max(1, round(n * float(value))) for n in image.shape[1:]]
        small = functional.interpolate(image[None], size=size, mode="nearest-exact")
        results.append(
            functional.interpolate(
                small, size=image.shape[1:], mode="trilinear", align_corners=False
            )
        )
    return torch.cat(results)
