"""Our preprocessing against nnU-Net's own functions on the same arrays and files.

With KITSDESK_WRITE_REFERENCE=1 the stored arrays are written anew, for `make test` to read.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("nnunetv2")

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from nnunetv2.imageio.nibabel_reader_writer import NibabelIOWithReorient
from nnunetv2.preprocessing.cropping.cropping import crop_to_nonzero
from nnunetv2.preprocessing.normalization.default_normalization_schemes import CTNormalization
from nnunetv2.preprocessing.resampling.default_resampling import (
    compute_new_shape,
    determine_do_sep_z_and_axis,
    resample_data_or_seg_to_shape,
)
from numpy.typing import NDArray

from tests.peers.nnunet_plans import plans
from tests.peers.nnunet_preprocessing import prepare_array, prepare_theirs
from tests.reference.preprocessing_cases import (
    EXAMPLES,
    FILE,
    Example,
    assert_prepared_alike,
    ours,
    plan_of,
    volumes,
)
from trainer.contract.presets import preset
from trainer.contract.tiling import resampled_shape
from trainer.imaging.geometry import Geometry
from trainer.imaging.mask_file import read_mask, write_image, write_mask
from trainer.imaging.reader import read_image
from trainer.preprocessing.axes import to_network
from trainer.preprocessing.normalise import normalise
from trainer.preprocessing.prepare import prepare_image, prepare_mask
from trainer.preprocessing.resample import separate_axis

pytestmark = pytest.mark.peers

PLAN = preset("kits2019").plan


def by_v1(example: Example) -> tuple[NDArray[np.float32], NDArray[np.generic]]:
    """Return what nnU-Net v1's order gives: crop, resample HU, clip and normalise."""
    ct, mask = volumes(example)
    data, seg, _ = crop_to_nonzero(
        to_network(ct.array)[None].astype(np.float32), to_network(mask.array)[None].astype(np.int16)
    )
    shape = compute_new_shape(data.shape[1:], ct.spacing, example.target)
    options = {"current_spacing": ct.spacing, "new_spacing": example.target, "order_z": 0}
    options["force_separate_z"] = None
    data = resample_data_or_seg_to_shape(data, shape, is_seg=False, order=3, **options)
    seg = resample_data_or_seg_to_shape(seg, shape, is_seg=True, order=1, **options)
    return theirs_normalised(data)[0], np.maximum(seg[0], 0)


def theirs_normalised(hu: NDArray[np.float32]) -> NDArray[np.float32]:
    described = plans(preset("kits2019").network("plain"), PLAN, 2)
    known = described["foreground_intensity_properties_per_channel"]["0"]
    return np.asarray(CTNormalization(False, known, np.float32).run(hu.astype(np.float32)))


def theirs(name: str) -> dict[str, NDArray[np.generic]]:
    example = EXAMPLES[name]
    plan = plan_of(example, normalize_first=True)
    image, mask = prepare_theirs(*volumes(example), plan)
    hu_first, same_mask = by_v1(example)
    assert np.array_equal(mask, same_mask)
    return {
        f"{name}: resample first": hu_first.astype(np.float32),
        f"{name}: normalise first": image.astype(np.float32),
        f"{name}: mask": mask.astype(np.uint8),
    }


@pytest.fixture(scope="module")
def everything() -> dict[str, NDArray[np.generic]]:
    arrays = {key: array for name in EXAMPLES for key, array in theirs(name).items()}
    if os.environ.get("KITSDESK_WRITE_REFERENCE"):
        np.savez_compressed(FILE, **arrays)
    return arrays


@pytest.mark.parametrize("name", EXAMPLES)
def test_both_orders_equal_nnunets(name: str, everything: dict[str, NDArray[np.generic]]) -> None:
    for order in ("resample first", "normalise first"):
        image, mask = ours(EXAMPLES[name], normalize_first=order == "normalise first")
        their_image = everything[f"{name}: {order}"].astype(np.float32)
        assert_prepared_alike(image, mask, their_image, everything[f"{name}: mask"])


def test_the_stored_arrays_are_nnunets(everything: dict[str, NDArray[np.generic]]) -> None:
    with np.load(FILE) as stored:
        assert set(stored.files) == set(everything)
        for key, array in everything.items():
            np.testing.assert_allclose(stored[key], array, atol=1e-6, err_msg=key)


edges = st.one_of(
    st.sampled_from([0.5, 0.78125, 1.0, 1.5, 1.6153, 2.5, 3.0, 3.2164, 5.0]), st.floats(0.3, 9.0)
)
spacings = st.tuples(edges, edges, edges)


