"""Our augmentation against nnU-Net v2's own, on the same numbers.

Where the two differ on purpose, the method's table wins, and the test says so: gamma is
drawn uniformly, corners of a turned patch are voxels of the case (here the case ends where
nnU-Net's box does, so that both see the same voxels), what lies outside counts as
background from the start, and a forced voxel is the centre even at the case's edge.
"""

from __future__ import annotations

from math import radians
from types import SimpleNamespace

import numpy as np
import pytest
import torch

pytest.importorskip("batchgeneratorsv2")
pytest.importorskip("nnunetv2")

from batchgeneratorsv2.transforms.intensity.brightness import MultiplicativeBrightnessTransform
from batchgeneratorsv2.transforms.intensity.contrast import ContrastTransform
from batchgeneratorsv2.transforms.intensity.gamma import GammaTransform
from batchgeneratorsv2.transforms.intensity.gaussian_noise import GaussianNoiseTransform
from batchgeneratorsv2.transforms.noise.gaussian_blur import GaussianBlurTransform
from batchgeneratorsv2.transforms.spatial.low_resolution import SimulateLowResolutionTransform
from batchgeneratorsv2.transforms.spatial.spatial import SpatialTransform, create_affine_matrix_3d
from batchgeneratorsv2.transforms.utils.random import RandomTransform
from nnunetv2.training.data_augmentation.compute_initial_patch_size import get_patch_size
from nnunetv2.training.dataloading.data_loader import nnUNetDataLoader
from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer

from trainer.preprocessing.cached_case import STEPS_PER_UNIT, CachedCase, CaseRecord
from trainer.preprocessing.mask_bits import pack_mask
from trainer.training import intensity
from trainer.training.augment import AUGMENTATIONS
from trainer.training.sampler import PatchDraw, PatchSampler
from trainer.training.spatial import read_block, spatial_matrix, warp_block

pytestmark = pytest.mark.peers

FULL_PATCH = (80, 160, 160)
TABLE = AUGMENTATIONS["nnunet-v2"]


def their_rotation() -> tuple[float, float]:
    """Return the range of angles that nnU-Net's trainer chooses for the full patch."""
    trainer = SimpleNamespace(
        configuration_manager=SimpleNamespace(patch_size=FULL_PATCH),
        print_to_log_file=lambda *_: None,
    )
    rotation, dummy_2d, _, axes = (
        nnUNetTrainer.configure_rotation_dummyDA_mirroring_and_inital_patch_size(trainer)
    )
    assert not dummy_2d
    assert axes == (0, 1, 2)
    return rotation


def their_steps():
    """Return the transforms of nnU-Net's default trainer, in its order."""
    return nnUNetTrainer.get_training_transforms(
        FULL_PATCH, their_rotation(), None, (0, 1, 2), False, foreground_labels=[1, 2]
    ).transforms


def test_the_table_has_the_probabilities_of_nnunets_trainer_in_its_order() -> None:
    spatial, *rest = their_steps()
    assert (spatial.p_rotation, spatial.p_scaling) == (
        TABLE.rotation.probability,
        TABLE.scaling.probability,
    )
    assert spatial.scaling == (TABLE.scaling.low, TABLE.scaling.high)
    assert tuple(spatial.rotation) == pytest.approx((TABLE.rotation.low, TABLE.rotation.high))
    assert TABLE.rotation.high == pytest.approx(radians(30))
    assert spatial.p_synchronize_scaling_across_axes == 1
    assert spatial.p_elastic_deform == 0
    random = [step for step in rest if isinstance(step, RandomTransform)]
    ours = [
        (GaussianNoiseTransform, TABLE.noise, "noise_variance"),
        (GaussianBlurTransform, TABLE.blur, "blur_sigma"),
        (MultiplicativeBrightnessTransform, TABLE.brightness, "multiplier_range"),
        (ContrastTransform, TABLE.contrast, "contrast_range"),
        (SimulateLowResolutionTransform, TABLE.low_resolution, "scale"),
        (GammaTransform, TABLE.inverted_gamma, "gamma"),
        (GammaTransform, TABLE.gamma, "gamma"),
    ]
    assert [type(step.transform) for step in random] == [kind for kind, *_ in ours]
    for step, (_, chance, name) in zip(random, ours, strict=True):
        per_channel = step.transform.p_per_channel
        assert step.apply_probability * per_channel == pytest.approx(chance.probability)
        drawn = getattr(step.transform, name)
        assert tuple(getattr(drawn, "contrast_range", drawn)) == (chance.low, chance.high)
    assert [step.transform.p_invert_image for step in random[-2:]] == [1, 0]
    assert all(step.transform.p_retain_stats == 1 for step in random[-2:])
    assert not random[1].transform.synchronize_axes, "blur draws a sigma per axis"
    assert random[4].transform.synchronize_axes, "low resolution draws one zoom"
    assert rest.index(random[-1]) < [type(step).__name__ for step in rest].index("MirrorTransform")


