from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy import ndimage

from trainer.contract.presets import PreprocessingPlan
from trainer.imaging.geometry import Geometry
from trainer.imaging.orientation import from_spl
from trainer.imaging.volume import Volume
from trainer.inference.network_grid import network_grid
from trainer.inference.restore import restore_mask
from trainer.preprocessing.axes import from_network, to_network
from trainer.preprocessing.prepare import nonzero_box, prepare_image, prepare_mask

LPS = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
PLAN = PreprocessingPlan(spacing=(4.0, 2.0, 2.0), patch=(8, 8, 8))


def volume(array: NDArray[np.generic], spacing_zyx: tuple[float, float, float]) -> Volume:
    z, y, x = spacing_zyx
    size = (array.shape[2], array.shape[1], array.shape[0])
    geometry = Geometry(size, (x, y, z), (0.0, 0.0, 0.0), LPS)
    return Volume(np.ascontiguousarray(array), geometry)


def ct(shape: tuple[int, int, int]) -> NDArray[np.int16]:
    rng = np.random.default_rng(0)
    return rng.integers(-1000, 1500, shape).astype(np.int16)


def test_the_networks_axes_are_superior_anterior_right_and_back() -> None:
    array = ct((3, 4, 5))
    network = to_network(array)
    assert np.array_equal(network[1], array[1, ::-1, ::-1])
    assert np.array_equal(from_network(network), array)
    assert network.flags.c_contiguous


def test_at_the_plans_spacing_only_intensities_change() -> None:
    array = ct((6, 7, 8))
    prepared = prepare_image(volume(array, PLAN.spacing), PLAN)
    expected = (np.clip(to_network(array), -79, 304) - 101) / 76.9
    assert np.allclose(prepared.array, expected, atol=1e-6)
    assert prepared.array.dtype == np.float32
    assert prepared.separate is None


def test_a_border_of_exactly_0_hu_is_cropped_and_remembered() -> None:
    array = np.zeros((9, 10, 11), np.int16)
    array[2:7, 3:9, 1:9] = ct((5, 6, 8)) | 1
    mask = np.zeros(array.shape, np.uint8)
    mask[4, 5, 2] = 2
    source = volume(array, PLAN.spacing)
    prepared = prepare_image(source, PLAN)
    assert prepared.crop == ((2, 7), (1, 7), (2, 10))
    assert prepared.source_shape == (9, 10, 11)
    assert prepared.cropped_shape == prepared.array.shape == (5, 6, 8)
    labels = prepare_mask(volume(mask, PLAN.spacing), prepared, PLAN)
    assert np.argwhere(labels == 2).tolist() == [[2, 9 - 5 - 1, 10 - 2 - 2]]


def test_the_crop_is_the_box_of_the_filled_nonzero_voxels() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        array = np.zeros((12, 13, 14), np.int16)
        low, high = rng.integers(0, 5, 3), rng.integers(6, 12, 3)
        inside = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
        array[inside] = (rng.random(array[inside].shape) < 0.2) * 7
        filled = np.argwhere(ndimage.binary_fill_holes(array != 0))
        box = list(zip(filled.min(axis=0), filled.max(axis=0) + 1, strict=True))
        assert nonzero_box(array) == tuple((int(a), int(b)) for a, b in box)


def test_inference_crops_as_training_does_and_pastes_back() -> None:
    array = np.zeros((9, 14, 15), np.int16)
    array[2:8, 3:13, 1:12] = ct((6, 10, 11)) | 1
    mask = np.zeros(array.shape, np.uint8)
    mask[3:6, 5:9, 4:9] = 1
    mask[4, 6:8, 5:7] = 2
    source = volume(array, PLAN.spacing)
    prepared = prepare_image(source, PLAN)
    grid = network_grid(source, PLAN, torch.device("cpu"))
    assert np.array_equal(grid.image.numpy(), prepared.array)
    labels = torch.from_numpy(prepare_mask(source.with_array(mask), prepared, PLAN))
    likely = torch.stack([(labels == structure).float() for structure in range(3)])
    assert np.array_equal(grid.to_source(restore_mask([grid.class_map(likely)])), mask)


def test_an_empty_image_keeps_its_whole_box() -> None:
    assert nonzero_box(np.zeros((2, 3, 4))) == ((0, 2), (0, 3), (0, 4))


def test_resampling_first_clips_what_splines_overshoot() -> None:
    array = np.full((4, 12, 12), -900, np.int16)
    array[:, :, 6:] = 300
    source = volume(array, (4.0, 3.0, 3.0))
    paper = prepare_image(source, PLAN).array
    v2 = prepare_image(source, PLAN.model_copy(update={"normalize_first": True})).array
    assert paper.shape == v2.shape == (4, 18, 18)
    assert paper.min() == pytest.approx((-79 - 101) / 76.9, abs=1e-5)
    assert not np.allclose(paper, v2, atol=0.05)


def test_the_way_back_decides_separation_anew() -> None:
    prepared = prepare_image(volume(ct((4, 16, 16)), (5.0, 0.9, 0.9)), PLAN)
    assert (prepared.separate, prepared.restore_separate) == (0, 0)
    assert prepared.array.shape == (5, 7, 7)


def test_the_label_map_comes_before_resampling() -> None:
    mask = np.zeros((4, 6, 6), np.uint8)
    mask[:, :3], mask[:, 3:] = 3, 2
    source = volume(ct((4, 6, 6)), PLAN.spacing)
    prepared = prepare_image(source, PLAN)
    labels = prepare_mask(source.with_array(mask), prepared, PLAN)
    assert set(np.unique(labels)) == {1, 2}


def test_one_patient_in_three_storage_orders_gives_the_network_one_array() -> None:
    array = ct((6, 8, 10))
    reference = prepare_image(volume(array, (3.0, 1.5, 1.0)), PLAN).array
    ras = Geometry((10, 8, 6), (1.0, 1.5, 3.0), (9.0, 7 * 1.5, 0.0), (-1, 0, 0, 0, -1, 0, 0, 0, 1))
    kits = Geometry((6, 8, 10), (3.0, 1.5, 1.0), (0.0, 0.0, 0.0), (0, 0, 1, 0, 1, 0, -1, 0, 0))
    for geometry in (ras, kits):
        stored = from_spl(array, geometry)
        assert stored.shape == geometry.size[::-1]
        same = Volume(array, geometry)
        assert np.array_equal(prepare_image(same, PLAN).array, reference)
