"""What every step does to a batch."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.ndimage import correlate1d, zoom
from torch.nn import functional

from trainer.training.augment import BatchDraw, apply_intensities, apply_mirroring
from trainer.training.sampler import PatchDraw
from trainer.training.spatial import read_block, spatial_matrix, warp_block
from trainer.training.warp import Sampling, sample_patch

CPU = torch.device("cpu")
PATCH = (24, 28, 32)
NOT_MIRRORED = np.zeros((3, 3), bool)


@pytest.fixture
def noise_case(make_case):
    """A case of random values with three structures' worth of random labels in blocks."""
    rng = np.random.default_rng(0)
    blocks = rng.integers(0, 3, (10, 11, 12)).astype(np.uint8)
    mask = np.kron(blocks, np.ones((5, 5, 5), np.uint8))
    return make_case("noise", rng.normal(0, 0.5, mask.shape).astype(np.float32), mask)


@pytest.mark.parametrize("low", [(12, 14, 15), (-9, 20, 40)])
@pytest.mark.parametrize("scale", [0.7, 1.0, 1.4])
def test_a_warped_patch_is_torchs_grid_sample_of_image_and_indicators(noise_case, low, scale):
    matrix = spatial_matrix((0.4, -0.3, 0.5), scale)
    draw = PatchDraw(noise_case, low, None)
    image, mask = warp_block(read_block(draw, PATCH, matrix), PATCH, 3, CPU)
    whole_image, whole_mask = noise_case.read_box((-60,) * 3, [n + 120 for n in noise_case.shape])
    volumes = np.stack([whole_image, *(whole_mask == k for k in (1, 2))]).astype(np.float64)
    half = (np.array(PATCH) - 1) / 2
    offsets = np.stack(np.meshgrid(*(np.arange(n) for n in PATCH), indexing="ij"), -1) - half
    positions = offsets @ matrix.T + np.array(low) + half + 60
    grid = 2 * positions / (np.array(whole_mask.shape) - 1) - 1
    expected = functional.grid_sample(
        torch.from_numpy(volumes)[None], torch.from_numpy(grid[None, ..., ::-1].copy()),
        align_corners=True,
    )[0].numpy()  # fmt: skip
    assert np.abs(image.numpy() - expected[0]).max() < 1e-4
    weights = np.stack([1 - expected[1] - expected[2], expected[1], expected[2]])
    ordered = np.sort(weights, axis=0)
    clear = ordered[-1] - ordered[-2] > 1e-4
    assert clear.mean() > 0.99
    assert np.array_equal(mask.numpy()[clear], weights.argmax(0)[clear])


def test_an_identity_matrix_gives_the_plain_patch(noise_case) -> None:
    draw = PatchDraw(noise_case, (-5, 10, 50), None)
    plain = warp_block(read_block(draw, PATCH, None), PATCH, 3, CPU)
    turned = warp_block(read_block(draw, PATCH, np.eye(3)), PATCH, 3, CPU)
    assert torch.allclose(plain[0], turned[0], atol=1e-4)
    assert torch.equal(plain[1], turned[1])


def test_outside_the_case_the_image_is_0_and_the_mask_background(make_case) -> None:
    case = make_case(
        "full", np.full((20, 20, 20), 2.0, np.float32), np.full((20,) * 3, 2, np.uint8)
    )
    block = read_block(PatchDraw(case, (0, 0, 0), 2), (20, 20, 20), spatial_matrix((0, 0, 0), 1.4))
    image, mask = warp_block(block, (20, 20, 20), 3, CPU)
    assert image[0, 0, 0] == 0
    assert mask[0, 0, 0] == 0
    assert image[10, 10, 10] == pytest.approx(2.0, abs=1e-3)
    assert mask[10, 10, 10] == 2


