"""Broken MetaImage and NRRD files are refused by name; good ones read as SimpleITK does."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from nifti_bytes import (
    ct_voxels,
)

from trainer.imaging.image_errors import UnreadableImage
from trainer.imaging.reader import read_image


def text_file(path, image=None, **changes):
    """Write a .mha or .nrrd by SimpleITK and replace lines of its header."""
    if image is None:
        image = sitk.GetImageFromArray(np.ascontiguousarray(ct_voxels().T))
        image.SetSpacing((3.0, 0.8, 0.8))
    sitk.WriteImage(image, str(path), useCompression=changes.pop("packed", False))
    data = path.read_bytes()
    for old, new in changes.pop("lines", ()):
        assert old in data
        data = data.replace(old, new, 1)
    path.write_bytes(data[: changes.pop("length", len(data))])


TEXT_REFUSED = {
    "1 cut .mha": ("a.mha", {"length": 2000}, "cut after"),
    "1 cut packed .mha": ("a.mha", {"length": 900, "packed": True}, "cut after"),
    "1 cut .nrrd": ("a.nrrd", {"length": 2000}, "cut after"),
    "1 cut packed .nrrd": ("a.nrrd", {"length": 900, "packed": True}, "cut after"),
    "3 huge .mha": ("a.mha", {"lines": [(b"10 12 14", b"32000 32000 32000")]}, "32000×32000"),
    "3 huge .nrrd": ("a.nrrd", {"lines": [(b"10 12 14", b"4000 4000 120")]}, "cut after 0 %"),
    "5 dimensions in words": ("a.mha", {"lines": [(b"10 12 14", b"ten 12 14")]}, "'ten 12 14'"),
    "7 no spacing": ("a.mha", {"lines": [(b"ElementSpacing", b"ElementSpacinc")]}, "spacing .none"),
    "7 zero spacing": ("a.mha", {"lines": [(b"= 3 0.8", b"= 3 0 0.8")]}, "spacing 3×0×0.8"),
    "7 NRRD with NaN": ("a.nrrd", {"lines": [(b"(3,0,0)", b"(nan,0,0)")]}, "spacing nan×0.8"),
    "8 NRRD without space": (
        "a.nrrd", {"lines": [(b"space: left-posterior-superior\n", b"")]}, "which way its axes"),
    "9 voxels elsewhere": (
        "a.mha", {"lines": [(b"= LOCAL", b"= ../../etc/secret.raw")]}, "in another file"),
    "9 NRRD voxels elsewhere": (
        "a.nrrd", {"lines": [(b"encoding: raw", b"data file: /etc/passwd\nencoding: raw")]},
        "in another file"),
}  # fmt: skip


@pytest.mark.parametrize("fault", TEXT_REFUSED)
def test_a_broken_metaimage_or_nrrd_is_refused_by_name(tmp_path, fault):
    name, changes, words = TEXT_REFUSED[fault]
    text_file(tmp_path / name, **changes)
    with pytest.raises(UnreadableImage, match=words) as caught:
        read_image(tmp_path / name)
    assert caught.value.happened.startswith(name)


@pytest.mark.parametrize("name", ["a.mha", "a.nrrd"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_good_metaimage_or_nrrd_reads_as_simpleitk_reads_it(tmp_path, name, packed):
    text_file(tmp_path / name, packed=packed)
    read = read_image(tmp_path / name)
    assert np.array_equal(read.array, sitk.GetArrayFromImage(sitk.ReadImage(str(tmp_path / name))))


@pytest.mark.parametrize("name", ["a.mha", "a.nrrd"])
def test_9_vectors_are_refused_in_text_formats_too(tmp_path, name):
    image = sitk.GetImageFromArray(np.zeros((4, 5, 6, 3), np.int16), isVector=True)
    text_file(tmp_path / name, image)
    with pytest.raises(UnreadableImage, match=r"several values per voxel|4 dimensions"):
        read_image(tmp_path / name)
