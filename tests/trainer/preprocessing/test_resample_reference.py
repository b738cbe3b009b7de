"""The resampler against scikit-image and scipy, called the way nnU-Net calls them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import ndimage
from skimage.transform import resize

from tests.trainer.preprocessing.skimage_resampling import OPTIONS, peer_image, peer_mask
from trainer.contract.tiling import resampled_shape
from trainer.preprocessing.operators import nearest_index
from trainer.preprocessing.resample import resample_image, resample_mask, separate_axis

DEVIATION = 76.9
KITS = (3.2164, 1.6153, 1.6153)
SHAPES = [
    ((20, 40, 44), (31, 27, 30)),
    ((17, 33, 29), (9, 50, 29)),
    ((5, 64, 64), (8, 31, 31)),
    ((3, 37, 41), (5, 19, 20)),
    ((1, 12, 12), (3, 7, 20)),
    ((13, 1, 17), (7, 1, 29)),
    ((2, 2, 2), (5, 1, 3)),
    ((23, 29, 31), (1, 1, 1)),
]


def hounsfield(shape: tuple[int, ...], seed: int = 0) -> NDArray[np.float32]:
    """Edges of 1000 HU, noise, padding and metal: what splines overshoot at."""
    rng = np.random.default_rng(seed)
    blobs = ndimage.gaussian_filter(rng.normal(size=shape), 2, mode="nearest")
    array = np.where(blobs > 0.02, 150.0, -900.0) + rng.normal(0, 15, shape)
    array.ravel()[rng.integers(array.size, size=3)] = (3071, -3024, 12000)
    return np.round(array).astype(np.float32)


def labels(shape: tuple[int, ...], seed: int = 1) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    field = ndimage.gaussian_filter(rng.normal(size=shape), 2.5, mode="nearest")
    field /= field.std() + 1e-9
    return ((field > 0.3).astype(np.uint8) + (field > 1.2)).astype(np.uint8)


def off_by(
    array: NDArray[np.float32], shape: tuple[int, ...], separate: int | None, device: str = "cpu"
) -> float:
    """Return the largest difference from the peer, in normalised intensity."""
    ours = resample_image(torch.from_numpy(array).to(device), shape, separate).cpu().numpy()
    assert ours.dtype == np.float32
    return float(np.abs(ours - peer_image(array, shape, separate)).max()) / DEVIATION


def wrong_share(
    mask: NDArray[np.uint8], shape: tuple[int, ...], separate: int | None, device: str = "cpu"
) -> float:
    """Return the voxels that differ from the peer's, as a share of its foreground."""
    ours = resample_mask(torch.from_numpy(mask).to(device), shape, separate).cpu().numpy()
    assert ours.dtype == np.uint8
    theirs = peer_mask(mask, shape, separate)
    return np.count_nonzero(ours != theirs) / max(1, np.count_nonzero(theirs))


@pytest.fixture
def with_tf32() -> Iterator[None]:
    """TF32 allowed, as training in mixed precision may leave it."""
    before = torch.backends.cuda.matmul.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = True
    yield
    assert torch.backends.cuda.matmul.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = before


@pytest.mark.parametrize("separate", [None, 0, 1, 2])
@pytest.mark.parametrize(("shape", "new_shape"), SHAPES)
def test_images_and_masks_equal_scikit_image(
    shape: tuple[int, ...], new_shape: tuple[int, ...], separate: int | None
) -> None:
    assert off_by(hounsfield(shape), new_shape, separate) < 1e-4
    assert wrong_share(labels(shape), new_shape, separate) <= 1e-3


@pytest.mark.usefixtures("with_tf32")
@pytest.mark.parametrize(
    "device",
    [
        "cpu",
        pytest.param(
            "cuda",
            marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA GPU here"),
        ),
    ],
)
def test_neither_autocast_nor_tf32_costs_precision(device: str) -> None:
    with torch.autocast(device, dtype=torch.bfloat16):
        for shape, new_shape in SHAPES:
            for separate in (None, 0, 1, 2):
                assert off_by(hounsfield(shape), new_shape, separate, device) < 1e-4
                assert wrong_share(labels(shape), new_shape, separate, device) <= 1e-3


shapes = st.tuples(*[st.integers(1, 24)] * 3)


@settings(max_examples=60, deadline=None)
@given(shapes, shapes, st.sampled_from([None, 0, 1, 2]), st.integers(0, 99))
def test_any_shape_to_any_shape(
    shape: tuple[int, ...], new_shape: tuple[int, ...], separate: int | None, seed: int
) -> None:
    assert off_by(hounsfield(shape, seed), new_shape, separate) < 1e-4
    assert wrong_share(labels(shape, seed), new_shape, separate) <= 1e-3


