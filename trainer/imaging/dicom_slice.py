"""What one DICOM slice's header says; its free text never leaves this file."""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.multival import MultiValue
from pydicom.uid import CTImageStorage, EnhancedCTImageStorage

from trainer.imaging.dicom_storage import (
    BoundedFile,
    description_fault,
    expands_too_far,
    pixel_fault,
)
from trainer.imaging.geometry import FARTHEST_MM

_TAGS = [
    "SOPClassUID",
    "SOPInstanceUID",
    "SeriesInstanceUID",
    "StudyInstanceUID",
    "FrameOfReferenceUID",
    "PatientID",
    "Modality",
    "ImageType",
    "InstanceNumber",
    "SeriesNumber",
    "SeriesDescription",
    "ProtocolName",
    "AcquisitionNumber",
    "TemporalPositionIdentifier",
    "TriggerTime",
    "ContrastBolusAgent",
    "ContentTime",
    "AcquisitionTime",
    "ConvolutionKernel",
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "PixelSpacing",
    "Rows",
    "Columns",
    "NumberOfFrames",
    "SamplesPerPixel",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "PhotometricInterpretation",
    "RescaleSlope",
    "RescaleIntercept",
    "RescaleType",
    "SharedFunctionalGroupsSequence",
    "PerFrameFunctionalGroupsSequence",
]
# The contrast phases that radiology departments name their series after.
_PHASES = {
    "native": r"native?\b|nativ|non.?contrast|without|unenhanced|plain",
    "arterial": r"arteri|cortico",
    "portal venous": r"portal|ven[oö]",
    "nephrographic": r"nephro|parenchym",
    "excretory": r"excret|urogra|delay|late|sp[aä]t",
}
_WIDEST_SCALE = 1e6
# RescaleType (DICOM PS3.3, C.11.1.1.2) of what is not plain HU.
_OTHER_UNITS = ("OD", "US", "MGML", "Z_EFF", "ED", "EDW", "HU_MOD", "PCT")
Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Identity:
    """The UIDs of a slice, and a hash of its patient's id: compared, never shown."""

    patient: str
    study: str
    series: str
    sop_class: str
    sop: str
    frame_of_reference: str


@dataclass(frozen=True)
class PhaseMarks:
    """What can tell two phases of one series apart; `phase` is its name where known."""

    acquisition: str
    temporal: str
    trigger: str
    contrast: str
    kernel: str
    time: str
    phase: str


@dataclass(frozen=True)
class Slice:
    """One slice, the file (and the frame in it) that holds its pixels, and the header
    values that decide which volume it belongs to and where it lies (mm, LPS). `scaled` says
    whether the header gives slope and intercept; 1 and 0 stand in where it does not. `unit` is
    what they scale to, where the header names something else than HU."""

    path: Path
    frame: int
    frames: int
    number: int
    identity: Identity
    marks: PhaseMarks
    series_number: str
    modality: str
    image_type: tuple[str, ...]
    photometric: str
    position: Triple
    orientation: tuple[float, ...]
    spacing: tuple[float, float]
    shape: tuple[int, int]
    slope: float
    intercept: float
    scaled: bool
    unit: str
    fault: str

    @property
    def name(self) -> str:
        """Return the slice in words, by its number: its file may be named after a patient."""
        return f"slice {self.number}"

    @property
    def normal(self) -> tuple[float, ...]:
        """Return the direction in which slices follow each other (LPS)."""
        cross = np.cross(self.orientation[:3], self.orientation[3:])
        return tuple(float(value) for value in cross)


@dataclass(frozen=True)
class Skipped:
    """A file of the folder that is no slice of a volume, by its place in name order."""

    place: int
    why: str


def read_slices(path: Path, place: int) -> list[Slice] | Skipped:
    """Return the slices in a file (several in a multi-frame object), by its header only.

    Parameters
    ----------
    place : the file's place in the folder's name order, from 1, to name it by.
    """
    try:
        if expands_too_far(path):
            return Skipped(place, "it expands to more than a slice can hold")
        with BoundedFile(path) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            header = pydicom.dcmread(file, stop_before_pixels=True, specific_tags=[*_TAGS])
            fault = description_fault(header) or pixel_fault(file, path, header)
        if header.get("PerFrameFunctionalGroupsSequence"):
            frames = header.PerFrameFunctionalGroupsSequence
            return [_from_frame(path, header, frames, n, fault) for n in range(len(frames))]
        return [_slice(path, header, [header], 0, 1, fault)]
    except (KeyError, AttributeError, TypeError, ValueError, IndexError) as error:
        # Of the error's own words only a tag's name: they may quote a value.
        missing = next((tag for tag in _TAGS if f"'{tag}'" in str(error)), "")
        found = f"it has no {missing}, so no place in a volume"
        return Skipped(place, found if missing else "its header is cut or damaged")
    except Exception:  # noqa: BLE001 (pydicom has no base of its own for damaged values)
        return Skipped(place, "its header is cut or damaged")


