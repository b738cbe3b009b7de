"""Finds the masks of a set of cases, however they are laid out."""

from __future__ import annotations

import re
from pathlib import Path

from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import read_json

_SUFFIXES = (".nii.gz", ".nii", ".nrrd", ".mha")
_KITS_NAME = re.compile(r"^prediction_(\d{5})$")


class NoMasksFound(KitsDeskError):
    """A path holds no masks in any layout that is understood."""


def find_masks(path: Path) -> dict[str, Path]:
    """Return case id → mask file of `path`, sorted by id.

    `path` is a KiTS folder (CASE/segmentation.nii.gz), a folder of project predictions
    (CASE/heldout.nii.gz, else CASE/ensemble.nii.gz), a flat folder (CASE.nii.gz, or the
    challenge's prediction_XXXXX.nii.gz), or a JSON file {case: path}, its paths relative
    to the file.

    Raises
    ------
    NoMasksFound : nothing of the kind is there, or the JSON file names a missing file.
    """
    if path.is_file() and path.suffix == ".json":
        found = _from_json(path)
    elif path.is_dir():
        found = _from_case_folders(path) or _from_flat_folder(path)
    else:
        found = {}
    if not found:
        raise NoMasksFound(
            f"{path.name} holds no masks.",
            advice="Give a KiTS folder, a folder of CASE.nii.gz, or a JSON file of case: path.",
        )
    return dict(sorted(found.items()))


def _from_json(path: Path) -> dict[str, Path]:
    content = read_json(path)
    if not isinstance(content, dict):
        raise NoMasksFound(f"{path.name} is not a JSON object of case: path.")
    found = {str(case): path.parent / str(file) for case, file in content.items()}
    for case, file in found.items():
        if not file.exists():
            raise NoMasksFound(f"{path.name} names {file.name} for {case}, which is not there.")
    return found


def _from_case_folders(folder: Path) -> dict[str, Path]:
    found = {}
    for case in folder.iterdir():
        for name in ("segmentation.nii.gz", "heldout.nii.gz", "ensemble.nii.gz"):
            if (case / name).is_file():
                found[case.name] = case / name
                break
    return found


def _from_flat_folder(folder: Path) -> dict[str, Path]:
    found = {}
    for file in folder.iterdir():
        suffix = next((end for end in _SUFFIXES if file.name.endswith(end)), None)
        if suffix is None or file.name.startswith("."):
            continue
        case = file.name.removesuffix(suffix)
        number = _KITS_NAME.match(case)
        found[f"case_{number.group(1)}" if number else case] = file
    return found
