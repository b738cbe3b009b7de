"""A folder of DICOM slices, or one multi-frame file, as one volume in HU."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.imaging.dicom_pixels import hu_of
from trainer.imaging.dicom_series import SeriesRecord, find_series, has_magic
from trainer.imaging.geometry import Geometry
from trainer.imaging.image_errors import UnreadableSeries
from trainer.imaging.orientation import to_spl
from trainer.imaging.slice_stack import Stack
from trainer.imaging.stack_resampling import evened, straightened

__all__ = [
    "SeriesRecord",
    "SeriesWithGap",
    "SeveralSeries",
    "UnreadableSeries",
    "find_series",
    "is_dicom_file",
    "is_dicom_folder",
    "read_record",
    "read_series",
    "slices_grid",
]


class SeveralSeries(UnreadableSeries):
    """A folder offers more than one CT volume: a person has to choose.

    `records` are the usable ones; `read_image(path, series=record.key)` reads one.
    """

    def __init__(self, records: list[SeriesRecord]) -> None:
        listed = "; ".join(f"{record.key}: {record.description}" for record in records)
        super().__init__(
            f"The folder holds {len(records)} CT volumes: {listed}.",
            kept="Nothing was read.",
            advice="Choose one of them.",
        )
        self.records = tuple(records)


class SeriesWithGap(UnreadableSeries):
    """Slices are missing: refused for everything but looking (`bridge_gaps`)."""


def is_dicom_folder(folder: Path) -> bool:
    """Return whether any file directly in the folder carries DICOM's magic bytes; a DICOMDIR
    is but the list of what lies in the folders beside it."""
    return folder.is_dir() and any(
        path.name.upper() != "DICOMDIR" and has_magic(path) for path in folder.iterdir()
    )


def is_dicom_file(path: Path) -> bool:
    """Return whether the file carries DICOM's magic bytes."""
    return has_magic(path)


def read_series(path: Path, series: str | None = None) -> tuple[NDArray[Any], Geometry]:
    """Return the HU voxels (z, y, x) of one CT volume, and its grid.

    Parameters
    ----------
    series : a `SeriesRecord.key`; needed where the folder offers several volumes.

    Raises
    ------
    SeveralSeries : more than one usable CT volume and none was named; carries the records.
    UnreadableSeries : no CT volume; a missing, doubled or cut slice is named with its place.
    """
    return read_record(choose(find_series(path), series))


def choose(records: list[SeriesRecord], series: str | None) -> SeriesRecord:
    """Return the record asked for, the only usable one, or the only volume there is."""
    if series is not None:
        named = [record for record in records if record.key == series]
        if not named:
            raise UnreadableSeries(
                f"The folder holds no series {series}.", advice="Look at what it holds again."
            )
        return named[0]
    usable = [record for record in records if record.usable]
    if len(usable) > 1:
        raise SeveralSeries(usable)
    if usable:
        return _with_others_told(usable[0], records)
    volumes = [record for record in records if record.gap or record.slices > 1]
    if len(volumes) == 1:
        return volumes[0]
    if not records:
        raise UnreadableSeries(
            "The folder holds no CT slices with a position.",
            advice="Choose the folder that holds the .dcm files of one CT series.",
        )
    raise _broken("; ".join(f"{record.description}: {record.why_not}" for record in records))


def _with_others_told(chosen: SeriesRecord, records: list[SeriesRecord]) -> SeriesRecord:
    """Return the record with a note on every volume beside it that only lacks slices: a
    person may have meant that one."""
    told = tuple(
        f"the folder also holds {other.description}, which is refused: {other.why_not}"
        for other in records
        if other.gap
    )
    return replace(chosen, notes=(*chosen.notes, *told)) if told else chosen


def read_record(
    record: SeriesRecord, *, bridge_gaps: bool = False
) -> tuple[NDArray[Any], Geometry]:
    """Return the HU voxels (z, y, x) of a volume that `find_series` found, and its grid.

    Parameters
    ----------
    bridge_gaps : read a volume with missing slices too, the gaps filled linearly: to be
        looked at with `record.why_not` beside it, never to train on or to measure.

    Raises
    ------
    SeriesWithGap : slices are missing and gaps are not to be bridged.
    UnreadableSeries : it is not usable, or its pixels cannot be decoded.
    """
    if not record.usable and not (bridge_gaps and record.gap):
        raise _broken(record.why_not, SeriesWithGap if record.gap else UnreadableSeries)
    stack = record.stack
    first = stack.slices[0]
    pixels, origin = hu_of(stack.slices), first.position
    if stack.tilted:
        pixels, origin = straightened(pixels, stack)
    if stack.uneven:
        pixels = evened(pixels, stack)
    geometry = _grid(stack, (pixels.shape[2], pixels.shape[1], pixels.shape[0]), origin)
    return to_spl(pixels, geometry), geometry


def slices_grid(record: SeriesRecord) -> Geometry:
    """Return the grid of a volume's own slices, as they are before any resampling."""
    first = record.stack.slices[0]
    size = (first.shape[1], first.shape[0], len(record.stack.slices))
    return _grid(record.stack, size, first.position)


def _grid(stack: Stack, size: tuple[int, int, int], origin: tuple[float, float, float]) -> Geometry:
    first = stack.slices[0]
    axes = np.array(first.orientation).reshape(2, 3)
    directions = np.stack([axes[0], axes[1], np.array(first.normal)], axis=1)
    return Geometry(
        size,
        (first.spacing[1], first.spacing[0], stack.step),
        origin,
        tuple(directions.ravel().tolist()),
    )


def _broken(reason: str, kind: type[UnreadableSeries] = UnreadableSeries) -> UnreadableSeries:
    return kind(
        f"The series is refused: {reason}.",
        kept="The files were not changed.",
        advice="Export the complete series again.",
    )
