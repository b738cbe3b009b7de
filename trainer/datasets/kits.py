"""The layout of the KiTS challenges: case_00015/imaging.nii.gz and segmentation.nii.gz."""

from __future__ import annotations

from pathlib import Path

from trainer.datasets.source_case import SourceCase

IMAGE_NAME = "imaging.nii.gz"
MASK_NAME = "segmentation.nii.gz"


def find_kits_cases(folder: Path) -> tuple[SourceCase, ...]:
    """Return the cases with an image, sorted by id; empty where there are none.

    A case is a patient, as in KiTS. A folder that holds only a mask is no case.
    """
    cases = []
    for image in sorted(folder.glob(f"case_*/{IMAGE_NAME}")):
        name, mask = image.parent.name, image.with_name(MASK_NAME)
        cases.append(SourceCase(name, name, image, mask if mask.exists() else None))
    return tuple(cases)
