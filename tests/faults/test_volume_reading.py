"""Unusual NIfTI files that are good all the same: read right, and said where it matters."""

from __future__ import annotations

import gzip

import nibabel
import numpy as np
import pytest
from nifti_bytes import (
    NAN,
    SHAPE,
    SHEARED,
    SLOPE,
    ct_voxels,
    good,
    patched,
    with_rows,
)

from trainer.imaging.reader import read_image, read_with_notes


def test_8_an_unusable_sform_gives_way_to_a_good_qform(tmp_path):
    path = tmp_path / "a.nii"
    path.write_bytes(with_rows(*SHEARED, qform=1))
    volume, notes = read_with_notes(path)
    assert np.allclose(volume.spacing, (3.0, 0.8, 0.8))
    assert any("the qform is used" in note for note in notes)


def test_8_a_shear_of_rounding_is_put_right_and_said(tmp_path):
    rows = ((0.0, 0.0005, -0.8, 9.0), (0.0, -0.8, 0.0, 8.0), (-3.0, 0.0, 0.0, 7.0))
    (tmp_path / "a.nii").write_bytes(with_rows(*rows))
    volume, notes = read_with_notes(tmp_path / "a.nii")
    assert any("put right" in note for note in notes)
    cosines = np.array(volume.geometry.direction).reshape(3, 3)
    assert np.allclose(cosines @ cosines.T, np.eye(3), atol=1e-9)


def test_9_a_trailing_single_phase_is_one_volume(tmp_path):
    (tmp_path / "a.nii").write_bytes(good(ct_voxels()[..., None]))
    assert read_image(tmp_path / "a.nii").shape == (10, 12, 14)


@pytest.mark.parametrize("slope", [0.0, NAN])
def test_5_a_slope_of_none_means_no_scaling(tmp_path, slope):
    (tmp_path / "a.nii").write_bytes(patched((SLOPE, "2f", (slope, NAN))))
    (tmp_path / "b.nii").write_bytes(good())
    assert np.array_equal(
        read_image(tmp_path / "a.nii").array, read_image(tmp_path / "b.nii").array
    )


def test_2_a_file_of_several_gzip_members_is_one_file(tmp_path):
    data = good()
    members = gzip.compress(data[:700]) + gzip.compress(data[700:2500]) + gzip.compress(data[2500:])
    (tmp_path / "a.nii.gz").write_bytes(members + bytes(512))
    (tmp_path / "b.nii").write_bytes(data)
    assert np.array_equal(
        read_image(tmp_path / "a.nii.gz").array, read_image(tmp_path / "b.nii").array
    )


@pytest.mark.parametrize("kind", ["u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("version", [nibabel.Nifti1Image, nibabel.Nifti2Image])
def test_every_type_byte_order_and_version_reads_as_nibabel_reads_it(
    tmp_path, kind, order, version
):
    voxels = np.random.default_rng(1).integers(0, 100, SHAPE).astype(order + kind)
    affine = nibabel.affines.from_matvec(np.diag([-0.7, 0.9, 2.5]), (1, 2, 3))
    header = version.header_class(endianness=order)
    header.set_data_dtype(voxels.dtype)
    image = version(voxels, affine, header)
    nibabel.save(image, tmp_path / "a.nii.gz")
    volume = read_image(tmp_path / "a.nii.gz")
    back = nibabel.load(tmp_path / "a.nii.gz").get_fdata()
    for index in ((0, 0, 0), (3, 5, 7), (9, 11, 13)):
        right, anterior, superior = (affine @ (*index, 1))[:3]
        place = np.round(volume.to_index((-right, -anterior, superior))).astype(int)
        assert volume.array[tuple(place)] == back[index]
