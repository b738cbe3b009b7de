"""Finds the cases of a data set, however it is laid out; reads names and headers only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from kitsdesk.project.case_source import CaseSource as CaseSource
from kitsdesk.project.dicom_sources import dicom_sources
from trainer.contract.errors import KitsDeskError
from trainer.datasets.kits import IMAGE_NAME, MASK_NAME, find_kits_cases
from trainer.datasets.nnunet_raw import is_nnunet_raw, read_nnunet_raw
from trainer.datasets.source_case import SourceCase
from trainer.imaging.nifti import IMAGE_SUFFIXES, is_image_file

_IMAGE_FOLDERS = ("images", "image", "ct", "cts", "imaging")
_MASK_FOLDERS = ("masks", "mask", "labels", "label", "segmentations", "segmentation", "seg")
_MASK_ENDINGS = re.compile(r"[-_. ](mask|label|labels|seg|segmentation)$", re.IGNORECASE)
_CHANNEL = re.compile(r"_\d{4}$")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class NoCasesFound(KitsDeskError):
    """A path holds nothing that could be a case."""


def discover(path: Path) -> list[CaseSource]:
    """Return the cases at `path`, sorted by id, ids unique and fit for file names.

    `path` is a KiTS folder (CASE/imaging.nii.gz), an nnU-Net raw data set (imagesTr), a folder
    of loose volume files (masks beside them as NAME_mask or in a folder `masks`/`labels`),
    one volume file, a DICOM folder, a folder of DICOM folders, or one slice of a series. A
    DICOM folder with several CT volumes gives a source for each (`CaseSource.volume`).

    Raises
    ------
    NoCasesFound : none of these is there.
    """
    path = Path(path).absolute()
    try:
        for find in (_one_file, _kits, _nnunet, _dicom, _loose):
            if found := find(path):
                return sorted(_unique(found), key=lambda source: source.case)
    except OSError as error:
        raise NoCasesFound(
            f"{path.name} cannot be read: {error.strerror or error}.",
            advice="Check the name, the permissions and whether the disk is still there.",
        ) from error
    raise NoCasesFound(
        f"{path.name} holds no cases.",
        advice="Choose a KiTS folder, an nnU-Net data set, a folder of NIfTI, NRRD or MHA files, "
        "or a DICOM folder.",
    )


def case_name(path: Path) -> str:
    """Return a case id from a file's or folder's name: no extension, no unsafe letters."""
    name = path.name
    for suffix in sorted(IMAGE_SUFFIXES, key=len, reverse=True):
        if name.lower().endswith(suffix):
            name = name[: -len(suffix)]
            break
    return _UNSAFE.sub("_", name).strip("._") or "case"


def _one_file(path: Path) -> list[CaseSource]:
    if not path.is_file() or not is_image_file(path):
        return []
    if path.name == IMAGE_NAME:
        return _kits_case(path.parent)
    return [_source(path, _mask_beside(path))]


def _kits(path: Path) -> list[CaseSource]:
    if not path.is_dir():
        return []
    return _kits_case(path) or [_from_trainer(case) for case in find_kits_cases(path)]


def _kits_case(folder: Path) -> list[CaseSource]:
    if not (folder / IMAGE_NAME).is_file():
        return []
    case, mask = case_name(folder), folder / MASK_NAME
    return [CaseSource(case, case, folder / IMAGE_NAME, mask if mask.is_file() else None)]


def _nnunet(path: Path) -> list[CaseSource]:
    if not is_nnunet_raw(path):
        return []
    return [_from_trainer(case) for case in read_nnunet_raw(path)]


def _from_trainer(found: SourceCase) -> CaseSource:
    return CaseSource(found.case, found.patient, found.image, found.mask)


def _dicom(path: Path) -> list[CaseSource]:
    return dicom_sources(path, case_name)


def _loose(path: Path) -> list[CaseSource]:
    if not path.is_dir():
        return []
    folders = [path, *(path / name for name in _IMAGE_FOLDERS)]
    images = [
        image
        for folder in folders
        for image in _volumes(folder)
        if not _MASK_ENDINGS.search(case_name(image))
    ]
    return [_source(image, _mask_beside(image)) for image in images]


def _source(image: Path, reference: Path | None) -> CaseSource:
    case = _CHANNEL.sub("", case_name(image))
    return CaseSource(case, case, image, reference)


def _mask_beside(image: Path) -> Path | None:
    name = case_name(image)
    for other in _volumes(image.parent):
        stem = case_name(other)
        if _MASK_ENDINGS.search(stem) and _MASK_ENDINGS.sub("", stem) == name:
            return other
    for folder in (image.parent, image.parent.parent):
        for masks in _MASK_FOLDERS:
            found = _mask_named(folder / masks, _CHANNEL.sub("", name))
            if found is not None and found != image:
                return found
    return None


def _mask_named(folder: Path, case: str) -> Path | None:
    for mask in _volumes(folder):
        if _MASK_ENDINGS.sub("", case_name(mask)) == case:
            return mask
    return None


def _unique(sources: Iterable[CaseSource]) -> Iterator[CaseSource]:
    taken: set[str] = set()
    for source in sources:
        case, number = source.case, 2
        while case in taken:
            case, number = f"{source.case}_{number}", number + 1
        taken.add(case)
        yield source if case == source.case else replace(source, case=case)


def _volumes(folder: Path) -> list[Path]:
    return [path for path in _entries(folder) if path.is_file() and is_image_file(path)]


def _entries(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
