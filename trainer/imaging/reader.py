"""Read a CT from whatever it is stored in: a volume file or a DICOM folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from trainer.imaging.dicom import is_dicom_folder, read_series
from trainer.imaging.hashing import compact
from trainer.imaging.nifti import UnreadableImage, is_image_file, read_file
from trainer.imaging.volume import Volume


def read_image(path: Path) -> Volume:
    """Return the CT at `path` in HU, (z, y, x) = (S, P, L), int16 where nothing is lost.

    Raises
    ------
    UnreadableImage : not a volume file, cut, damaged, or with values that are not numbers.
    UnreadableSeries : a DICOM folder with missing, doubled or tilted slices.
    """
    path = Path(path)
    if path.is_dir():
        if not is_dicom_folder(path):
            raise UnreadableImage(
                f"{path.name} holds no DICOM slices.",
                advice="Choose a .nii.gz file, or the folder of one DICOM series.",
            )
        array, geometry = read_series(path)
    elif is_image_file(path) or not path.exists():
        array, geometry = read_file(path)
    else:
        raise UnreadableImage(
            f"{path.name} is not an image KiTSDesk reads.",
            advice="It reads NIfTI, NRRD, MHA and folders of DICOM slices.",
        )
    if array.dtype.kind == "f" and not np.all(np.isfinite(array)):
        bad = int(np.count_nonzero(~np.isfinite(array)))
        raise UnreadableImage(
            f"{path.name} is refused: {bad} voxels are not numbers.",
            kept="The file was not changed.",
        )
    return Volume(compact(array), geometry)
