from __future__ import annotations

import shutil

import numpy as np
import pydicom
import pytest
from pydicom.uid import CTImageStorage, generate_uid

from tests.faults.dicom_files import FRAME, PATIENT, STUDY, enhanced, series, write
from trainer.imaging.dicom import find_series, read_record
from trainer.imaging.dicom_seg import NoSegmentation, write_dicom_seg
from trainer.imaging.orientation import from_spl
from trainer.imaging.volume import Volume

highdicom = pytest.importorskip("highdicom")


def source(folder, *slices):
    """The record of a series and an empty mask on it."""
    write(folder, *slices)
    return with_mask(folder)


def with_mask(folder):
    (record,) = find_series(folder)
    array, geometry = read_record(record)
    return record, Volume(np.zeros(array.shape, np.uint8), geometry)


def painted(mask: Volume) -> Volume:
    array = mask.array.copy()
    array[2:6, 3:10, 4:12] = 1
    array[3:5, 5:8, 6:9] = 2
    array[4, 1:3, 1:3] = 3
    return mask.with_array(array)


def decoded(data: pydicom.Dataset) -> dict[tuple[str, float], np.ndarray]:
    """Label and slice position (mm) → picture, by hand from the packed bits and the frames'
    own plane positions."""
    size = data.Rows * data.Columns
    bits = np.unpackbits(np.frombuffer(data.PixelData, np.uint8), bitorder="little")
    labels = {each.SegmentNumber: each.SegmentLabel for each in data.SegmentSequence}
    found = {}
    for n, group in enumerate(data.PerFrameFunctionalGroupsSequence):
        number = group.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        mm = float(group.PlanePositionSequence[0].ImagePositionPatient[2])
        picture = bits[n * size : (n + 1) * size].reshape(data.Rows, data.Columns)
        found[labels[number], mm] = picture
    return found


def by_highdicom(path, record) -> np.ndarray:
    return highdicom.seg.segread(path).get_pixels_by_source_instance(
        [item.identity.sop for item in record.stack.slices],
        combine_segments=True,
        assert_missing_frames_are_empty=True,
    )


def test_every_voxel_is_where_it_was_by_hand_and_by_highdicom(tmp_path):
    record, mask = source(tmp_path / "ct", *reversed(series()))
    mask = painted(mask)
    write_dicom_seg(tmp_path / "mask.dcm", mask, record)
    found = decoded(pydicom.dcmread(tmp_path / "mask.dcm"))
    for number, label in enumerate(("kidney", "tumor", "cyst"), 1):
        for z in range(mask.shape[0]):
            mm = float(mask.to_mm((z, 0, 0))[2])
            picture = found.get((label, mm), np.zeros(mask.shape[1:]))
            assert np.array_equal(picture, mask.array[z] == number), (label, mm)
    read = highdicom.seg.segread(tmp_path / "mask.dcm")
    uids = [item.identity.sop for item in record.stack.slices]
    pixels = read.get_pixels_by_source_instance(
        uids, combine_segments=True, assert_missing_frames_are_empty=True
    )
    assert np.array_equal(pixels, mask.array)


def test_codes_references_and_frame_of_reference(tmp_path):
    record, mask = source(tmp_path / "ct", *series())
    write_dicom_seg(tmp_path / "mask.dcm", painted(mask), record)
    data = pydicom.dcmread(tmp_path / "mask.dcm")
    assert (data.Modality, data.SegmentationType) == ("SEG", "BINARY")
    assert (data.StudyInstanceUID, data.FrameOfReferenceUID) == (STUDY, FRAME)
    types = [each.SegmentedPropertyTypeCodeSequence[0] for each in data.SegmentSequence]
    assert [(code.CodeValue, code.CodingSchemeDesignator) for code in types] == [
        ("64033007", "SCT"),
        ("108369006", "SCT"),
        ("367643001", "SCT"),
    ]
    referred = {
        str(each.ReferencedSOPInstanceUID)
        for each in data.ReferencedSeriesSequence[0].ReferencedInstanceSequence
    }
    assert referred == {item.identity.sop for item in record.stack.slices}
    shared = data.SharedFunctionalGroupsSequence[0]
    assert list(shared.PixelMeasuresSequence[0].PixelSpacing) == [0.5, 0.75]