def test_corners_of_a_turned_patch_are_voxels_of_the_case(make_case) -> None:
    shape, patch = (70, 70, 70), (20, 20, 20)
    case = make_case("ones", np.ones(shape, np.float32), np.ones(shape, np.uint8))
    for scale in (0.7, 1.4):
        matrix = spatial_matrix((0.5, 0.5, -0.5), scale)
        block = read_block(PatchDraw(case, (25, 25, 25), None), patch, matrix)
        image, mask = warp_block(block, patch, 2, CPU)
        assert torch.allclose(image, torch.ones(patch), atol=1e-4)
        assert (mask == 1).all()


def test_what_is_read_for_a_patch_is_no_larger_than_needed(noise_case) -> None:
    matrix = spatial_matrix((0.2, 0.1, -0.3), 0.9)
    block = read_block(PatchDraw(noise_case, (3, 4, 5), None), PATCH, matrix)
    half = (np.array(PATCH) - 1) / 2
    needed = 2 * np.abs(matrix) @ half
    assert np.all(np.array(block.image.shape) <= np.ceil(needed) + 4)


def test_the_slabs_of_a_patch_do_not_show(noise_case, monkeypatch) -> None:
    block = read_block(
        PatchDraw(noise_case, (12, 14, 15), None), PATCH, spatial_matrix((0.4, -0.3, 0.5), 0.8)
    )
    assert block.matrix is not None
    assert block.centre is not None
    tensors = torch.from_numpy(block.image), torch.from_numpy(block.mask)
    sampling = Sampling(block.matrix, block.centre, PATCH)
    whole = sample_patch(*tensors, sampling, 3)
    for voxels in (1, 5000):
        monkeypatch.setattr("trainer.training.warp._CACHED_VOXELS", voxels)
        image, mask = sample_patch(*tensors, sampling, 3)
        assert torch.equal(image, whole[0])
        assert torch.equal(mask, whole[1])


def test_a_turn_about_an_axis_keeps_it_and_scaling_above_one_shows_more() -> None:
    for axis in range(3):
        angles = [0.0, 0.0, 0.0]
        angles[axis] = 0.3
        matrix = spatial_matrix((angles[0], angles[1], angles[2]), 1.0)
        assert matrix[axis, axis] == pytest.approx(1)
        assert np.allclose(matrix @ matrix.T, np.eye(3))
        assert np.linalg.det(matrix) == pytest.approx(1)
        assert np.trace(matrix) == pytest.approx(1 + 2 * math.cos(0.3))
    assert np.allclose(spatial_matrix((0, 0, 0), 1.4), 1.4 * np.eye(3))


def images(samples: int = 3) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(samples, 1, 8, 10, 12, generator=generator) * 0.7 + 0.4


def only(step: str, *values: float, samples: tuple[int, ...] = (1,)) -> BatchDraw:
    numbers = np.full((3, len(values)), np.nan)
    numbers[list(samples)] = values
    return BatchDraw({step: numbers}, 7, NOT_MIRRORED)


def changed(before: torch.Tensor, draw: BatchDraw) -> torch.Tensor:
    after = before.clone()
    apply_intensities(after, draw)
    return after


STEPS = [
    ("noise", (0.1,)),
    ("blur", (0.8, 0.5, 1.0)),
    ("brightness", (1.2,)),
    ("contrast", (0.8,)),
    ("low_resolution", (0.6,)),
    ("inverted_gamma", (1.4,)),
    ("gamma", (0.7,)),
]


@pytest.mark.parametrize(("step", "values"), STEPS)
@pytest.mark.parametrize("samples", [(1,), (0, 2), (0, 1, 2)])
def test_a_step_changes_the_samples_it_was_drawn_for_alone(step, values, samples) -> None:
    before = images()
    after = changed(before, only(step, *values, samples=samples))
    for sample in range(3):
        same = torch.equal(after[sample], before[sample])
        assert same == (sample not in samples)
    assert torch.equal(after, changed(before, only(step, *values, samples=samples)))


@pytest.mark.parametrize(("step", "values"), STEPS[1:])
def test_a_sample_does_not_depend_on_the_others(step, values) -> None:
    before = images()
    together = changed(before, only(step, *values, samples=(0, 1, 2)))
    for sample in range(3):
        alone = changed(before, only(step, *values, samples=(sample,)))
        assert torch.allclose(alone[sample], together[sample], atol=1e-6)


