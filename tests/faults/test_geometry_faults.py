"""Masks and images that do not lie where they seem to: named with both grids, or accepted.

The judge of every position is nibabel, which shares no code with the program's reader.
"""

from __future__ import annotations

from itertools import permutations, product

import nibabel
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nifti_bytes import SHAPE
from scipy.spatial.transform import Rotation

from trainer.contract.presets import preset
from trainer.datasets.broken_cases import BrokenTrainingSet
from trainer.datasets.training_set import read_training_set
from trainer.imaging.geometry import GeometryMismatch
from trainer.imaging.image_errors import UnreadableImage
from trainer.imaging.mask_file import read_mask, write_mask
from trainer.imaging.reader import read_image
from trainer.preprocessing.cache import prepare_training_set

SPACING = np.array([2.5, 0.8, 0.7])
QFORM_HOLDS = 7e-4
"""Radians lost near half a turn, where NIfTI derives its fourth quaternion term from float32."""
AFFINE = np.array([[0, 0, -0.7, 20], [0, -0.8, 0, -30], [-2.5, 0, 0, 5], [0, 0, 0, 1.0]])


def save(path, voxels, affine=AFFINE, qform_only=False):
    image = nibabel.Nifti1Image(voxels, affine)
    image.set_qform(affine, 1, strip_shears=True)
    image.set_sform(None if qform_only else affine, 0 if qform_only else 1)
    nibabel.save(image, path)


def moved_affine(**changes) -> np.ndarray:
    affine = AFFINE.copy()
    if "spacing" in changes:
        affine[:3, 0] *= changes["spacing"] / 2.5
    if "shift" in changes:
        affine[:3, 3] += changes["shift"]
    if "turn" in changes:
        affine[:3, :3] = Rotation.from_euler("x", changes["turn"]).as_matrix() @ affine[:3, :3]
    if "mirror" in changes:
        affine[0] *= -1
    return affine


MISMATCHES = {
    "10 size": ((10, 12, 15), {}, "the size differs", ("10×12×15", "10×12×14")),
    "10 spacing": (SHAPE, {"spacing": 2.502}, "the spacing differs", ("2.502×", " 2.5×")),
    "10 origin": (SHAPE, {"shift": (0, 0, 0.02)}, "the position differs", ("5.02", "5.00")),
    "10 direction": (SHAPE, {"turn": 0.01}, "the orientation differs", ("0.010", "0.000")),
    "10 mirrored": (SHAPE, {"mirror": 1}, "position and orientation", ("IPR", "IPL")),
}


@pytest.mark.parametrize("fault", MISMATCHES)
def test_a_mask_on_another_grid_is_refused_with_both_grids(tmp_path, fault):
    shape, changes, words, both = MISMATCHES[fault]
    save(tmp_path / "ct.nii.gz", np.zeros(SHAPE, np.int16))
    save(tmp_path / "mask.nii.gz", np.zeros(shape, np.uint8), moved_affine(**changes))
    image = read_image(tmp_path / "ct.nii.gz")
    with pytest.raises(GeometryMismatch, match=words) as caught:
        read_mask(tmp_path / "mask.nii.gz", like=image.geometry)
    for grid in both:
        assert grid in caught.value.happened


@pytest.mark.parametrize("axis", "xyz")
def test_10_the_nine_kits_masks_with_turned_headers_are_accepted(tmp_path, axis):
    """uint16, qform only, about 1e-3 off their axes; the image's grid is taken over."""
    affine = AFFINE.copy()
    affine[:3, :3] = Rotation.from_euler(axis, 1.3e-3).as_matrix() @ affine[:3, :3]
    labels = np.random.default_rng(0).integers(0, 3, SHAPE).astype(np.uint16)
    save(tmp_path / "ct.nii.gz", np.zeros(SHAPE, np.int16))
    save(tmp_path / "mask.nii.gz", labels, affine, qform_only=True)
    image = read_image(tmp_path / "ct.nii.gz")
    mask = read_mask(tmp_path / "mask.nii.gz", like=image.geometry)
    assert mask.geometry == image.geometry
    assert np.array_equal(np.bincount(mask.array.ravel()), np.bincount(labels.ravel()))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.full(SHAPE, 7, np.uint8), "values from 7 to 7"),
        (np.full(SHAPE, -1, np.int16), "values from -1 to -1"),
        (np.full(SHAPE, 1.5, np.float32), "not whole numbers"),
    ],
)
def test_11_foreign_labels_are_listed(tmp_path, values, words):
    save(tmp_path / "mask.nii.gz", values)
    with pytest.raises(UnreadableImage, match=words):
        read_mask(tmp_path / "mask.nii.gz")


