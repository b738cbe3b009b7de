from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from trainer.training.augment import (
    AUGMENTATIONS,
    Augmentation,
    BatchDraw,
    Chance,
    apply_intensities,
    apply_mirroring,
    draw_batch,
)
from trainer.training.batches import BatchSettings, BatchSource
from trainer.training.sampler import PatchDraw
from trainer.training.spatial import read_block, spatial_matrix, warp_block

CPU = torch.device("cpu")
PATCH = (24, 28, 32)


def ellipsoid(shape, centre, radii):
    grid = np.meshgrid(*(np.arange(n) for n in shape), indexing="ij")
    return sum(((g - c) / r) ** 2 for g, c, r in zip(grid, centre, radii, strict=True))


@pytest.fixture
def shape_case(make_case):
    """A case whose image is an analytic function and whose mask is where it is below 1."""
    shape, centre, radii = (60, 64, 70), (30.0, 31.0, 36.0), (9.0, 6.0, 11.0)
    field = ellipsoid(shape, centre, radii)
    image = np.clip(1.5 - field, -2.0, 2.0).astype(np.float32)
    return make_case("shape", image, (field < 1).astype(np.uint8)), (centre, radii)


@pytest.mark.parametrize("scale", [0.7, 1.0, 1.4])
def test_rotation_and_scaling_move_image_and_mask_to_where_they_belong(shape_case, scale) -> None:
    case, (centre, radii) = shape_case
    matrix = spatial_matrix((0.4, -0.3, 0.5), scale)
    low = (20, 16, 18)
    block = read_block(PatchDraw(case, low, None), PATCH, matrix)
    image, mask = warp_block(block, PATCH, 3, CPU)
    half = (np.array(PATCH) - 1) / 2
    offsets = np.stack(np.meshgrid(*(np.arange(n) for n in PATCH), indexing="ij"), -1) - half
    source = offsets @ matrix.T + np.array(low) + half
    field = sum(((source[..., k] - centre[k]) / radii[k]) ** 2 for k in range(3))
    inside_case = np.all((source >= 0) & (source <= np.array(case.shape) - 1), axis=-1)
    expected = np.clip(1.5 - field, -2.0, 2.0)
    assert np.abs(image[0].numpy() - expected)[inside_case].mean() < 0.02
    predicted = mask.numpy() == 1
    assert np.all(predicted[inside_case & (field < 0.65)])
    assert not np.any(predicted[inside_case & (field > 1.4)])
    truth = (field < 1) & inside_case
    assert predicted.sum() == pytest.approx(truth.sum(), rel=0.05)


def test_an_identity_matrix_gives_the_plain_patch(shape_case) -> None:
    case, _ = shape_case
    draw = PatchDraw(case, (-5, 10, 50), None)
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
    assert image[0, 0, 0, 0] == 0
    assert mask[0, 0, 0] == 0
    assert image[0, 10, 10, 10] == pytest.approx(2.0, abs=1e-3)
    assert mask[10, 10, 10] == 2


def test_a_turn_about_an_axis_keeps_it_and_scaling_above_one_shows_more() -> None:
    for axis in range(3):
        angles = [0.0, 0.0, 0.0]
        angles[axis] = 0.3
        matrix = spatial_matrix((angles[0], angles[1], angles[2]), 1.0)
        assert matrix[axis, axis] == pytest.approx(1)
        assert np.allclose(matrix @ matrix.T, np.eye(3))
        assert np.trace(matrix) == pytest.approx(1 + 2 * math.cos(0.3))
    assert np.allclose(spatial_matrix((0, 0, 0), 1.4), 1.4 * np.eye(3))


@pytest.mark.parametrize("name", ["paper", "nnunet-v2"])
def test_the_draws_follow_the_table(name) -> None:
    augmentation = AUGMENTATIONS[name]
    rng = np.random.default_rng(0)
    drawn = [draw_batch(augmentation, 2, rng) for _ in range(4000)]
    moved = np.mean([matrix is not None for draw in drawn for matrix in draw.matrices])
    assert moved == pytest.approx(1 - 0.8 * 0.8, abs=0.02)
    table = {
        "noise": (0.1, 0.0, 0.1),
        "brightness": (0.15, 0.75, 1.25),
        "contrast": (0.15, 0.75, 1.25),
        "inverted_gamma": (0.1, 0.7, 1.5),
        "gamma": (0.3, 0.7, 1.5),
    }
    if name == "nnunet-v2":
        table |= {"blur": (0.1, 0.5, 1.0), "low_resolution": (0.125, 0.5, 1.0)}
    assert set(drawn[0].numbers) == set(table)
    for step, (probability, low, high) in table.items():
        values = np.concatenate([draw.numbers[step] for draw in drawn])
        assert np.mean(~np.isnan(values)) == pytest.approx(probability, abs=0.02)
        assert np.nanmin(values) == pytest.approx(low, abs=0.02)
        assert np.nanmax(values) == pytest.approx(high, abs=0.02)
    mirrored = np.concatenate([draw.mirrored for draw in drawn])
    assert mirrored.mean(0) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(("name", "below"), [("paper", 0.5), ("nnunet-v2", 0.3 / 0.7)])
