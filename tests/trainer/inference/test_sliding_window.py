from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter
from tiny_models import TINY_NETWORK

from trainer.contract.errors import Cancelled
from trainer.contract.tiling import number_of_tiles, tile_corners, tile_starts, whole
from trainer.inference.sliding_window import FLIPS, WindowSettings, slide
from trainer.inference.tile_weight import gaussian_weight
from trainer.inference.torch_runtime import TorchRuntime
from trainer.nets.build import build_network

PATCH = (8, 12, 12)


@pytest.fixture(scope="module")
def network():
    return build_network(TINY_NETWORK, seed=3).eval()


@pytest.fixture(scope="module")
def runtime(network):
    return TorchRuntime(network, torch.device("cpu"))


def naive(network, image, flip=()):
    """One tile at a time, float64 accumulators, written from nnU-Net's description."""
    shape = [max(size, patch) for size, patch in zip(image.shape, PATCH, strict=True)]
    before = [(large - size) // 2 for large, size in zip(shape, image.shape, strict=True)]
    padded = np.zeros(shape, np.float32)
    inside = tuple(slice(b, b + s) for b, s in zip(before, image.shape, strict=True))
    padded[inside] = image
    delta = np.zeros(PATCH)
    delta[4, 6, 6] = 1
    weight = gaussian_filter(delta, [1, 1.5, 1.5], mode="constant")
    weight = np.maximum(weight / weight.max(), 1e-30)
    total, norm = np.zeros((3, *shape)), np.zeros(shape)
    for z in tile_starts(shape[0], 8):
        for y in tile_starts(shape[1], 12):
            for x in tile_starts(shape[2], 12):
                place = (slice(z, z + 8), slice(y, y + 12), slice(x, x + 12))
                tile = np.flip(padded[place], flip).copy()
                with torch.inference_mode():
                    out = network(torch.from_numpy(tile)[None, None])[0].softmax(0).numpy()
                out = np.flip(out, [axis + 1 for axis in flip])
                total[(slice(None), *place)] += out * weight
                norm[place] += weight
    return (total / norm)[(slice(None), *inside)]


@pytest.mark.parametrize("shape", [(8, 12, 12), (13, 25, 12), (5, 20, 31)])
@pytest.mark.parametrize("flip", [(), (0, 2)])
def test_equals_a_naive_loop(network, runtime, shape, flip):
    image = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    result = slide(runtime, torch.from_numpy(image), 3, WindowSettings(PATCH), flip=flip)
    assert result.shape == (3, *shape)
    assert np.abs(result.numpy() - naive(network, image, flip)).max() < 1e-5


def test_tiles_follow_the_half_patch_rule():
    assert tile_starts(12, 12) == [0]
    assert tile_starts(13, 12) == [0, 1]
    assert tile_starts(30, 12) == [0, 6, 12, 18]
    assert tile_starts(31, 12) == [0, 5, 10, 14, 19]


def test_the_weight_is_a_gaussian_that_is_never_zero():
    weight = gaussian_weight((8, 16, 160))
    assert float(weight.max()) == 1.0
    assert float(weight.min()) > 0
    assert weight[4, 8, 80] == 1.0
    assert weight[4, 8, 80 + 20] == pytest.approx(np.exp(-0.5), rel=1e-3)


def test_a_box_runs_fewer_tiles_and_changes_nothing_inside(runtime):
    image = torch.randn(20, 40, 40, generator=torch.Generator().manual_seed(0))
    settings = WindowSettings(PATCH)
    box = (slice(2, 6), slice(30, 38), slice(4, 9))
    complete = slide(runtime, image, 3, settings)
    part = slide(runtime, image, 3, settings, box=box)
    inside = (slice(None), *box)
    assert torch.allclose(part[inside], complete[inside], atol=1e-6)
    assert number_of_tiles((20, 40, 40), PATCH, box) < number_of_tiles(
        (20, 40, 40), PATCH, whole((20, 40, 40))
    )
    assert len(tile_corners((20, 40, 40), PATCH, box)) < 12


def test_the_odd_tile_never_goes_alone(network, runtime):
    sizes = []
    hook = network.register_forward_pre_hook(lambda module, args: sizes.append(len(args[0])))
    slide(runtime, torch.zeros(8, 12, 30), 3, WindowSettings(PATCH))
    hook.remove()
    assert len(sizes) == 2
    assert set(sizes) == {2}


def test_what_tick_raises_ends_it_between_tiles(runtime):
    ticks = []

    def tick(finished):
        ticks.append(finished)
        if len(ticks) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        slide(runtime, torch.zeros(8, 40, 40), 3, WindowSettings(PATCH), tick=tick)
    assert ticks == [0, 2]


def test_eight_flips_once_each():
    assert len(set(FLIPS)) == 8
    assert FLIPS[0] == ()
