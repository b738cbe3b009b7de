"""The resampler against scikit-image and scipy, called the way nnU-Net calls them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy import ndimage
from skimage.transform import resize

from trainer.preprocessing.resample import (
    resample_image,
    resample_mask,
    resampled_shape,
    separate_axis,
)

DEVIATION = 76.9
OPTIONS = {"mode": "edge", "clip": True, "anti_aliasing": False, "preserve_range": True}
SHAPES = [
    ((20, 40, 44), (31, 27, 30)),
    ((17, 33, 29), (9, 50, 29)),
    ((5, 64, 64), (8, 31, 31)),
    ((1, 12, 12), (3, 7, 20)),
]


def hounsfield(shape: tuple[int, ...], seed: int = 0) -> NDArray[np.float32]:
    """Edges of 1000 HU and noise: what splines overshoot at."""
    rng = np.random.default_rng(seed)
    blobs = ndimage.gaussian_filter(rng.normal(size=shape), 2, mode="nearest")
    array = np.where(blobs > 0.02, 150.0, -900.0) + rng.normal(0, 15, shape)
    return np.round(array).astype(np.float32)


def labels(shape: tuple[int, ...], seed: int = 1) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    field = ndimage.gaussian_filter(rng.normal(size=shape), 2.5, mode="nearest")
    field /= field.std()
    return ((field > 0.3).astype(np.uint8) + (field > 1.2)).astype(np.uint8)


@pytest.mark.parametrize(("shape", "new_shape"), SHAPES)
def test_cubic_image_equals_scikit_image(
    shape: tuple[int, int, int], new_shape: tuple[int, int, int]
) -> None:
    array = hounsfield(shape)
    expected = resize(array.astype(float), new_shape, order=3, **OPTIONS)
    ours = resample_image(torch.from_numpy(array), new_shape, None).numpy()
    assert np.abs(ours - expected).max() / DEVIATION < 1e-4


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("slices", [6, 23])
def test_separate_axis_equals_slicewise_scikit_image(axis: int, slices: int) -> None:
    shape, new_shape = [30, 34, 38], [19, 50, 41]
    shape[axis], new_shape[axis] = 11, slices
    array = hounsfield(tuple(shape))
    planes = [n for a, n in enumerate(new_shape) if a != axis]
    moved = np.moveaxis(array.astype(float), axis, 0)
    stack = np.stack([resize(plane, planes, order=3, **OPTIONS) for plane in moved])
    positions = shape[axis] / slices * (np.arange(slices) + 0.5) - 0.5
    grid = np.meshgrid(positions, *(np.arange(n) for n in planes), indexing="ij")
    expected = np.moveaxis(ndimage.map_coordinates(stack, grid, order=0, mode="nearest"), 0, axis)
    ours = resample_image(torch.from_numpy(array), new_shape, axis).numpy()
    assert np.abs(ours - expected).max() / DEVIATION < 1e-4


@pytest.mark.parametrize(("shape", "new_shape"), SHAPES)
def test_mask_equals_the_argmax_of_linear_weights(
    shape: tuple[int, int, int], new_shape: tuple[int, int, int]
) -> None:
    mask = labels(shape)
    weights = [resize((mask == k).astype(float), new_shape, order=1, **OPTIONS) for k in range(3)]
    ordered = np.sort(weights, axis=0)
    clear = ordered[-1] - ordered[-2] > 1e-5
    ours = resample_mask(torch.from_numpy(mask), new_shape, None).numpy()
    assert np.array_equal(ours[clear], np.argmax(weights, axis=0)[clear])
    assert ours.dtype == np.uint8


def test_ties_go_to_the_nearest_voxel() -> None:
    mask = torch.zeros((1, 1, 2), dtype=torch.uint8)
    mask[..., 1] = 2
    assert resample_mask(mask, (1, 1, 3), None).flatten().tolist() == [0, 2, 2]
    assert resample_mask(mask.flip(2), (1, 1, 3), None).flatten().tolist() == [2, 0, 0]


def test_separate_mask_takes_whole_slices() -> None:
    mask = torch.zeros((3, 8, 8), dtype=torch.uint8)
    mask[1, 2:6, 2:6] = 1
    resampled = resample_mask(mask, (6, 8, 8), 0)
    assert torch.equal(resampled, mask.repeat_interleave(2, dim=0))


def test_a_structure_at_full_size_is_unchanged() -> None:
    array = torch.from_numpy(hounsfield((6, 7, 8)))
    assert torch.equal(resample_image(array, (6, 7, 8), None), array)


@pytest.mark.parametrize(
    ("shape", "spacing", "expected"),
    [
        ((5, 5, 5), (1.0, 1.0, 1.0), (2, 2, 2)),
        ((7, 7, 7), (1.0, 1.0, 1.0), (4, 4, 4)),
        ((1, 1, 1), (0.1, 0.1, 0.1), (1, 1, 1)),
    ],
)
def test_new_shape_rounds_half_to_even(
    shape: tuple[int, int, int], spacing: tuple[float, float, float], expected: tuple[int, ...]
) -> None:
    assert resampled_shape(shape, spacing, (2.0, 2.0, 2.0)) == expected


def test_separate_axis_follows_the_original_spacing_first() -> None:
    kits = (3.2164, 1.6153, 1.6153)
    assert separate_axis((5.0, 0.78, 0.78), kits) == 0
    assert separate_axis((0.78, 5.0, 0.78), kits) == 1
    assert separate_axis((2.0, 0.78, 0.78), kits) is None
    assert separate_axis((2.0, 0.78, 0.78), (8.0, 1.0, 1.0)) == 0
    assert separate_axis((0.24, 1.25, 1.25), kits) is None