@pytest.mark.parametrize("with_patient", [False, True])
def test_the_patient_is_named_only_on_demand(tmp_path, with_patient):
    place = {"InstitutionName": "Alma Mater", "DeviceSerialNumber": "SN-0815"}
    record, mask = source(tmp_path / "ct", *series(**place))
    write_dicom_seg(tmp_path / "mask.dcm", painted(mask), record, with_patient=with_patient)
    written = (tmp_path / "mask.dcm").read_bytes()
    for secret in (PATIENT.encode(), b"MRN-4711", b"19500101", b"Dr^Who", b"Alma Mater", b"SN-08"):
        assert (secret in written) == with_patient
    read = pydicom.dcmread(tmp_path / "mask.dcm")
    found = (read.PatientSex, read.StudyDate, read.StudyTime, read.StudyID, read.AccessionNumber)
    assert found == (("F", "20260101", "120000", "S-1", "A-1") if with_patient else ("",) * 5)
    assert (read.PatientIdentityRemoved, "DeidentificationMethod" in read) == (
        ("NO", False) if with_patient else ("YES", True)
    )


def test_slices_that_share_an_instance_uid_are_not_pointed_at(tmp_path):
    slices = series()
    slices[3].SOPInstanceUID = slices[2].SOPInstanceUID
    record, mask = source(tmp_path / "ct", *slices)
    with pytest.raises(NoSegmentation, match="no instance UIDs of their own"):
        write_dicom_seg(tmp_path / "mask.dcm", painted(mask), record)
    assert not (tmp_path / "mask.dcm").exists()


def test_a_sagittal_series_is_its_own_grid(tmp_path):
    slices = series()
    for n, data in enumerate(slices):
        data.ImageOrientationPatient = [0, 1, 0, 0, 0, -1]
        data.ImagePositionPatient = [-20 + 3.0 * n, -60, 100]
    record, mask = source(tmp_path / "ct", *slices)
    array = mask.array.copy()
    array[4:9, 3:6, 2:5] = 1
    array[5, 4, 3] = 2
    write_dicom_seg(tmp_path / "mask.dcm", mask.with_array(array), record)
    assert np.array_equal(
        by_highdicom(tmp_path / "mask.dcm", record), from_spl(array, mask.geometry)
    )


def test_an_absent_structure_is_left_out(tmp_path):
    record, mask = source(tmp_path / "ct", *series())
    array = mask.array.copy()
    array[3, 4:6, 4:6] = 2
    write_dicom_seg(tmp_path / "mask.dcm", mask.with_array(array), record)
    data = pydicom.dcmread(tmp_path / "mask.dcm")
    assert [each.SegmentLabel for each in data.SegmentSequence] == ["tumor"]


def test_what_cannot_be_a_segmentation_is_said(tmp_path):
    record, mask = source(tmp_path / "ct", *series())
    with pytest.raises(NoSegmentation, match="empty"):
        write_dicom_seg(tmp_path / "mask.dcm", mask, record)
    other, _ = source(tmp_path / "other", *series(12))
    with pytest.raises(NoSegmentation, match="does not lie on the slices"):
        write_dicom_seg(tmp_path / "mask.dcm", painted(mask), other)
    uneven = [data for n, data in enumerate(series(30)) if n < 10 or n % 2]
    record, mask = source(tmp_path / "uneven", *uneven)
    with pytest.raises(NoSegmentation, match="resampled"):
        write_dicom_seg(tmp_path / "mask.dcm", painted(mask), record)
    record, mask = source(tmp_path / "frames", enhanced(8))
    with pytest.raises(NoSegmentation, match="no instance UIDs"):
        write_dicom_seg(tmp_path / "mask.dcm", painted(mask), record)
    assert not (tmp_path / "mask.dcm").exists()


@pytest.mark.real_data
def test_a_mask_on_the_real_series(tmp_path, real_data):
    study, series_uid = generate_uid(), generate_uid()
    (tmp_path / "ct").mkdir()
    for path in sorted((real_data / "dicom_abdomen").glob("*.dcm")):
        shutil.copy(path, tmp_path / "ct")
        data = pydicom.dcmread(tmp_path / "ct" / path.name)
        data.StudyInstanceUID, data.SeriesInstanceUID = study, series_uid
        data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = CTImageStorage
        data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        data.save_as(tmp_path / "ct" / path.name)
    record, mask = with_mask(tmp_path / "ct")
    array = mask.array.copy()
    array[5:15, 200:300, 100:200] = 1
    array[8:12, 230:260, 130:160] = 2
    write_dicom_seg(tmp_path / "mask.dcm", mask.with_array(array), record)
    read = highdicom.seg.segread(tmp_path / "mask.dcm")
    uids = [item.identity.sop for item in record.stack.slices]
    pixels = read.get_pixels_by_source_instance(
        uids, combine_segments=True, assert_missing_frames_are_empty=True
    )
    assert np.array_equal(pixels, array)