def images(shape=(2, 1, 20, 26, 31)) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(3)) * 0.8 + 0.3


def assert_same(ours: torch.Tensor, transform, before: torch.Tensor, tolerance=2e-6) -> None:
    """Compare the second sample; the first was left as it is."""
    theirs = transform(image=before[1].clone())["image"]
    assert torch.equal(ours[0], before[0])
    assert not torch.equal(ours[1], before[1])
    assert (ours[1] - theirs).abs().max() < tolerance


@pytest.mark.parametrize("factor", [0.75, 1.2])
def test_brightness(factor) -> None:
    before, ours = images(), images()
    intensity.multiply_brightness(ours[1:], [factor])
    assert_same(ours, MultiplicativeBrightnessTransform(factor, False, 1), before)


@pytest.mark.parametrize("factor", [0.75, 1.25])
def test_contrast_keeps_the_range(factor) -> None:
    before, ours = images(), images()
    intensity.change_contrast(ours[1:], [factor])
    assert_same(ours, ContrastTransform(factor, True, False, 1), before)


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("gamma", [0.7, 1.0, 1.5])
def test_gamma_keeps_mean_and_deviation(gamma, inverted) -> None:
    before, ours = images(), images()
    intensity.change_gamma(ours[1:], [gamma], inverted)
    transform = GammaTransform(gamma, float(inverted), False, 1, 1)
    assert_same(ours, transform, before, 1e-5)


@pytest.mark.parametrize("sigmas", [(0.5, 0.5, 0.5), (0.6, 0.75, 0.9), (1.0, 0.83, 0.92)])
def test_blur_has_its_kernel_width_and_edges(sigmas) -> None:
    before, ours = images(), images()
    intensity.blur(ours[1:], [sigmas])
    transform = GaussianBlurTransform(lambda _shape, dim: sigmas[dim - 1], p_per_channel=1)
    assert_same(ours, transform, before)


@pytest.mark.parametrize("zoom", [0.5, 0.61, 0.875, 0.95])
def test_low_resolution_shrinks_by_nearest_and_enlarges_linearly(zoom) -> None:
    before, ours = images(), images()
    intensity.lower_resolution(ours[1:], [zoom])
    transform = SimulateLowResolutionTransform(zoom, False, True, None, None, 1)
    assert_same(ours, transform, before)


def test_noise_has_the_drawn_number_as_its_deviation() -> None:
    shape, deviation = (1, 1, 60, 60, 60), 0.07
    ours = torch.zeros(shape)
    intensity.add_noise(ours, [deviation], torch.Generator().manual_seed(0))
    theirs = GaussianNoiseTransform(deviation, 1, True)(image=torch.zeros(shape[1:]))["image"]
    for noise in (ours, theirs):
        assert noise.std().item() == pytest.approx(deviation, rel=0.01)
        assert abs(noise.mean().item()) < 5 * deviation / 60**1.5
    quantiles = torch.linspace(0.01, 0.99, 21)
    assert torch.allclose(
        ours.view(-1)[:200_000].quantile(quantiles),
        theirs.view(-1)[:200_000].quantile(quantiles),
        atol=0.002,
    )


