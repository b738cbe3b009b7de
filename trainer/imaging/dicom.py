"""A folder of DICOM slices: headers checked by pydicom first, pixels decoded by SimpleITK."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import SimpleITK as sitk
from numpy.typing import NDArray
from pydicom.errors import InvalidDicomError

from trainer.contract.errors import KitsDeskError
from trainer.imaging.geometry import Geometry
from trainer.imaging.orientation import to_spl

_TAGS = [
    "SeriesInstanceUID",
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "PixelSpacing",
    "Rows",
    "Columns",
    "Modality",
    "PatientID",
    "AcquisitionNumber",
]
# A gap is a fault when it differs from the median by more than this share of it.
_GAP_TOLERANCE = 0.01
_TILT_TOLERANCE_MM = 0.1


class UnreadableSeries(KitsDeskError):
    """A DICOM series cannot be made into one trustworthy volume."""


@dataclass(frozen=True)
class Slice:
    """One slice's file and the header values that decide its place."""

    path: Path
    series: str
    position: tuple[float, float, float]
    orientation: tuple[float, ...]
    spacing: tuple[float, float]
    shape: tuple[int, int]
    patient: str
    modality: str


def is_dicom_folder(folder: Path) -> bool:
    """Return whether any file directly in the folder carries DICOM's magic bytes."""
    return folder.is_dir() and any(_has_magic(path) for path in folder.iterdir())


def read_series(folder: Path) -> tuple[NDArray[Any], Geometry]:
    """Return the HU voxels (z, y, x) of the folder's largest CT series, and its grid.

    Raises
    ------
    UnreadableSeries : no CT slices, a missing or doubled slice (its position is named),
        a tilted gantry, or mixed orientations.
    """
    ordered, step = _checked_order(largest_series(scan(folder)))
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames([str(item.path) for item in ordered])
    try:
        image = reader.Execute()
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[-1]
        raise UnreadableSeries(
            f"The pixels of {folder.name} cannot be decoded ({reason}).",
            kept="The files were not changed.",
            advice="Ask for an uncompressed copy of the series.",
        ) from error
    first = ordered[0]
    row, column = np.array(first.orientation[:3]), np.array(first.orientation[3:])
    normal = np.cross(row, column)
    geometry = Geometry(
        (first.shape[1], first.shape[0], len(ordered)),
        (first.spacing[1], first.spacing[0], step),
        first.position,
        tuple(np.stack([row, column, normal], axis=1).ravel().tolist()),
    )
    return to_spl(sitk.GetArrayViewFromImage(image), geometry), geometry


def scan(folder: Path) -> list[Slice]:
    """Return the image slices directly in the folder, by headers only."""
    slices = []
    for path in sorted(folder.iterdir()):
        if not path.is_file() or not _has_magic(path):
            continue
        try:
            header = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=_TAGS)
            slices.append(_slice(path, header))
        except (InvalidDicomError, AttributeError, TypeError, ValueError):
            continue
    return slices


def largest_series(slices: list[Slice]) -> list[Slice]:
    """Return the slices of the series (same UID, shape and orientation) with the most."""
    groups: dict[tuple[object, ...], list[Slice]] = {}
    for item in slices:
        orientation = tuple(round(value, 3) for value in item.orientation)
        groups.setdefault((item.series, item.shape, orientation), []).append(item)
    groups = {key: group for key, group in groups.items() if group[0].modality in ("CT", "")}
    if not groups:
        raise UnreadableSeries(
            "The folder holds no CT slices with a position.",
            advice="Choose the folder that holds the .dcm files of one CT series.",
        )
    return max(groups.values(), key=len)


def _slice(path: Path, header: pydicom.Dataset) -> Slice:
    position = [float(value) for value in header.ImagePositionPatient]
    spacing = [float(value) for value in header.PixelSpacing]
    return Slice(
        path,
        str(header.get("SeriesInstanceUID", "")),
        (position[0], position[1], position[2]),
        tuple(float(value) for value in header.ImageOrientationPatient),
        (spacing[0], spacing[1]),
        (int(header.Rows), int(header.Columns)),
        str(header.get("PatientID", "")),
        str(header.get("Modality", "")),
    )


def _checked_order(slices: list[Slice]) -> tuple[list[Slice], float]:
    if len(slices) < 2:
        raise UnreadableSeries("The series has a single slice.", advice="Choose a CT series.")
    orientation = np.array(slices[0].orientation)
    normal = np.cross(orientation[:3], orientation[3:])
    ordered = sorted(slices, key=lambda item: float(np.dot(item.position, normal)))
    positions = np.array([item.position for item in ordered])
    along = positions @ normal
    gaps = np.diff(along)
    step = float(np.median(gaps))
    for index, gap in enumerate(gaps):
        where = f"between {along[index]:.1f} and {along[index + 1]:.1f} mm"
        if gap < _GAP_TOLERANCE * max(step, 1e-6):
            raise _broken(f"Two slices lie at one position, {along[index]:.1f} mm")
        if abs(gap - step) > _GAP_TOLERANCE * step:
            raise _broken(f"The slices are {gap:.2f} mm apart instead of {step:.2f} {where}")
    drift = positions - positions[0] - np.outer(along - along[0], normal)
    if float(np.abs(drift).max()) > _TILT_TOLERANCE_MM:
        raise _broken("The gantry was tilted: slices are shifted against each other")
    return ordered, float(gaps.mean())


def _broken(reason: str) -> UnreadableSeries:
    return UnreadableSeries(
        f"{reason}.",
        kept="The files were not changed.",
        advice="Export the complete series again.",
    )


def _has_magic(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(132)[128:] == b"DICM"
