"""Read a CT from whatever it is stored in: a volume file or a DICOM folder."""

from __future__ import annotations

from pathlib import Path

from trainer.imaging.dicom import is_dicom_folder, read_series
from trainer.imaging.hashing import compact
from trainer.imaging.image_errors import UnreadableImage
from trainer.imaging.nifti import is_image_file
from trainer.imaging.orientation import to_spl
from trainer.imaging.plausibility import odd_things
from trainer.imaging.volume import Volume
from trainer.imaging.volume_bytes import load


def read_image(path: Path) -> Volume:
    """Return the CT at `path` in HU, (z, y, x) = (S, P, L), int16 where nothing is lost.

    Raises
    ------
    UnreadableImage : not a volume file, cut, damaged, or with values that are not numbers.
    UnreadableSeries : a DICOM folder with missing, doubled or tilted slices.
    """
    return _read(Path(path))[0]


def read_with_notes(path: Path) -> tuple[Volume, tuple[str, ...]]:
    """Return the CT at `path` and what is odd about its header and its values, in words."""
    volume, notes = _read(Path(path))
    return volume, (*notes, *odd_things(volume))


def _read(path: Path) -> tuple[Volume, tuple[str, ...]]:
    if path.is_dir():
        if not is_dicom_folder(path):
            raise UnreadableImage(
                f"{path.name} holds no DICOM slices.",
                advice="Choose a .nii.gz file, or the folder of one DICOM series.",
            )
        array, geometry = read_series(path)
        return Volume(compact(array), geometry), ()
    if is_image_file(path) or not path.exists():
        stored = load(path)
        array = to_spl(stored.array, stored.geometry)
        return Volume(compact(array), stored.geometry), stored.notes
    raise UnreadableImage(
        f"{path.name} is not an image KiTSDesk reads.",
        advice="It reads NIfTI, NRRD, MHA and folders of DICOM slices.",
    )
