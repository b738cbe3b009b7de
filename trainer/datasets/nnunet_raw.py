"""nnU-Net's raw layout: dataset.json, imagesTr, labelsTr, splits_final.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import read_json, write_json
from trainer.datasets.folds import FOLDS
from trainer.datasets.source_case import SourceCase

DATASET_NAME = "dataset.json"
SPLITS_NAME = "splits_final.json"
IMAGES_FOLDER = "imagesTr"
MASKS_FOLDER = "labelsTr"
CHANNEL_ENDING = "_0000"


class UnfinishedDataSet(KitsDeskError):
    """A data set in nnU-Net's layout does not hold what its own files announce."""


def is_nnunet_raw(folder: Path) -> bool:
    """Return whether the folder has nnU-Net's raw layout."""
    return (folder / DATASET_NAME).exists() and (folder / IMAGES_FOLDER).is_dir()


def image_path(case: str, ending: str = ".nii.gz") -> str:
    """Return where the image of `case` lies, relative to the data set."""
    return f"{IMAGES_FOLDER}/{case}{CHANNEL_ENDING}{ending}"


def mask_path(case: str, ending: str = ".nii.gz") -> str:
    """Return where the mask of `case` lies, relative to the data set."""
    return f"{MASKS_FOLDER}/{case}{ending}"


def read_nnunet_raw(folder: Path) -> tuple[SourceCase, ...]:
    """Return the training cases, sorted by id; a case is its own patient.

    Raises
    ------
    UnfinishedDataSet : there are fewer images than dataset.json announces.
    DamagedFile : dataset.json cannot be read.
    """
    dataset = read_json(folder / DATASET_NAME)
    ending = str(dataset.get("file_ending", ".nii.gz"))
    cases = []
    for image in sorted((folder / IMAGES_FOLDER).glob(f"*{CHANNEL_ENDING}{ending}")):
        case = image.name[: -len(CHANNEL_ENDING + ending)]
        mask = folder / mask_path(case, ending)
        cases.append(SourceCase(case, case, image, mask if mask.exists() else None))
    announced = int(dataset.get("numTraining", len(cases)))
    if len(cases) < announced:
        raise UnfinishedDataSet(
            f"{folder.name} announces {announced} training cases and holds {len(cases)}.",
            advice="Export it again.",
        )
    return tuple(cases)


def dataset_json(structures: Sequence[str], training: int, name: str = "") -> dict[str, Any]:
    """Return dataset.json for CTs with these structures ("background" first).

    It declares NibabelIOWithReorient, the reader whose array has our network's axes.
    """
    return {
        "name": name,
        "channel_names": {"0": "CT"},
        "labels": {structure: index for index, structure in enumerate(structures)},
        "numTraining": training,
        "file_ending": ".nii.gz",
        "overwrite_image_reader_writer": "NibabelIOWithReorient",
    }


def write_splits(folder: Path, folds: Mapping[str, int]) -> None:
    """Write splits_final.json from the fold in which each case is validated."""
    splits = [
        {
            "train": sorted(case for case, own in folds.items() if own != fold),
            "val": sorted(case for case, own in folds.items() if own == fold),
        }
        for fold in range(FOLDS)
    ]
    write_json(folder / SPLITS_NAME, splits)


def read_splits(path: Path) -> dict[str, int]:
    """Return the fold in which each case is validated.

    Raises
    ------
    UnfinishedDataSet : a case is validated in two folds, or trained on where it is validated.
    DamagedFile : the file cannot be read.
    """
    folds: dict[str, int] = {}
    for fold, split in enumerate(read_json(path)):
        trained = set(split["train"])
        for case in split["val"]:
            if case in folds or case in trained:
                raise UnfinishedDataSet(
                    f"{path.name} uses {case} twice: fold {fold} validates it.",
                    advice="Every case is validated in one fold and trained on in the others.",
                )
            folds[str(case)] = fold
    return folds
