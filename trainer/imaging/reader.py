"""Read a CT from whatever it is stored in: a volume file or a DICOM folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from trainer.imaging.dicom import choose, find_series, is_dicom_file, is_dicom_folder, read_record
from trainer.imaging.geometry import Geometry
from trainer.imaging.hashing import compact
from trainer.imaging.image_errors import UnreadableImage
from trainer.imaging.nifti import is_image_file
from trainer.imaging.orientation import to_spl
from trainer.imaging.plausibility import odd_things
from trainer.imaging.series_path import split_series
from trainer.imaging.volume import Volume
from trainer.imaging.volume_bytes import load


def read_image(path: Path, series: str | None = None, *, bridge_gaps: bool = False) -> Volume:
    """Return the CT at `path` in HU, (z, y, x) = (S, P, L), int16 where nothing is lost.

    Parameters
    ----------
    path : a NIfTI, NRRD or MHA file, a DICOM folder, one volume of it as
        `trainer.imaging.series_path` names it, or a multi-frame DICOM file.
    series : the key of one of `trainer.imaging.dicom.find_series(path)`.
    bridge_gaps : fill missing DICOM slices linearly: to look at, never to train on.

    Raises
    ------
    UnreadableImage : not a volume file, cut, damaged, or with values that are not numbers.
    UnreadableSeries : DICOM with doubled or cut slices.
    SeriesWithGap : DICOM with missing slices, and gaps are not to be bridged.
    SeveralSeries : a DICOM folder with several CT volumes, none of them named.
    """
    return _read(Path(path), series, bridge_gaps=bridge_gaps)[0]


def read_with_notes(path: Path, series: str | None = None) -> tuple[Volume, tuple[str, ...]]:
    """Return the CT at `path` and what is odd about its header and its values, in words."""
    volume, notes = _read(Path(path), series)
    return volume, (*notes, *odd_things(volume))


def _read(
    path: Path, series: str | None, *, bridge_gaps: bool = False
) -> tuple[Volume, tuple[str, ...]]:
    path, named = split_series(path)
    series = series or named
    if is_dicom_folder(path) or (not is_image_file(path) and is_dicom_file(path)):
        record = choose(find_series(path), series)
        array, geometry = read_record(record, bridge_gaps=bridge_gaps)
        return Volume(compact(array), geometry), record.notes
    if path.is_dir():
        raise UnreadableImage(
            f"{path.name} holds no DICOM slices.",
            advice="Choose a .nii.gz file, or the folder of one DICOM series.",
        )
    if is_image_file(path) or not path.exists():
        array, geometry, notes = _stood_up(path)
        return Volume(compact(array), geometry), notes
    raise UnreadableImage(
        f"{path.name} is not an image KiTSDesk reads.",
        advice="It reads NIfTI, NRRD, MHA and folders of DICOM slices.",
    )


def _stood_up(path: Path) -> tuple[NDArray[Any], Geometry, tuple[str, ...]]:
    """Return a volume file's voxels (z, y, x) with their grid and notes; the order of the file
    is not kept beside them, large as it may be."""
    stored = load(path)
    return to_spl(stored.array, stored.geometry), stored.geometry, stored.notes
