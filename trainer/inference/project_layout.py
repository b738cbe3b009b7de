"""The files of a project's prediction: predictions/MODELS/CASE/, whole or not there."""

from __future__ import annotations

import os
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.contract.jsonfile import write_json
from trainer.imaging.geometry import Geometry
from trainer.imaging.mask_file import write_mask
from trainer.imaging.nifti import write_file
from trainer.imaging.safe_write import safe_write
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
        _write_masks(fresh, _masks_of(prediction), geometry)
        write_json(fresh / SCORES, prediction.scores.model_copy(update={"seconds": seconds}))


def _masks_of(prediction: CasePrediction) -> dict[str, NDArray[Any]]:
    """Return the masks by the names of their files."""
    masks: dict[str, NDArray[Any]] = {ENSEMBLE: prediction.ensemble, ENTROPY: prediction.entropy}
    if prediction.heldout is not None:
        masks[HELDOUT] = prediction.heldout
    if prediction.fitted is not None:
        masks[FITTED] = prediction.fitted
    for kind, stacks in (("folds", prediction.folds), ("mirrors", prediction.mirrors)):
        masks |= {f"{kind}-{model}.nii.gz": bits for model, bits in stacks.items()}
    return masks


def _write_masks(folder: Path, masks: dict[str, NDArray[Any]], geometry: Geometry) -> None:
    """Write each mask, two at a time; one that is the same as another is a copy of its file."""
    written: dict[int, str] = {}
    copies: list[tuple[str, str]] = []
    for name, mask in masks.items():
        if id(mask) in written:
            copies.append((written[id(mask)], name))
        else:
            written[id(mask)] = name
    with ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(write_file, folder / name, masks[name], geometry)
            for name in written.values()
        ]
        for job in jobs:
            job.result()
    for source, name in copies:
        safe_write(folder / name, partial(shutil.copyfile, folder / source))


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
