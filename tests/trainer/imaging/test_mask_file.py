from __future__ import annotations

import gzip

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk

from trainer.imaging.geometry import Geometry, GeometryMismatch
from trainer.imaging.mask_file import read_bits, read_mask, write_mask
from trainer.imaging.nifti import UnreadableImage
from trainer.imaging.nifti_writing import write_nifti
from trainer.imaging.orientation import from_spl
from trainer.imaging.reader import read_image

KITS = (0.0, 0.0, 1.0, 0.0, 1.0, 0.0, -1.0, 0.0, 0.0)
LAS = (-1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0)
C, S = np.cos(0.3), np.sin(0.3)
OBLIQUE = (C, -S, 0.0, S, C, 0.0, 0.0, 0.0, 1.0)


def save_foreign_mask(path, direction, size=(7, 8, 9)):
    """A mask as another program would write it, with known voxels."""
    rng = np.random.default_rng(1)
    image = sitk.GetImageFromArray(rng.integers(0, 3, size[::-1]).astype(np.uint8))
    image.SetSpacing((0.8, 0.9, 2.5))
    image.SetOrigin((3.0, -20.0, 11.0))
    image.SetDirection(direction)
    sitk.WriteImage(image, str(path))


@pytest.mark.parametrize("direction", [KITS, LAS, OBLIQUE])
def test_loaded_and_saved_unchanged_is_voxel_equal_for_nibabel(tmp_path, direction):
    source, target = tmp_path / "in.nii.gz", tmp_path / "out.nii.gz"
    save_foreign_mask(source, direction)
    mask = read_mask(source)
    write_mask(target, mask.array, mask.geometry)
    before, after = nibabel.load(source), nibabel.load(target)
    assert after.shape == before.shape
    assert np.allclose(after.affine, before.affine, atol=1e-5)
    assert np.array_equal(np.asarray(after.dataobj), np.asarray(before.dataobj))
    assert after.get_data_dtype() == np.uint8


@pytest.mark.real_data
@pytest.mark.parametrize("case", ["case_00038", "case_00110", "case_00148"])
def test_a_real_kits_mask_survives_load_and_save(tmp_path, real_data, case):
    source = real_data / "kits19" / case / "segmentation.nii.gz"
    mask = read_mask(source)
    assert mask.shape[1:] == (512, 512)
    write_mask(tmp_path / "out.nii.gz", mask.array, mask.geometry)
    before, after = nibabel.load(source), nibabel.load(tmp_path / "out.nii.gz")
    assert np.allclose(after.affine, before.affine, atol=1e-5)
    assert np.array_equal(np.asarray(after.dataobj), np.asarray(before.dataobj))


def test_a_mask_on_another_grid_is_refused_with_both_grids(tmp_path):
    path = tmp_path / "m.nii.gz"
    save_foreign_mask(path, KITS)
    mask = read_mask(path)
    other = Geometry(mask.geometry.size, (0.8, 0.9, 2.6), mask.geometry.origin, KITS)
    with pytest.raises(GeometryMismatch) as caught:
        read_mask(path, like=other)
    assert "2.5" in caught.value.happened
    assert "2.6" in caught.value.happened


def test_a_slightly_rotated_header_takes_the_image_grid(tmp_path):
    path = tmp_path / "m.nii.gz"
    save_foreign_mask(path, KITS)
    plain = read_mask(path).geometry
    nudged = (0.0, 0.0005, 1.0, 0.0005, 1.0, 0.0, -1.0, 0.0, 0.0005)
    like = Geometry(plain.size, plain.spacing, plain.origin, nudged)
    assert read_mask(path, like=like).geometry == like


def test_fold_bits_come_back(tmp_path):
    grid = Geometry((3, 4, 5), (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), KITS)
    bits = np.random.default_rng(0).integers(0, 1 << 10, (3, 4, 5)).astype(np.uint16)
    write_mask(tmp_path / "folds.nii.gz", bits, grid)
    assert np.array_equal(read_bits(tmp_path / "folds.nii.gz", grid), bits)


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
def test_a_cut_file_is_refused_and_says_how_much_is_there(tmp_path, suffix):
    path = tmp_path / f"cut{suffix}"
    rng = np.random.default_rng(2)
    image = sitk.GetImageFromArray(rng.integers(-1000, 1000, (20, 30, 40)).astype(np.int16))
    sitk.WriteImage(image, str(path))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(UnreadableImage, match="cut after"):
        read_image(path)


def test_a_flipped_bit_in_a_compressed_file_is_refused(tmp_path):
    path = tmp_path / "bad.nii.gz"
    rng = np.random.default_rng(3)
    image = sitk.GetImageFromArray(rng.integers(-1000, 1000, (20, 30, 40)).astype(np.int16))
    sitk.WriteImage(image, str(path))
    data = bytearray(path.read_bytes())
    data[-8] ^= 1
    path.write_bytes(data)
    with pytest.raises(UnreadableImage, match="damaged"):
        read_image(path)


def test_a_mask_with_foreign_values_is_refused(tmp_path):
    path = tmp_path / "m.nii.gz"
    sitk.WriteImage(sitk.GetImageFromArray(np.full((3, 3, 3), 7, np.uint8)), str(path))
    with pytest.raises(UnreadableImage, match="0 background"):
        read_mask(path)


def test_from_spl_needs_no_copy_of_meaning():
    grid = Geometry((2, 3, 4), (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), LAS)
    inner = np.arange(24).reshape(4, 3, 2)
    assert from_spl(inner, grid)[0, 0, 0] == inner[0, 2, 1]


@pytest.mark.parametrize("direction", [KITS, LAS, OBLIQUE])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int16, np.float32])
def test_the_file_is_byte_for_byte_what_itk_writes(tmp_path, direction, kind):
    array = np.random.default_rng(2).integers(0, 250, (9, 8, 7)).astype(kind)
    probe = from_spl(array, Geometry((7, 8, 9), (1.0,) * 3, (0.0,) * 3, direction))
    geometry = Geometry(probe.shape[::-1], (0.8, 0.9, 2.5), (3.0, -20.0, 11.0), direction)
    image = sitk.GetImageFromArray(probe)
    geometry.apply_to(image)
    sitk.WriteImage(image, str(tmp_path / "itk.nii"))
    write_nifti(tmp_path / "ours.nii.gz", probe, geometry, packed=True)
    write_nifti(tmp_path / "ours.nii", probe, geometry, packed=False)
    theirs = (tmp_path / "itk.nii").read_bytes()
    assert (tmp_path / "ours.nii").read_bytes() == theirs
    assert gzip.decompress((tmp_path / "ours.nii.gz").read_bytes()) == theirs
    back = sitk.GetArrayFromImage(sitk.ReadImage(str(tmp_path / "ours.nii.gz")))
    assert np.array_equal(back, probe)
