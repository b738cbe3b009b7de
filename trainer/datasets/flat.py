"""Loose image files in one folder, or one DICOM series."""

from __future__ import annotations

from pathlib import Path

from trainer.contract.errors import KitsDeskError
from trainer.datasets.source_case import SourceCase
from trainer.imaging.dicom import is_dicom_folder
from trainer.imaging.nifti import is_image_file

_MASK_ENDINGS = ("_segmentation", "_seg", "_mask", "_label", "_labels")
_IMAGE_ENDINGS = ("_0000", "_imaging", "_image", "_ct")
_EXTENSIONS = (".nii.gz", ".nii", ".nrrd", ".mha", ".mhd")


class AmbiguousFiles(KitsDeskError):
    """Two files claim to be the same thing of one case."""


def file_stem(path: Path) -> str:
    """Return a file's name without its image extension ("a.nii.gz" -> "a")."""
    name = path.name
    for extension in _EXTENSIONS:
        if name.lower().endswith(extension):
            return name[: -len(extension)]
    return path.stem


def _without(stem: str, endings: tuple[str, ...]) -> str | None:
    """Return `stem` without the one of `endings` it has, None where it has none."""
    for ending in endings:
        if stem.lower().endswith(ending) and len(stem) > len(ending):
            return stem[: -len(ending)]
    return None


def find_flat_cases(path: Path) -> tuple[SourceCase, ...]:
    """Return one case per image file, sorted by id; empty where there are none.

    Parameters
    ----------
    path : an image file, or a folder of them. A file such as `ID_segmentation.nii.gz`,
        `ID_seg.nii.gz` or `ID_mask.nii.gz` is the mask of ID; `ID_0000.nii.gz` and
        `ID_ct.nii.gz` are images of ID. A case is its own patient.

    Raises
    ------
    AmbiguousFiles : two files are the image, or the mask, of one case.
    """
    files = [path] if path.is_file() else sorted(p for p in path.iterdir() if p.is_file())
    masks: dict[str, Path] = {}
    images: dict[str, Path] = {}
    for file in files:
        if not is_image_file(file):
            continue
        stem = file_stem(file)
        owner = None if path.is_file() else _without(stem, _MASK_ENDINGS)
        found = images if owner is None else masks
        case = owner or _without(stem, _IMAGE_ENDINGS) or stem
        if case in found:
            raise AmbiguousFiles(
                f"{found[case].name} and {file.name} are both the "
                f"{'image' if owner is None else 'mask'} of {case}.",
                advice="Rename or move one of them.",
            )
        found[case] = file
    return tuple(
        SourceCase(case, case, image, masks.get(case)) for case, image in sorted(images.items())
    )


def find_dicom_case(folder: Path) -> SourceCase | None:
    """Return the one case of a DICOM folder, named after the folder, or None."""
    if not is_dicom_folder(folder):
        return None
    return SourceCase(folder.name, folder.name, folder)
