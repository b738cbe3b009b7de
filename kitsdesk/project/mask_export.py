"""A mask as one file for other programs: NIfTI, or a DICOM segmentation of the source series."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kitsdesk.project.mask_places import MASK_SUFFIX, refuse_sources
from kitsdesk.project.workspace import Workspace
from trainer.imaging.dicom import choose, find_series
from trainer.imaging.dicom_seg import write_dicom_seg
from trainer.imaging.mask_file import write_mask
from trainer.imaging.nifti import is_image_file
from trainer.imaging.series_path import split_series
from trainer.imaging.volume import Volume

SEGMENTATION_SUFFIX = ".dcm"


def is_dicom_case(workspace: Workspace, case: str) -> bool:
    """Return whether a case's CT is a DICOM series, so that a segmentation can point at it."""
    return not is_image_file(workspace.case(case).image)


def export_mask(
    workspace: Workspace,
    case: str,
    mask: NDArray[np.uint8],
    path: Path,
    *,
    with_patient: bool = False,
) -> Path:
    """Write `mask` (z, y, x) to `path` on the source's own grid; return the file written.

    Parameters
    ----------
    path : ends in .dcm for a DICOM segmentation, else .nii.gz (added where it is missing).
    with_patient : take the patient's name and id into the segmentation, for an archive.

    Raises
    ------
    SourceProtected : the file belongs to the source data set.
    NoSegmentation : the mask cannot point at the slices of the series.
    WriteFailed : it could not be written whole; what was there before is unchanged.
    """
    target = path.absolute()
    if target.suffix.lower() != SEGMENTATION_SUFFIX and not target.name.endswith(MASK_SUFFIX):
        target = target.with_name(target.name.removesuffix(".nii") + MASK_SUFFIX)
    refuse_sources(workspace, target)
    grid = workspace.geometry(case)
    if target.suffix.lower() == SEGMENTATION_SUFFIX:
        folder, key = split_series(workspace.case(case).image)
        series = choose(find_series(folder), key)
        write_dicom_seg(target, Volume(mask, grid), series, with_patient=with_patient)
    else:
        write_mask(target, mask, grid)
    return target
