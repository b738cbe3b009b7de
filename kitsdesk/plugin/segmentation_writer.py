"""A Labels layer over a DICOM series as a DICOM segmentation of that series."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from kitsdesk.plugin.layer_geometry import layer_matrix
from kitsdesk.plugin.layer_writer import NoMask, labels_of
from kitsdesk.plugin.opened_scans import OpenedScan, scans_under
from trainer.contract.structures import STRUCTURE_NAMES
from trainer.imaging.dicom import choose, find_series
from trainer.imaging.dicom_seg import write_dicom_seg
from trainer.imaging.nifti import is_image_file
from trainer.imaging.series_path import split_series
from trainer.imaging.volume import Volume


def write_segmentation(path: str, data: ArrayLike, layer: dict[str, Any]) -> list[str]:
    """Write labels (z, y, x) of 1 kidney, 2 tumor and 3 cyst as one DICOM segmentation, without
    the patient's name or id, reopened and compared; return the path.

    Raises
    ------
    NoMask : another label is in it, or it lies on no DICOM series that this plugin opened.
    NoSegmentation : the labels are empty, or the series cannot be pointed at.
    WriteFailed : it could not be written whole; what was there before is unchanged.
    """
    labels = labels_of(np.asarray(data))
    strange = sorted(set(np.unique(labels).tolist()) - set(STRUCTURE_NAMES))
    if strange:
        raise NoMask(
            f"Label {strange[0]} is no structure: a segmentation has 1 kidney, 2 tumor, 3 cyst.",
            kept="Nothing was written.",
        )
    under = scans_under(labels.shape, layer_matrix(layer))
    scan = next((each for each in under if _is_dicom(each)), None)
    if scan is None or scan.image is None:
        raise NoMask(
            "The layer lies on no DICOM series that KiTSDesk opened.",
            kept="Nothing was written.",
            advice="Open the series with the reader of KiTSDesk first, or write NIfTI.",
        )
    folder, key = split_series(scan.image)
    mask = Volume(labels.astype(np.uint8), scan.geometry)
    write_dicom_seg(Path(path), mask, choose(find_series(folder), key))
    return [path]


def _is_dicom(scan: OpenedScan) -> bool:
    return scan.image is not None and not is_image_file(scan.image)
