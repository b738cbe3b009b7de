"""Small real CT series written by pydicom, and every way in which series go wrong."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pydicom
import SimpleITK as sitk
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import (
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    EnhancedCTImageStorage,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
    generate_uid,
)

ROWS, COLUMNS, STEP, BOTTOM = 16, 20, 3.0, -90.0
STUDY, SERIES, FRAME = "1.2.826.0.1.3680043.8.498.1", "1.2.826.0.1.3680043.8.498.2", "1.2.3.4"
PATIENT = "Doe^Jane Q"


def hu_at(mm: float) -> np.ndarray:
    """A picture whose HU say where it lies: 10 per mm, 20 per row, 1 per column."""
    rows, columns = np.mgrid[:ROWS, :COLUMNS]
    return np.rint(10 * (mm - BOTTOM) + 20 * rows + columns - 500).astype(np.int16)


def ct_slice(number: int, mm: float, **changes: object) -> Dataset:
    """Return one axial slice at z = `mm`; keyword arguments replace header values."""
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.file_meta.MediaStorageSOPClassUID = CTImageStorage
    data.SOPClassUID = CTImageStorage
    data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    data.PatientName, data.PatientID, data.PatientBirthDate = PATIENT, "MRN-4711", "19500101"
    data.PatientSex, data.AccessionNumber, data.StudyID = "F", "A-1", "S-1"
    data.StudyDate, data.StudyTime, data.ReferringPhysicianName = "20260101", "120000", "Dr^Who"
    data.Modality, data.StudyInstanceUID, data.SeriesInstanceUID = "CT", STUDY, SERIES
    data.SeriesNumber, data.Manufacturer = 4, "Example"
    data.FrameOfReferenceUID, data.InstanceNumber = FRAME, number
    data.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    data.ImagePositionPatient = [-50.0, -60.0, mm]
    data.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    data.PixelSpacing, data.SliceThickness = [0.5, 0.75], STEP
    data.Rows, data.Columns = ROWS, COLUMNS
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 1
    data.RescaleIntercept, data.RescaleSlope = -1024, 1
    for name, value in changes.items():
        setattr(data, name, value)
    slope, intercept = float(data.RescaleSlope), float(data.RescaleIntercept)
    stored = np.rint((hu_at(mm) - intercept) / slope).astype(np.int16)
    data.PixelData = stored.tobytes()
    return data


def series(count: int = 8, **changes: object) -> list[Dataset]:
    """Return `count` slices, 3 mm apart, numbered from 1 at the lowest."""
    return [ct_slice(n + 1, BOTTOM + STEP * n, **changes) for n in range(count)]


def write(folder: Path, *slices: Dataset, named: str = "IM") -> list[Path]:
    """Write slices as IM0001.dcm … in the order given; return their paths."""
    folder.mkdir(exist_ok=True)
    first = len(list(folder.iterdir())) + 1
    paths = []
    for place, data in enumerate(slices, first):
        paths.append(folder / f"{named}{place:04d}.dcm")
        data.save_as(paths[-1], enforce_file_format=True)
    return paths


def packed(data: Dataset, syntax: str) -> Dataset:
    """Return the slice with its pixels compressed losslessly."""
    if syntax == DeflatedExplicitVRLittleEndian:
        data.file_meta.TransferSyntaxUID = syntax
    elif syntax in (RLELossless, JPEGLSLossless):
        data.compress(syntax, generate_instance_uid=False)
    else:
        data.PixelData = encapsulate([_by_gdcm(data, syntax)])
        data["PixelData"].is_undefined_length = True
        data.file_meta.TransferSyntaxUID = syntax
    return data


def _by_gdcm(data: Dataset, syntax: str) -> bytes:
    """Return the slice's stored values as one JPEG stream, made by SimpleITK's GDCM."""
    compressor = {JPEG2000Lossless: "JPEG2000", JPEGLosslessSV1: "JPEG"}[syntax]
    stored = np.frombuffer(data.PixelData, np.int16).reshape(data.Rows, data.Columns)
    with tempfile.TemporaryDirectory() as folder:
        writer = sitk.ImageFileWriter()
        writer.SetImageIO("GDCMImageIO")
        writer.SetFileName(f"{folder}/one.dcm")
        writer.UseCompressionOn()
        writer.SetCompressor(compressor)
        writer.Execute(sitk.GetImageFromArray(stored))
        made = pydicom.dcmread(f"{folder}/one.dcm")
        assert made.file_meta.TransferSyntaxUID == syntax
        return next(generate_frames(made.PixelData, number_of_frames=1))


def enhanced(count: int = 6, **changes: object) -> Dataset:
    """Return a multi-frame CT, its frames stored from top to bottom, each with an
    intercept of its own (−1024 − frame)."""
    data = ct_slice(1, BOTTOM)
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID = EnhancedCTImageStorage
    orientation, measures = Dataset(), Dataset()
    orientation.ImageOrientationPatient = data.ImageOrientationPatient
    measures.PixelSpacing, measures.SliceThickness = data.PixelSpacing, STEP
    shared = Dataset()
    shared.PlaneOrientationSequence = [orientation]
    shared.PixelMeasuresSequence = [measures]
    data.SharedFunctionalGroupsSequence = [shared]
    frames, pixels = [], []
    for n in range(count):
        mm = BOTTOM + STEP * (count - 1 - n)
        frame, position, values = Dataset(), Dataset(), Dataset()
        position.ImagePositionPatient = [-50.0, -60.0, mm]
        values.RescaleIntercept, values.RescaleSlope, values.RescaleType = -1024 - n, 1, "HU"
        frame.PlanePositionSequence = [position]
        frame.PixelValueTransformationSequence = [values]
        frames.append(frame)
        pixels.append((hu_at(mm) + 1024 + n).astype(np.int16))
    data.PerFrameFunctionalGroupsSequence = frames
    data.NumberOfFrames, data.PixelData = count, np.stack(pixels).tobytes()
    for name in ["ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "RescaleSlope"]:
        delattr(data, name)
    del data.RescaleIntercept
    for name, value in changes.items():
        setattr(data, name, value)
    return data


def is_right(volume) -> bool:
    """Whether every slice holds the picture of its own millimetre."""
    return all(
        np.array_equal(volume.array[n], hu_at(volume.to_mm((n, 0, 0))[2]))
        for n in range(volume.shape[0])
    )