edges = st.sampled_from([0.5, 0.78125, 1.0, 1.5, 1.6153, 2.5, 3.0, 3.2164, 5.0])


@settings(max_examples=200, deadline=None)
@given(shapes, st.tuples(edges, edges, edges), st.tuples(edges, edges, edges))
def test_any_spacing_decides_shape_and_separate_axis_by_the_rule(
    shape: tuple[int, int, int], spacing: tuple[float, ...], target: tuple[float, ...]
) -> None:
    expected = tuple(
        max(1, int(np.rint(old / new * size)))
        for size, old, new in zip(shape, spacing, target, strict=True)
    )
    assert resampled_shape(shape, spacing, target) == expected
    decisive = next((s for s in (spacing, target) if max(s) / min(s) > 3), None)
    axis = separate_axis(spacing, target)
    if decisive is None or sorted(decisive)[1] == max(decisive):
        assert axis is None
    else:
        assert axis == int(np.argmax(decisive))


def test_the_nearest_slice_is_scipys_for_every_pair_of_sizes() -> None:
    for old in range(1, 90):
        for new in range(1, 90):
            positions = old / new * (np.arange(new) + 0.5) - 0.5
            theirs = ndimage.map_coordinates(
                np.arange(old, dtype=float), [positions], order=0, mode="nearest"
            )
            assert np.array_equal(nearest_index(old, new), theirs), (old, new)


def test_ties_go_to_the_nearest_voxel() -> None:
    mask = torch.zeros((1, 1, 2), dtype=torch.uint8)
    mask[..., 1] = 2
    assert resample_mask(mask, (1, 1, 3), None).flatten().tolist() == [0, 2, 2]
    assert resample_mask(mask.flip(2), (1, 1, 3), None).flatten().tolist() == [2, 0, 0]


@pytest.mark.parametrize("new_shape", [(8, 12, 16), (2, 3, 4), (6, 9, 12), (12, 18, 24)])
def test_even_factors_where_every_border_is_a_tie(new_shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    mask = rng.integers(0, 4, (4, 6, 8), dtype=np.uint8)
    assert wrong_share(mask, new_shape, None) == 0
    assert wrong_share(mask, new_shape, 0) == 0


def test_in_a_separate_axis_each_slice_keeps_its_own_range() -> None:
    array = np.zeros((4, 12, 24), np.float32)
    array[1:, :, 12:] = 500
    array[0, 0, 0] = 3000
    slices = resample_image(torch.from_numpy(array), (8, 25, 50), 0).numpy()
    assert [float(part.max()) for part in slices[2:]] == [500] * 6
    assert slices.min() == 0
    whole = resample_image(torch.from_numpy(array), (4, 25, 50), None).numpy()
    assert whole[3].max() > 520
    assert whole.min() == 0


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


@pytest.mark.parametrize(
    ("spacing", "target", "axis"),
    [
        ((5.0, 0.78, 0.78), KITS, 0),
        ((0.78, 5.0, 0.78), KITS, 1),
        ((0.78, 0.78, 5.0), KITS, 2),
        ((2.0, 0.78, 0.78), KITS, None),
        ((3.0, 1.0, 1.0), KITS, None),
        ((3.0000001, 1.0, 1.0), KITS, 0),
        ((2.9999999, 1.0, 1.0), KITS, None),
        ((2.0, 0.78, 0.78), (8.0, 1.0, 1.0), 0),
        ((2.0, 0.78, 0.78), (1.0, 1.0, 8.0), 2),
        ((5.0, 0.78, 0.78), (1.0, 1.0, 8.0), 0),
        ((0.24, 1.25, 1.25), (8.0, 1.0, 1.0), None),
        ((1.0, 1.0, 1.0), (0.24, 1.25, 1.25), None),
        ((0.24, 1.25, 1.2500001), KITS, 2),
    ],
)
def test_separate_axis_follows_the_original_spacing_first(
    spacing: tuple[float, ...], target: tuple[float, ...], axis: int | None
) -> None:
    assert separate_axis(spacing, target) == axis


def test_the_peer_itself_is_scikit_images_resize_where_nothing_is_separate() -> None:
    array = hounsfield((5, 9, 11))
    assert np.array_equal(
        peer_image(array, (8, 5, 20), None),
        resize(array.astype(float), (8, 5, 20), order=3, **OPTIONS),
    )
