"""Real files against scikit-image: one CT, and masks on both sides of the separate-z rule."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.trainer.preprocessing.skimage_resampling import (
    peer_image,
    peer_mask,
    peer_normalised,
)
from trainer.contract.presets import preset
from trainer.imaging.mask_file import read_mask
from trainer.imaging.reader import read_image
from trainer.imaging.volume import Volume
from trainer.preprocessing.axes import to_network
from trainer.preprocessing.prepare import prepare_image, prepare_mask

PLAN = preset("kits2019").plan
pytestmark = pytest.mark.real_data


def real_file(folder: Path, name: str) -> Path:
    if not (folder / name).exists():
        pytest.skip(f"no {name} in {folder}")
    return folder / name


@pytest.mark.parametrize(
    ("spacing", "separate", "normalize_first"),
    [
        ((3.0, 3.0, 3.0), None, False),
        ((9.1, 3.0, 3.0), 0, False),
        ((9.1, 3.0, 3.0), 0, True),
        ((9.0, 3.0, 3.0), None, True),
    ],
)
def test_the_real_ct_is_prepared_as_by_scikit_image(
    real_data: Path, spacing: tuple[float, ...], separate: int | None, normalize_first: bool
) -> None:
    ct = read_image(real_file(real_data, "ct/abdomen_3mm.nii.gz"))
    if spacing[0] > 4:
        ct = ct.with_array(ct.array[::3])
    ct = respaced(ct, spacing)
    plan = PLAN.model_copy(update={"normalize_first": normalize_first})
    prepared = prepare_image(ct, plan)
    assert prepared.separate == separate
    assert prepared.source_shape == ct.shape
    inside = tuple(slice(low, high) for low, high in prepared.crop)
    array = to_network(ct.array)[inside].astype(float)
    if normalize_first:
        expected = peer_image(peer_normalised(array), prepared.array.shape, separate)
    else:
        expected = peer_normalised(peer_image(array, prepared.array.shape, separate))
    assert np.abs(prepared.array - expected).max() < 1e-4


@pytest.mark.parametrize("case", ["case_00038", "case_00110", "case_00148"])
def test_a_real_mask_is_prepared_as_by_scikit_image(real_data: Path, case: str) -> None:
    mask = read_mask(real_file(real_data, f"kits19/{case}/segmentation.nii.gz"))
    # The masks' images are not public here; one without a voxel of 0 HU is not cropped.
    image = prepare_image(mask.with_array(np.full(mask.shape, -1000, np.int16)), PLAN)
    ours = prepare_mask(mask, image, PLAN)
    theirs = peer_mask(to_network(mask.array), ours.shape, image.separate)
    assert set(np.unique(theirs)) == {0, 1, 2}
    wrong = np.count_nonzero(ours != theirs) / np.count_nonzero(theirs)
    assert wrong <= 1e-3


def respaced(ct: Volume, spacing: tuple[float, ...]) -> Volume:
    """Return the same voxels at another spacing (z, y, x) in mm, in LPS order."""
    z, y, x = spacing
    size = ct.array.shape[::-1]
    lps = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
    geometry = type(ct.geometry)(size, (x, y, z), (0.0, 0.0, 0.0), lps)
    return Volume(ct.array, geometry)