def _from_frame(path: Path, header: pydicom.Dataset, frames: Any, index: int, fault: str) -> Slice:
    """Return one frame of an enhanced object: its own groups stand before the shared ones."""
    groups = [header]
    for source in (header.get("SharedFunctionalGroupsSequence") or [None])[0], frames[index]:
        for element in source or ():
            if element.VR == "SQ" and element.value:
                groups.insert(0, element.value[0])
    return _slice(path, header, groups, index, len(frames), fault)


def _slice(
    path: Path,
    header: pydicom.Dataset,
    groups: list[pydicom.Dataset],
    frame: int,
    frames: int,
    fault: str,
) -> Slice:
    def value(name: str, default: Any = "") -> Any:
        found = (group.get(name) for group in groups)
        return next((each for each in found if each not in (None, "")), default)

    def text(name: str) -> str:
        found = value(name)
        return "/".join(map(str, found)) if isinstance(found, MultiValue) else str(found)

    orientation, spacing = _axes(value), _numbers(value, "PixelSpacing", 2)
    slope, intercept = float(value("RescaleSlope", 1)), float(value("RescaleIntercept", 0))
    return Slice(
        path=path,
        frame=frame,
        frames=frames,
        number=frame + 1 if frames > 1 else int(value("InstanceNumber", 0)),
        identity=_identity(text),
        marks=_marks(text),
        series_number=text("SeriesNumber"),
        modality=text("Modality"),
        image_type=tuple(map(str, header.get("ImageType") or ())),
        photometric=text("PhotometricInterpretation"),
        position=_place(value),
        orientation=orientation,
        spacing=(spacing[0], spacing[1]),
        shape=(int(header.Rows), int(header.Columns)),
        slope=slope,
        intercept=intercept,
        scaled=value("RescaleSlope") != "",
        unit=_unit(text),
        fault=fault or _axes_fault(orientation, spacing) or _scale_fault(value, slope, intercept),
    )


def _identity(text: Callable[[str], str]) -> Identity:
    return Identity(
        hashlib.sha256(text("PatientID").encode()).hexdigest(),
        text("StudyInstanceUID"),
        text("SeriesInstanceUID"),
        text("SOPClassUID"),
        text("SOPInstanceUID"),
        text("FrameOfReferenceUID"),
    )


def _marks(text: Callable[[str], str]) -> PhaseMarks:
    return PhaseMarks(
        text("AcquisitionNumber"),
        text("TemporalPositionIdentifier") or text("TemporalPositionIndex"),
        text("TriggerTime"),
        text("ContrastBolusAgent").strip().upper(),
        re.sub(r"[^\w./+-]", "", text("ConvolutionKernel"))[:24],
        text("AcquisitionTime") or text("ContentTime"),
        _phase(f"{text('SeriesDescription')} {text('ProtocolName')}"),
    )


def _axes(value: Any) -> tuple[float, ...]:
    return tuple(_numbers(value, "ImageOrientationPatient", 6))


def _unit(text: Callable[[str], str]) -> str:
    return unit if (unit := text("RescaleType").upper()) in _OTHER_UNITS else ""


def _place(value: Any) -> Triple:
    x, y, z = _numbers(value, "ImagePositionPatient", 3)
    return x, y, z


def _numbers(value: Any, name: str, count: int) -> list[float]:
    numbers = [float(each) for each in value(name, ())]
    if len(numbers) != count or not np.all(np.abs(numbers) < FARTHEST_MM):
        raise ValueError(f"attribute '{name}'")
    return numbers


def _axes_fault(orientation: tuple[float, ...], spacing: list[float]) -> str:
    axes = np.array(orientation).reshape(2, 3)
    if np.abs(axes @ axes.T - np.eye(2)).max() > 1e-2:
        return "has axes that are not at right angles"
    if min(spacing) <= 0:
        return f"has the pixel spacing {spacing[0]:g}×{spacing[1]:g} mm"
    return ""


def _scale_fault(value: Any, slope: float, intercept: float) -> str:
    lacking = [name for name in ("RescaleSlope", "RescaleIntercept") if value(name) == ""]
    if len(lacking) == 1:
        return f"does not say how its values become HU (it has no {lacking[0]})"
    if not 0 < slope < _WIDEST_SCALE or not abs(intercept) < _WIDEST_SCALE:
        return f"is scaled by {slope:g} and {intercept:g}"
    return ""


def _phase(words: str) -> str:
    found = [name for name, known in _PHASES.items() if re.search(known, words, re.IGNORECASE)]
    return found[0] if len(found) == 1 else ""


def is_ct(item: Slice) -> bool:
    """Return whether a slice is computed tomography, by its class or its modality."""
    return item.identity.sop_class in (CTImageStorage, EnhancedCTImageStorage) or item.modality in (
        "CT",
        "",
    )
