"""Compressed, big-endian, multi-frame and rescaled DICOM: read right, or refused in words."""

from __future__ import annotations

import numpy as np
import pytest
from dicom_files import (
    BOTTOM,
    STEP,
    ct_slice,
    enhanced,
    is_right,
    packed,
    series,
    write,
)
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from trainer.imaging.dicom import UnreadableSeries, find_series
from trainer.imaging.reader import read_image, read_with_notes


@pytest.mark.parametrize(
    "syntax",
    [
        JPEG2000Lossless,
        JPEGLosslessSV1,
        JPEGLSLossless,
        RLELossless,
        DeflatedExplicitVRLittleEndian,
    ],
)
def test_18_compressed_series_read_right(tmp_path, syntax):
    write(tmp_path / "ct", *(packed(data, syntax) for data in series()))
    assert is_right(read_image(tmp_path / "ct"))


def test_18_implicit_and_big_endian_series_read_right(tmp_path):
    for syntax in (ImplicitVRLittleEndian, ExplicitVRBigEndian):
        folder = tmp_path / syntax.name.replace(" ", "")
        for data in series():
            data.file_meta.TransferSyntaxUID = syntax
            if syntax == ExplicitVRBigEndian:
                data.PixelData = np.frombuffer(data.PixelData, np.int16).byteswap().tobytes()
                data["PixelData"].VR = "OW"
            write(folder, data)
        assert is_right(read_image(folder)), syntax.name


def test_18_a_rescale_of_each_slice_its_own_is_applied(tmp_path):
    write(
        tmp_path / "ct",
        *(
            ct_slice(
                n + 1,
                BOTTOM + STEP * n,
                RescaleSlope=1 if n % 2 else 0.5,
                RescaleIntercept=-1000 - n,
            )
            for n in range(8)
        ),
    )
    assert is_right(read_image(tmp_path / "ct"))


def test_18_unknown_compression_is_named(tmp_path):
    slices = series()
    for data in slices:
        packed(data, RLELossless).file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.201"
    write(tmp_path / "ct", *slices)
    with pytest.raises(UnreadableSeries, match="packed as High-Throughput JPEG 2000") as caught:
        read_image(tmp_path / "ct")
    assert "uncompressed" in caught.value.advice


@pytest.mark.parametrize("as_folder", [True, False])
def test_18_an_enhanced_multi_frame_ct_is_read_with_each_frames_rescale(tmp_path, as_folder):
    (path,) = write(tmp_path / "ct", enhanced())
    volume = read_image(path.parent if as_folder else path)
    assert volume.shape == (6, 16, 20)
    assert is_right(volume)


def test_18_a_multi_frame_ct_with_a_shifted_frame_is_resampled_and_said(tmp_path):
    data = enhanced(8)
    frames = list(data.PerFrameFunctionalGroupsSequence)
    frames[3].PlanePositionSequence[0].ImagePositionPatient[2] += 1.0
    write(tmp_path / "ct", data)
    assert "resampled" in " ".join(find_series(tmp_path / "ct")[0].notes)


def test_18_a_wrong_transfer_syntax_is_told_by_the_pixels(tmp_path):
    """GDCM decodes such a file to something."""
    paths = write(tmp_path / "ct", *series())
    plain, run_length = b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.5\0"
    whole = paths[2].read_bytes()
    assert whole.count(plain) == 1
    paths[2].write_bytes(whole.replace(plain, run_length))
    with pytest.raises(UnreadableSeries, match="says that its pixels are compressed, but they"):
        read_image(tmp_path / "ct")


@pytest.mark.parametrize("name", ["RescaleSlope", "RescaleIntercept"])
@pytest.mark.parametrize("how", ["empty", "absent"])
def test_18_a_slice_without_its_scale_among_others_is_named(tmp_path, name, how):
    """Read as it stands it would be off by its intercept, some 1000 HU, in silence."""
    slices = series()
    if how == "empty":
        setattr(slices[4], name, None)
    else:
        delattr(slices[4], name)
    write(tmp_path / "ct", *slices)
    with pytest.raises(UnreadableSeries, match=r"slice 5 at -78.0 mm does not say .* HU"):
        read_image(tmp_path / "ct")


def test_18_a_series_without_any_scale_is_read_with_a_note(tmp_path):
    slices = series()
    for data in slices:
        del data.RescaleSlope
        del data.RescaleIntercept
    write(tmp_path / "ct", *slices)
    _volume, notes = read_with_notes(tmp_path / "ct")
    assert any("taken as HU as they are" in note for note in notes)
