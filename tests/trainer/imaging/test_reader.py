from __future__ import annotations

import shutil

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from trainer.imaging.dicom import UnreadableSeries
from trainer.imaging.hashing import volume_hash
from trainer.imaging.nifti import UnreadableImage
from trainer.imaging.reader import read_image


def dicom_series(folder, slices=6, gap=None, double=None, origin=-90.0):
    """Write a small CT series with pydicom: value = 100 × slice + row + column."""
    folder.mkdir()
    for index in range(slices):
        if index == gap:
            continue
        data = pydicom.Dataset()
        data.file_meta = pydicom.dataset.FileMetaDataset()
        data.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
        data.file_meta.MediaStorageSOPClassUID = pydicom.uid.CTImageStorage
        data.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.generate_uid()
        data.SOPClassUID = pydicom.uid.CTImageStorage
        data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID
        data.Modality, data.PatientID, data.SeriesInstanceUID = "CT", "someone", "1.2.3.4"
        data.StudyInstanceUID, data.InstanceNumber = "1.2.3", index + 1
        data.ImagePositionPatient = [-50.0, -60.0, origin + 3.0 * index]
        data.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        data.PixelSpacing, data.SliceThickness = [0.5, 0.75], 3.0
        data.Rows, data.Columns = 8, 10
        data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
        data.BitsAllocated, data.BitsStored, data.HighBit = 16, 16, 15
        data.PixelRepresentation, data.RescaleIntercept, data.RescaleSlope = 1, -1024, 1
        rows, columns = np.mgrid[:8, :10]
        data.PixelData = (1024 + 100 * index + 10 * rows + columns).astype(np.int16).tobytes()
        data.save_as(folder / f"{slices - index:03d}.dcm", enforce_file_format=True)
    if double is not None:
        shutil.copy(folder / f"{double:03d}.dcm", folder / "double.dcm")


def test_a_series_is_ordered_by_position_and_scaled_to_hu(tmp_path):
    dicom_series(tmp_path / "series")
    volume = read_image(tmp_path / "series")
    assert volume.spacing == pytest.approx((3.0, 0.5, 0.75))
    assert volume.array[2, 4, 5] == 245
    assert volume.to_mm((2, 4, 5)) == pytest.approx((-50 + 5 * 0.75, -60 + 4 * 0.5, -84))


def test_a_missing_slice_is_named_with_its_place(tmp_path):
    dicom_series(tmp_path / "series", gap=3)
    with pytest.raises(UnreadableSeries, match=r"6\.00 mm apart.*between -84\.0 and -78\.0"):
        read_image(tmp_path / "series")


def test_a_doubled_slice_is_refused(tmp_path):
    dicom_series(tmp_path / "series", double=2)
    with pytest.raises(UnreadableSeries, match="one position"):
        read_image(tmp_path / "series")


def test_one_picture_has_one_hash_in_every_format(tmp_path):
    rng = np.random.default_rng(4)
    array = rng.integers(-1000, 1500, (6, 7, 8)).astype(np.int16)
    image = sitk.GetImageFromArray(array)
    image.SetSpacing((0.8, 0.8, 3.0))
    turned = sitk.PermuteAxes(sitk.Flip(image, (False, True, False)), (2, 0, 1))
    hashes = set()
    for name, picture in [("a.nii.gz", image), ("b.mha", image), ("c.nrrd", turned)]:
        sitk.WriteImage(sitk.Cast(picture, sitk.sitkFloat32), str(tmp_path / name))
        hashes.add(volume_hash(read_image(tmp_path / name)))
    assert len(hashes) == 1


def test_values_that_are_not_numbers_are_counted_and_refused(tmp_path):
    array = np.zeros((3, 4, 5), np.float32)
    array[1, 2, 3] = np.nan
    sitk.WriteImage(sitk.GetImageFromArray(array), str(tmp_path / "nan.nrrd"))
    with pytest.raises(UnreadableImage, match="1 voxels are not numbers"):
        read_image(tmp_path / "nan.nrrd")


def test_a_folder_without_slices_says_what_to_choose(tmp_path):
    with pytest.raises(UnreadableImage) as caught:
        read_image(tmp_path)
    assert "DICOM" in caught.value.advice


@pytest.mark.real_data
def test_the_real_series_stands_upright(real_data):
    volume = read_image(real_data / "dicom_abdomen")
    assert volume.shape == (20, 512, 512)
    body = volume.array[10] > -200
    rows = np.flatnonzero(body.any(axis=1))
    bone = np.argwhere(volume.array[10] > 300)
    assert bone[:, 0].mean() > (rows[0] + rows[-1]) / 2, "the spine lies behind the middle"
