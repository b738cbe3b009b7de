"""The files of a project's prediction: predictions/MODELS/CASE/, whole or not there."""

from __future__ import annotations

import os
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.contract.jsonfile import write_json
from trainer.imaging.geometry import Geometry
from trainer.imaging.mask_file import write_mask
from trainer.inference.case_prediction import CasePrediction

HELDOUT = "heldout.nii.gz"
ENSEMBLE = "ensemble.nii.gz"
FITTED = "fitted.nii.gz"
ENTROPY = "entropy.nii.gz"
SCORES = "scores.json"
_LEFTOVER = re.compile(r"\.[0-9a-f]{32}\.(new|old)$")
_LEFTOVER_AGE_S = 3600.0
_REGION = re.compile(r"^region-(\d+)\.nii\.gz$")


def write_project_prediction(
    folder: Path, prediction: CasePrediction, geometry: Geometry, seconds: dict[str, float]
) -> None:
    """Write all files of a case's prediction into `folder`, replacing an older one at once.

    They are written beside it first: a reader sees the old prediction or the new one.
    Region masks that a person made stay.

    Raises
    ------
    WriteFailed : something could not be written whole; the old prediction is unchanged.
    """
    with _replaced(folder) as fresh:
        if prediction.heldout is not None:
            write_mask(fresh / HELDOUT, prediction.heldout, geometry)
        if prediction.fitted is not None:
            write_mask(fresh / FITTED, prediction.fitted, geometry)
        write_mask(fresh / ENSEMBLE, prediction.ensemble, geometry)
        for model, bits in prediction.folds.items():
            write_mask(fresh / f"folds-{model}.nii.gz", bits, geometry)
        for model, bits in prediction.mirrors.items():
            write_mask(fresh / f"mirrors-{model}.nii.gz", bits, geometry)
        write_mask(fresh / ENTROPY, prediction.entropy, geometry)
        write_json(fresh / SCORES, prediction.scores.model_copy(update={"seconds": seconds}))


def write_region(folder: Path, mask: NDArray[np.uint8], geometry: Geometry) -> Path:
    """Write a region's mask as the next region-N.nii.gz of `folder` and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = [int(match.group(1)) for path in folder.iterdir() if (match := _region(path))]
    path = folder / f"region-{max(taken, default=0) + 1}.nii.gz"
    write_mask(path, mask, geometry)
    return path


def remove_leftovers(folder: Path) -> None:
    """Remove what a killed process left half written in predictions/MODELS.

    Only what is older than an hour: another process may be writing beside this one.
    """
    for path in folder.glob(".*") if folder.is_dir() else ():
        if _LEFTOVER.search(path.name) and time.time() - path.stat().st_mtime > _LEFTOVER_AGE_S:
            shutil.rmtree(path, ignore_errors=True)


def _region(path: Path) -> re.Match[str] | None:
    return _REGION.match(path.name)


@contextmanager
def _replaced(folder: Path) -> Iterator[Path]:
    """Give an empty folder beside `folder` that takes its place if the block ends well."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    mark = uuid.uuid4().hex
    fresh = folder.parent / f".{folder.name}.{mark}.new"
    old = folder.parent / f".{folder.name}.{mark}.old"
    fresh.mkdir()
    try:
        yield fresh
        if folder.exists():
            for path in folder.iterdir():
                if _region(path):
                    shutil.copy2(path, fresh / path.name)
            os.replace(folder, old)
        os.replace(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