@settings(max_examples=500, deadline=None)
@given(st.tuples(*[st.integers(1, 1100)] * 3), spacings, spacings)
def test_shape_and_separate_axis_equal_nnunets(
    shape: tuple[int, ...], spacing: tuple[float, ...], target: tuple[float, ...]
) -> None:
    their_shape = np.maximum(compute_new_shape(shape, spacing, target), 1)
    assert resampled_shape(shape, spacing, target) == tuple(their_shape)
    separate, axis = determine_do_sep_z_and_axis(None, spacing, target)
    assert separate_axis(spacing, target) == (axis if separate else None)


def test_normalising_is_nnunets() -> None:
    hu = np.random.default_rng(0).integers(-1024, 3071, (4, 5, 6)).astype(np.float32)
    mine = normalise(torch.from_numpy(hu.copy()), PLAN).numpy()
    np.testing.assert_allclose(mine, theirs_normalised(hu), atol=1e-6)


GRIDS = {
    "LPS": Geometry((17, 19, 9), (0.9, 1.1, 4.0), (-5.0, 7.0, 30.0), (1, 0, 0, 0, 1, 0, 0, 0, 1)),
    "RAS": Geometry((17, 19, 9), (0.9, 1.1, 4.0), (5.0, -7.0, 30.0), (-1, 0, 0, 0, -1, 0, 0, 0, 1)),
    "KiTS": Geometry((9, 19, 17), (4.0, 1.1, 0.9), (0.0, 0.0, 0.0), (0, 0, 1, 0, 1, 0, -1, 0, 0)),
    "LPI": Geometry((17, 19, 9), (0.9, 1.1, 4.0), (0.0, 0.0, 0.0), (1, 0, 0, 0, 1, 0, 0, 0, -1)),
}


def files_on(grid: Geometry, folder: Path) -> tuple[Path, Path]:
    """Write one CT and mask, the same for every grid, stored on `grid`."""
    ct, mask = volumes(Example((9, 19, 17), (4.0, 1.1, 0.9)))
    write_image(folder / "image.nii.gz", ct.array, grid)
    write_mask(folder / "mask.nii.gz", mask.array, grid)
    return folder / "image.nii.gz", folder / "mask.nii.gz"


@pytest.mark.parametrize("order", GRIDS)
def test_one_volume_in_any_storage_order_gives_nnunet_and_us_one_array(
    order: str, tmp_path: Path
) -> None:
    plan = PLAN.model_copy(update={"normalize_first": True})
    image_path, mask_path = files_on(GRIDS[order], tmp_path)
    reader = NibabelIOWithReorient()
    data, properties = reader.read_images((str(image_path),))
    seg, _ = reader.read_seg(str(mask_path))
    ct = read_image(image_path)
    assert np.array_equal(to_network(ct.array), data[0])
    assert ct.spacing == pytest.approx(properties["spacing"], rel=1e-6)
    their_image, their_mask = prepare_array(data[0], seg[0], properties["spacing"], plan)
    prepared = prepare_image(ct, plan)
    mask = prepare_mask(read_mask(mask_path, like=ct.geometry), prepared, plan)
    assert_prepared_alike(prepared.array, mask, their_image, their_mask)
    first = prepare_image(volumes(Example((9, 19, 17), (4.0, 1.1, 0.9)))[0], plan)
    assert np.abs(prepared.array - first.array).max() < 1e-5
    assert first.separate == prepared.separate == 0


@pytest.mark.real_data
def test_real_files_are_prepared_as_by_nnunet(real_data: Path) -> None:
    ct_path = real_data / "ct/abdomen_3mm.nii.gz"
    mask_path = real_data / "kits19/case_00148/segmentation.nii.gz"
    if not (ct_path.exists() and mask_path.exists()):
        pytest.skip(f"no real CT and mask in {real_data}")
    plan = PLAN.model_copy(update={"normalize_first": True})
    ct, mask = read_image(ct_path), read_mask(mask_path)
    unlabelled = ct.with_array(np.zeros(ct.shape, np.uint8))
    prepared = prepare_image(ct, plan)
    their_image, _ = prepare_theirs(ct, unlabelled, plan)
    assert np.abs(prepared.array - their_image).max() < 1e-4
    # The mask's image is not public; noise stands for it, so that nothing is cropped.
    noise = mask.with_array(np.random.default_rng(0).integers(1, 99, mask.shape, np.int16))
    prepared = prepare_image(noise, plan)
    assert_prepared_alike(
        prepared.array, prepare_mask(mask, prepared, plan), *prepare_theirs(noise, mask, plan)
    )
