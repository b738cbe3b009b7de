from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import ndimage
from skimage.transform import resize

from trainer.inference.grid_map import GridMap
from trainer.inference.restore import restore_entropy, restore_mask
from trainer.preprocessing.resample import axis_operators


def blobs(shape, seed, structures=3):
    """Return softmax maps of smooth random blobs with mostly background."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.randn(1, structures, 5, 6, 6, generator=generator) * 4
    coarse[:, 0] += 3
    smooth = torch.nn.functional.interpolate(coarse, size=shape, mode="trilinear")
    return smooth[0].softmax(0)


def direct(maps):
    """Return the mean map restored everywhere by the full matrices, in float64."""
    total = 0
    for grid in maps:
        z, y, x = (matrix.double() for matrix in grid.operators)
        total = total + torch.einsum("cijk,ai,bj,dk->cabd", grid.values.double(), z, y, x)
    return total / len(maps)


def grid_map(seed, low=(9, 14, 12), high=(20, 31, 17), separate=None):
    return GridMap(blobs(low, seed), axis_operators(low, high, "linear", separate))


@pytest.mark.parametrize("separate", [None, 0])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_equals_the_argmax_of_restoring_everything(seed, separate):
    maps = [grid_map(seed, separate=separate)]
    expected = direct(maps)
    mask = restore_mask(maps)
    top = expected.topk(2, dim=0).values
    clear = (top[0] - top[1] > 1e-6).numpy()
    assert 0.01 < (mask > 0).mean() < 0.9
    assert np.array_equal(mask[clear], expected.argmax(0).numpy()[clear])
    assert clear.mean() > 0.999


def test_two_models_on_two_grids_are_averaged_on_the_source():
    maps = [grid_map(0), grid_map(1, low=(7, 10, 15))]
    expected = direct(maps)
    top = expected.topk(2, dim=0).values
    clear = (top[0] - top[1] > 1e-6).numpy()
    assert np.array_equal(restore_mask(maps)[clear], expected.argmax(0).numpy()[clear])


def test_identity_spacing_gives_the_argmax_itself():
    values = blobs((9, 14, 12), 5)
    shape = values.shape[1:]
    grid = GridMap(values, axis_operators(shape, shape, "linear", None))
    assert np.array_equal(restore_mask([grid]), values.argmax(0).numpy())


def test_only_background_is_empty_and_ties_go_to_background():
    shape = (4, 5, 6)
    operators = axis_operators(shape, (8, 9, 7), "linear", None)
    certain = torch.zeros(3, *shape)
    certain[0] = 1
    tied = torch.full((3, *shape), 1 / 3)
    assert restore_mask([GridMap(certain, operators)]).shape == (8, 9, 7)
    assert not restore_mask([GridMap(certain, operators)]).any()
    assert not restore_mask([GridMap(tied, operators)]).any()
    assert (restore_entropy([GridMap(tied, operators)]) == 255).all()
    assert not restore_entropy([GridMap(certain, operators)]).any()


def test_entropy_is_that_of_the_restored_mean():
    maps = [grid_map(3), grid_map(4)]
    mean = direct(maps).clamp(0, 1)
    expected = torch.special.entr(mean).sum(0) / np.log(3) * 255
    assert np.abs(restore_entropy(maps).astype(float) - expected.numpy()).max() <= 0.51


def test_more_slices_than_a_slab():
    maps = [grid_map(6, high=(75, 20, 18))]
    assert np.array_equal(restore_mask(maps), direct(maps).argmax(0).numpy())


@pytest.mark.parametrize(
    ("low", "high", "separate"),
    [
        ((9, 14, 12), (10, 31, 27), 0),
        ((9, 14, 12), (25, 30, 26), None),
        ((9, 14, 12), (7, 31, 5), 0),
    ],
)
def test_equals_scikit_image_and_scipy(low, high, separate):
    values = blobs(low, 7)
    theirs = np.stack([peer_linear(part.double().numpy(), high, separate) for part in values])
    top = np.sort(theirs, axis=0)
    clear = top[-1] - top[-2] > 1e-5
    mask = restore_mask([GridMap(values, axis_operators(low, high, "linear", separate))])
    assert clear.mean() > 0.999
    assert len(np.unique(mask)) == 3
    assert np.array_equal(mask[clear], theirs.argmax(0)[clear])


def peer_linear(array, shape, separate):
    """Return a class map at `shape` as nnU-Net's export gives it: order 1, nearest along z."""
    options = {"mode": "edge", "clip": True, "anti_aliasing": False, "preserve_range": True}
    if separate is None:
        return resize(array, shape, order=1, **options)
    planes = np.stack([resize(plane, shape[1:], order=1, **options) for plane in array])
    position = len(planes) / shape[0] * (np.arange(shape[0]) + 0.5) - 0.5
    nearest = ndimage.map_coordinates(
        np.arange(len(planes), dtype=float), [position], order=0, mode="nearest"
    )
    return planes[nearest.astype(int)]
