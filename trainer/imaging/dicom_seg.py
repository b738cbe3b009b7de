"""A mask as a DICOM segmentation object that points at the very slices it was drawn on."""

from __future__ import annotations

import warnings
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.sr.coding import Code
from pydicom.uid import generate_uid

from trainer.contract.errors import KitsDeskError
from trainer.imaging.dicom import slices_grid
from trainer.imaging.dicom_series import SeriesRecord
from trainer.imaging.orientation import from_spl
from trainer.imaging.safe_write import safe_write
from trainer.imaging.volume import Volume

_PRODUCT = "KiTSDesk"
_SERIES_NUMBER = 900
_ORGAN = Code("123037004", "SCT", "Anatomical Structure")
_ABNORMAL = Code("49755003", "SCT", "Morphologically Abnormal Structure")
_KIDNEY = Code("64033007", "SCT", "Kidney")
# Structure, label, category, type and place by SNOMED CT (DICOM PS3.16 CID 7150, 7160).
_STRUCTURES: tuple[tuple[int, str, Code, Code, bool], ...] = (
    (1, "kidney", _ORGAN, _KIDNEY, False),
    (2, "tumor", _ABNORMAL, Code("108369006", "SCT", "Neoplasm"), True),
    (3, "cyst", _ABNORMAL, Code("367643001", "SCT", "Cyst"), True),
)


_PERSONAL = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "AccessionNumber",
    "ReferringPhysicianName",
    "PatientSex",
    "StudyDate",
    "StudyTime",
    "StudyID",
)
# highdicom takes these over as those of the scanner; they say where somebody was examined.
_PLACES = (
    "InstitutionName",
    "InstitutionAddress",
    "InstitutionalDepartmentName",
    "StationName",
    "DeviceSerialNumber",
)


class NoSegmentation(KitsDeskError):
    """A mask cannot be written as a DICOM segmentation of that series."""