def test_11_an_empty_mask_is_trained_on_only_where_it_is_meant(tmp_path):
    for number in range(5):
        folder = tmp_path / "data" / f"case_{number:05d}"
        folder.mkdir(parents=True)
        save(folder / "imaging.nii.gz", np.full(SHAPE, number, np.int16))
        mask = np.zeros(SHAPE, np.uint8)
        mask[1:9, 1:11, 1:13] = number != 3
        save(folder / "segmentation.nii.gz", mask)
    plan, cache = preset("demo").plan, tmp_path / "cache"
    found = read_training_set(tmp_path / "data")
    with pytest.raises(BrokenTrainingSet, match="case_00003: its mask holds no kidney and no t"):
        prepare_training_set(found, plan, cache)
    prepared = prepare_training_set(found.meaning_empty_masks(), plan, cache)
    assert list(map(len, prepared["case_00003"].locations.values())) == [0, 0]


def test_11_whole_float_labels_are_labels(tmp_path):
    save(tmp_path / "mask.nii.gz", np.full(SHAPE, 2.0, np.float64))
    assert (read_mask(tmp_path / "mask.nii.gz").array == 2).all()


def directions():
    for axes in permutations(range(3)):
        for signs in product((1, -1), repeat=3):
            yield np.eye(3)[:, axes] * signs


def edit_at_a_millimetre(folder, cosines, start):
    """Read, paint one voxel at a place in mm, write; return that place for nibabel (RAS)."""
    affine = np.eye(4)
    affine[:3, :3] = cosines * SPACING
    affine[:3, 3] = (11.0, -7.0, 300.0)
    shape = (5, 6, 7)
    save(folder / "source.nii.gz", np.zeros(shape, np.int16), affine)
    save(folder / "before.nii.gz", np.zeros(shape, np.uint8), affine)
    index = tuple(int(share * (n - 1) + 0.5) for share, n in zip(start, shape, strict=True))
    right, anterior, superior = (affine @ (*index, 1.0))[:3]
    image = read_image(folder / "source.nii.gz")
    mask = read_mask(folder / "before.nii.gz", like=image.geometry)
    painted = mask.array.copy()
    z, y, x = np.round(mask.to_index((-right, -anterior, superior))).astype(int)
    painted[z, y, x] = 2
    write_mask(folder / "after.nii.gz", painted, mask.geometry)
    after = nibabel.load(folder / "after.nii.gz")
    return affine, index, after, nibabel.load(folder / "source.nii.gz")


def is_where_it_was_painted(affine, index, after, source):
    assert np.argwhere(np.asarray(after.dataobj) == 2).tolist() == [list(index)]
    (found,) = np.argwhere(np.asarray(after.dataobj) == 2)
    assert np.allclose(after.affine @ (*found, 1), affine @ (*index, 1), atol=1e-3)
    assert after.shape == source.shape
    assert np.allclose(after.get_sform(), source.get_sform(), atol=1e-4)
    assert np.allclose(after.get_qform(), source.get_sform(), atol=QFORM_HOLDS * SPACING.max())
    assert int(after.header["qform_code"]) > 0
    assert int(after.header["sform_code"]) > 0
    assert after.get_data_dtype() == np.uint8
    assert after.header.get_xyzt_units()[0] == "mm"
    assert int(after.header["intent_code"]) == 0
    assert nibabel.aff2axcodes(after.affine) == nibabel.aff2axcodes(source.affine)


@pytest.mark.parametrize("number", range(48))
def test_every_axis_order_and_flip_keeps_the_painted_millimetre(tmp_path, number):
    cosines = list(directions())[number]
    is_where_it_was_painted(*edit_at_a_millimetre(tmp_path, cosines, (0.2, 0.9, 0.4)))


@given(
    st.tuples(*[st.floats(-3.1, 3.1)] * 3),
    st.integers(0, 47),
    st.tuples(*[st.floats(0, 1)] * 3),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_oblique_grid_keeps_the_painted_millimetre(tmp_path, angles, number, start):
    turned = Rotation.from_euler("xyz", angles).as_matrix() @ list(directions())[number]
    is_where_it_was_painted(*edit_at_a_millimetre(tmp_path, turned, start))


def test_left_stays_left_in_every_format(tmp_path):
    """A bright block on the patient's left lies at large x inside, whatever the file's axes."""
    for number, cosines in enumerate(directions()):
        affine = np.eye(4)
        affine[:3, :3] = cosines * SPACING
        grid = np.stack(np.meshgrid(*map(np.arange, SHAPE), indexing="ij"), -1)
        right = (grid @ affine[:3, :3].T)[..., 0]
        voxels = np.where(right < np.median(right), 900, -900).astype(np.int16)
        save(tmp_path / f"{number}.nii.gz", voxels, affine)
        volume = read_image(tmp_path / f"{number}.nii.gz")
        assert volume.array[..., -1].mean() > 800
        assert volume.array[..., 0].mean() < -800