def test_each_intensity_step_does_what_it_says() -> None:
    before = images()
    sample = before[1]
    noisy = changed(before, only("noise", 0.1))[1]
    assert (noisy - sample).std().item() == pytest.approx(0.1, rel=0.1)
    bright = changed(before, only("brightness", 1.2))[1]
    assert torch.allclose(bright, sample * 1.2)
    contrasty = changed(before, only("contrast", 1.25))[1]
    assert contrasty.min() == sample.min()
    assert contrasty.max() == sample.max()
    for step in ("gamma", "inverted_gamma"):
        curved = changed(before, only(step, 1.5))[1]
        assert curved.mean().item() == pytest.approx(sample.mean().item(), abs=1e-4)
        assert curved.std().item() == pytest.approx(sample.std().item(), rel=1e-3)
        assert torch.equal(curved.flatten().argsort(), sample.flatten().argsort())


def test_inverted_gamma_is_gamma_on_the_negative() -> None:
    before = images()
    inverted = changed(before, only("inverted_gamma", 0.8))
    assert torch.allclose(inverted, -changed(-before, only("gamma", 0.8)), atol=1e-6)


def test_the_steps_are_applied_in_the_tables_order() -> None:
    before = images()
    numbers = {name: only(name, *values).numbers[name] for name, values in STEPS}
    together = changed(before, BatchDraw(numbers, 7, NOT_MIRRORED))
    one_by_one = before
    for name, values in STEPS:
        one_by_one = changed(one_by_one, only(name, *values))
    assert torch.equal(together, one_by_one)


@pytest.mark.parametrize("step", ["contrast", "gamma", "inverted_gamma"])
def test_a_uniform_image_stays_as_it_is(step) -> None:
    before = torch.full((3, 1, 8, 8, 8), 0.25)
    assert torch.allclose(changed(before, only(step, 1.4)), before)


@pytest.mark.parametrize(("sigma", "radius"), [(0.5, 1), (0.74, 2), (0.76, 2), (0.92, 3), (1.0, 3)])
def test_blur_is_a_gaussian_per_axis_with_mirrored_edges(sigma, radius) -> None:
    before = images()
    offsets = np.arange(-radius, radius + 1)
    kernel = np.exp(-0.5 * (offsets / sigma) ** 2)
    kernel /= kernel.sum()
    for axis in range(3):
        sigmas = [1e-3, 1e-3, 1e-3]
        sigmas[axis] = sigma
        ours = changed(before, only("blur", *sigmas))[1, 0].numpy()
        expected = correlate1d(before[1, 0].double().numpy(), kernel, axis=axis, mode="mirror")
        assert np.abs(ours - expected).max() < 1e-6


@pytest.mark.parametrize("factor", [0.5, 0.63, 0.87])
def test_low_resolution_takes_nearest_voxels_down_and_lines_up(factor) -> None:
    before = images()
    small = before[1, 0].double().numpy()
    for axis, size in enumerate((8, 10, 12)):
        fewer = round(size * factor)
        nearest = np.floor((np.arange(fewer) + 0.5) * size / fewer).astype(int)
        small = small.take(nearest, axis)
    up = np.array((8, 10, 12)) / small.shape
    expected = zoom(small, up, order=1, mode="nearest", grid_mode=True)
    ours = changed(before, only("low_resolution", factor))[1, 0].numpy()
    assert np.abs(ours - expected).max() < 1e-5


def test_mirroring_flips_image_and_mask_alike() -> None:
    before = images()
    masks = (before[:, 0] > 0.4).to(torch.uint8)
    axes = np.array([[True, False, True], [False, False, False], [False, True, False]])
    image, mask = before.clone(), masks.clone()
    apply_mirroring(image, mask, BatchDraw({}, 0, axes))
    assert torch.equal(mask, (image[:, 0] > 0.4).to(torch.uint8))
    assert torch.equal(image[0], before[0].flip(1, 3))
    assert torch.equal(image[1], before[1])
    assert torch.equal(image[2], before[2].flip(2))