def write_dicom_seg(
    path: Path, mask: Volume, series: SeriesRecord, *, with_patient: bool = False
) -> None:
    """Write kidney, tumor and cyst of a mask as one DICOM segmentation (binary).

    Parameters
    ----------
    mask : uint8 (z, y, x) on the grid that `read_record(series)` gave.
    series : the source series; its study, its frame of reference and its instances are
        referred to by their UIDs. A structure with no voxels is left out.
    with_patient : take name, id, sex, birth and study date and accession over as well, for an
        archive that files by them; left blank otherwise. The UIDs stay: without them nothing
        would say which slices the mask lies on.

    Raises
    ------
    NoSegmentation : highdicom is not installed, the mask is empty or on another grid, the
        series was resampled (tilted or uneven), or its slices have no UIDs to point at.
    WriteFailed : the file could not be written whole, or reads back differently.
    """
    pixels = _on_slices(mask, series)
    present = [each for each in _STRUCTURES if bool((pixels == each[0]).any())]
    if not present:
        raise NoSegmentation(
            "The mask is empty: a DICOM segmentation needs a structure.",
            kept="Nothing was written.",
            advice="Export it as NIfTI instead.",
        )
    headers = _headers(series, with_patient)
    data = _built(pixels, present, headers)
    data.PatientIdentityRemoved = "NO" if with_patient else "YES"
    if not with_patient:
        data.DeidentificationMethod = "Names, ids, sex, dates, places blanked; UIDs kept"

    def write(target: Path) -> None:
        data.save_as(target, enforce_file_format=True)

    def verify(target: Path) -> None:
        if not np.array_equal(_read_back(target, headers, pixels.shape), pixels):
            raise OSError("the segmentation read back differs from the mask")

    safe_write(path, write, verify, expected_bytes=pixels.size // 8 * len(present))


def _on_slices(mask: Volume, series: SeriesRecord) -> NDArray[np.uint8]:
    """Return the mask as (slices, rows, columns) in the order of the series' slices."""
    stack = series.stack
    if stack.tilted or stack.uneven or not series.usable:
        raise _refused("the series had to be resampled, so its slices are not the mask's")
    if not mask.geometry.same_as(slices_grid(series)):
        raise _refused("the mask does not lie on the slices of that series")
    named = {item.identity.sop for item in stack.slices if item.frames == 1} - {""}
    if len(named) < len(stack.slices):
        raise _refused("its slices have no instance UIDs of their own to point at")
    return from_spl(mask.array, mask.geometry).astype(np.uint8)


def _refused(reason: str) -> NoSegmentation:
    return NoSegmentation(
        f"A DICOM segmentation cannot be written: {reason}.",
        kept="Nothing was written.",
        advice="Export the mask as NIfTI instead.",
    )


def _headers(series: SeriesRecord, with_patient: bool) -> list[pydicom.Dataset]:
    """Return the source headers with every value that highdicom copies, blank where the
    file lacks it or the patient is to stay unnamed."""
    paths = [item.path for item in series.stack.slices]
    headers: list[pydicom.Dataset] = [
        pydicom.dcmread(path, stop_before_pixels=True) for path in paths
    ]
    for header in headers:
        for name in _PERSONAL:
            if name not in header or not with_patient:
                setattr(header, name, "")
        for name in () if with_patient else _PLACES:
            if name in header:
                delattr(header, name)
    return headers


def _built(
    pixels: NDArray[np.uint8],
    present: list[tuple[int, str, Code, Code, bool]],
    headers: list[pydicom.Dataset],
) -> Any:
    """Return the data set; highdicom is an optional library and slow to load."""
    try:
        import highdicom
    except ImportError as error:
        raise NoSegmentation(
            "Writing DICOM segmentations needs the library highdicom.",
            advice="Install kitsdesk[seg].",
        ) from error
    structures = [each[0] for each in present]
    stacked = np.stack([pixels == number for number in structures], axis=-1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return highdicom.seg.Segmentation(
            source_images=headers,
            pixel_array=stacked,
            segmentation_type=highdicom.seg.SegmentationTypeValues.BINARY,
            segment_descriptions=[_described(n, each) for n, each in enumerate(present, 1)],
            series_instance_uid=generate_uid(),
            series_number=_SERIES_NUMBER,
            sop_instance_uid=generate_uid(),
            instance_number=1,
            manufacturer=_PRODUCT,
            manufacturer_model_name=_PRODUCT,
            software_versions=_version(),
            device_serial_number="0",
            content_label="SEGMENTATION",
            content_description="Research use only, not a medical device",
        )


def _described(number: int, structure: tuple[int, str, Code, Code, bool]) -> Any:
    from highdicom.seg import SegmentAlgorithmTypeValues, SegmentDescription

    _, label, category, kind, in_kidney = structure
    return SegmentDescription(
        segment_number=number,
        segment_label=label,
        segmented_property_category=category,
        segmented_property_type=kind,
        algorithm_type=SegmentAlgorithmTypeValues.SEMIAUTOMATIC,
        algorithm_identification=_algorithm(),
        anatomic_regions=[_KIDNEY] if in_kidney else None,
    )


def _algorithm() -> Any:
    from highdicom import AlgorithmIdentificationSequence

    family = Code("123110", "DCM", "Artificial Intelligence")
    return AlgorithmIdentificationSequence(name=_PRODUCT, family=family, version=_version())


def _version() -> str:
    try:
        return version("kitsdesk")
    except PackageNotFoundError:
        return "0"


def _read_back(
    path: Path, headers: list[pydicom.Dataset], shape: tuple[int, ...]
) -> NDArray[np.uint8]:
    """Return the structures in a written file, its frames put back to the slices they point
    at by pydicom alone: what was built is not asked whether it is right."""
    data = pydicom.dcmread(path)
    rows, columns = int(data.Rows), int(data.Columns)
    bits = np.unpackbits(np.frombuffer(data.PixelData, np.uint8), bitorder="little")
    frames = bits[: int(data.NumberOfFrames) * rows * columns].reshape(-1, rows, columns)
    numbers = {label: number for number, label, *_ in _STRUCTURES}
    structure = {each.SegmentNumber: numbers[each.SegmentLabel] for each in data.SegmentSequence}
    place = {str(header.SOPInstanceUID): n for n, header in enumerate(headers)}
    out = np.zeros(shape, np.uint8)
    shared = data.SharedFunctionalGroupsSequence[0]
    for frame, group in zip(frames, data.PerFrameFunctionalGroupsSequence, strict=True):
        source = group.DerivationImageSequence[0].SourceImageSequence[0]
        named = group if "SegmentIdentificationSequence" in group else shared
        segment = named.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        out[place[str(source.ReferencedSOPInstanceUID)]][frame == 1] = structure[segment]
    return out