BOX, PATCH = (52, 58, 64), (24, 28, 32)
LOW = tuple((box - size) // 2 for box, size in zip(BOX, PATCH, strict=True))
MOVES = [
    ((0.5, -0.2, 0.3), 1.0),
    ((-0.4, 0.45, -0.5), 1.4),
    ((0.0, 0.0, 0.0), 0.7),
    ((0.5, 0.5, 0.5), 1.4),
    ((0.0, 0.35, 0.0), 0.83),
]


def cached(image: np.ndarray, mask: np.ndarray) -> CachedCase:
    record = CaseRecord(
        image_hash="", mask_hash="", plan_hash="", shape=mask.shape, structures=(1, 2)
    )
    steps = np.rint(image * STEPS_PER_UNIT).astype(np.int16)
    places = {k: np.flatnonzero(mask == k).astype(np.int32) for k in (1, 2)}
    return CachedCase("case", record, steps, pack_mask(mask), places)


def in_a_box() -> CachedCase:
    """A case as large as the box nnU-Net would turn, with blobs that leave its rim free."""
    rng = np.random.default_rng(5)
    blobs = rng.integers(0, 3, (16, 18, 20)).astype(np.uint8)
    mask = np.zeros(BOX, np.uint8)
    mask[2:50, 2:56, 2:62] = np.kron(blobs, np.ones((3, 3, 3), np.uint8))
    return cached(rng.normal(0, 0.5, BOX), mask)


@pytest.mark.parametrize(("angles", "scale"), MOVES)
def test_rotation_and_scaling(angles, scale) -> None:
    matrix = spatial_matrix(angles, scale)
    assert np.allclose(matrix, create_affine_matrix_3d(angles, [scale] * 3))
    case = in_a_box()
    image, mask = warp_block(
        read_block(PatchDraw(case, LOW, None), PATCH, matrix), PATCH, 3, torch.device("cpu")
    )
    transform = SpatialTransform(
        PATCH, 0, False, p_rotation=1, rotation=lambda image, dim: angles[dim],
        p_scaling=1, scaling=scale, p_synchronize_scaling_across_axes=1,
        border_mode_seg="constant", padding_value_seg=-1,
    )  # fmt: skip
    box_image, box_mask = case.read_box((0, 0, 0), BOX)
    theirs = transform(
        image=torch.from_numpy(box_image)[None],
        segmentation=torch.from_numpy(box_mask.astype(np.int16))[None],
    )
    assert (image - theirs["image"][0]).abs().max() < 1e-4
    their_mask = theirs["segmentation"][0].clamp(min=0)
    # Their scores are halves of a thousandth, so that near ties are ties there.
    assert (mask != their_mask).float().mean() < 2e-3
    assert (mask > 0).float().mean() > 0.1


def loader(initial: tuple[int, ...], final: tuple[int, ...]) -> nnUNetDataLoader:
    """Return their loader with what its choice of a patch looks at, and no data set."""
    made = object.__new__(nnUNetDataLoader)
    made.batch_size, made.oversample_foreground_percent = 2, 0.33
    made.patch_size, made.has_ignore = initial, False
    made.need_to_pad = np.array(initial) - np.array(final)
    made.annotated_classes_key = (-1, 0, 1, 2)
    return made


def inner_low(box_low, initial, final) -> tuple[int, ...]:
    """Return the first voxel of the patch that is cut from the middle of their box."""
    return tuple(
        low + outer // 2 - inner // 2
        for low, outer, inner in zip(box_low, initial, final, strict=True)
    )


def test_of_two_samples_the_second_is_forced() -> None:
    theirs = loader(FULL_PATCH, FULL_PATCH)
    assert [theirs._oversample_last_XX_percent(sample) for sample in range(2)] == [False, True]
    sampler = PatchSampler([in_a_box()], PATCH, 2, 0.5)
    for seed in range(50):
        first, second = sampler.draw(np.random.default_rng(seed))
        assert first.structure is None
        assert second.structure in (1, 2)


def test_a_forced_voxel_lies_where_nnunet_puts_it() -> None:
    angle = (-np.pi / 6, np.pi / 6)
    initial = tuple(int(n) for n in get_patch_size(PATCH, angle, angle, angle, (0.85, 1.25)))
    mask = np.zeros((90, 90, 90), np.uint8)
    mask[45, 40, 50] = 1
    case = cached(np.zeros(mask.shape), mask)
    _, ours = PatchSampler([case], PATCH, 2, 0.5).draw(np.random.default_rng(0))
    locations = {1: np.array([[0, 45, 40, 50]])}
    low, _ = loader(initial, PATCH).get_bbox(np.array(mask.shape), True, locations)
    assert inner_low(low, initial, PATCH) == ours.low


@pytest.mark.parametrize("shape", [(60, 70, 50), (20, 70, 32)])
def test_a_random_patch_lies_where_nnunets_may(shape) -> None:
    """Inside the case, or with the case in its middle; they go one voxel further where their
    box has an odd margin."""
    angle = (-np.pi / 6, np.pi / 6)
    initial = tuple(int(n) for n in get_patch_size(PATCH, angle, angle, angle, (0.85, 1.25)))
    theirs = loader(initial, PATCH)
    np.random.seed(0)  # noqa: NPY002
    places = [theirs.get_bbox(np.array(shape), False, None)[0] for _ in range(2000)]
    lows = np.array([inner_low(low, initial, PATCH) for low in places])
    sampler = PatchSampler([cached(np.zeros(shape), np.zeros(shape, np.uint8))], PATCH, 2, 0.5)
    rng = np.random.default_rng(0)
    ours = np.array([sampler.draw(rng)[0].low for _ in range(2000)])
    assert np.abs(lows.min(0) - ours.min(0)).max() <= 1
    assert np.abs(lows.max(0) - ours.max(0)).max() <= 1
    assert np.abs(lows.mean(0) - ours.mean(0)).max() < 2