def test_the_paper_draws_half_of_the_scales_below_one(name, below) -> None:
    from dataclasses import replace

    only = replace(AUGMENTATIONS[name], rotation=None, scaling=Chance(1.0, 0.7, 1.4))
    rng = np.random.default_rng(0)
    matrices = [draw_batch(only, 1, rng).matrices[0] for _ in range(4000)]
    scales = np.array([matrix[0, 0] for matrix in matrices if matrix is not None])
    assert np.mean(scales < 1) == pytest.approx(below, abs=0.03)
    assert scales.min() >= 0.7
    assert scales.max() <= 1.4


def images(samples: int = 3) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(samples, 1, 8, 10, 12, generator=generator) * 0.7 + 0.4


def only(step: str, value: float, sample: int = 1) -> BatchDraw:
    numbers = np.full(3, np.nan)
    numbers[sample] = value
    return BatchDraw((None,) * 3, {step: numbers}, 7, np.zeros((3, 3), bool))


@pytest.mark.parametrize(
    ("step", "value"),
    [
        ("noise", 0.1),
        ("blur", 0.8),
        ("brightness", 1.2),
        ("contrast", 0.8),
        ("low_resolution", 0.6),
        ("inverted_gamma", 1.4),
        ("gamma", 0.7),
    ],
)
def test_a_step_changes_only_the_samples_it_was_drawn_for(step, value) -> None:
    before = images()
    after = apply_intensities(before, only(step, value))
    assert torch.equal(after[[0, 2]], before[[0, 2]])
    assert not torch.equal(after[1], before[1])
    assert torch.equal(after, apply_intensities(before, only(step, value)))


def test_each_intensity_step_does_what_it_says() -> None:
    before = images()
    sample = before[1]
    noisy = apply_intensities(before, only("noise", 0.1))[1]
    assert (noisy - sample).std().item() == pytest.approx(0.1, rel=0.1)
    bright = apply_intensities(before, only("brightness", 1.2))[1]
    assert torch.allclose(bright, sample * 1.2)
    contrasty = apply_intensities(before, only("contrast", 1.25))[1]
    assert contrasty.min() == sample.min()
    assert contrasty.max() == sample.max()
    for step in ("gamma", "inverted_gamma"):
        curved = apply_intensities(before, only(step, 1.5))[1]
        assert curved.mean().item() == pytest.approx(sample.mean().item(), abs=1e-4)
        assert curved.std().item() == pytest.approx(sample.std().item(), rel=1e-3)
        assert torch.equal(curved.flatten().argsort(), sample.flatten().argsort())


def test_blur_equals_scipys_gaussian() -> None:
    from scipy.ndimage import gaussian_filter

    before = images()
    ours = apply_intensities(before, only("blur", 0.9))[1, 0].numpy()
    assert np.allclose(ours, gaussian_filter(before[1, 0].numpy(), 0.9, mode="nearest"), atol=1e-5)


def test_mirroring_flips_image_and_mask_alike() -> None:
    before = images()
    masks = (before[:, 0] > 0.4).to(torch.uint8)
    axes = np.array([[True, False, True], [False, False, False], [False, True, False]])
    draw = BatchDraw((None,) * 3, {}, 0, axes)
    image, mask = apply_mirroring(before, masks, draw)
    assert torch.equal(mask, (image[:, 0] > 0.4).to(torch.uint8))
    assert torch.equal(image[0], before[0].flip(1, 3))
    assert torch.equal(image[1], before[1])


def test_batches_depend_on_epoch_and_step_alone(shape_case) -> None:
    case, _ = shape_case
    settings = BatchSettings(PATCH, 2, 0.5, 3, seed=1, fold=0, stream=0)
    source = BatchSource([case], settings, AUGMENTATIONS["nnunet-v2"], CPU)
    whole = list(source.batches(3, 0, 5))
    rest = list(source.batches(3, 2, 5))
    assert len(whole) == 5
    for (image, mask), (again, same_mask) in zip(whole[2:], rest, strict=True):
        assert torch.equal(image, again)
        assert torch.equal(mask, same_mask)
    other_epoch = next(iter(source.batches(4, 0, 1)))
    assert not torch.equal(other_epoch[0], whole[0][0])
    assert list(source.batches(0, 5, 5)) == []


def test_no_augmentation_is_the_plain_patch(shape_case) -> None:
    case, _ = shape_case
    settings = BatchSettings(PATCH, 2, 0.5, 3, seed=1, fold=0, stream=1)
    image, mask = next(iter(BatchSource([case], settings, Augmentation(), CPU).batches(0, 0, 1)))
    assert image.shape == (2, 1, *PATCH)
    assert mask.shape == (2, *PATCH)
    inside = (image[:, 0] > 0.5) & (image[:, 0] != 0)
    assert torch.equal(inside, mask == 1)
