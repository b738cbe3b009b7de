"""The prepared cases of a training set, kept by content: only what changed is rebuilt."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import torch

from trainer.contract.errors import DamagedFile
from trainer.contract.jsonfile import read_json, write_json
from trainer.contract.presets import PreprocessingPlan
from trainer.datasets.training_set import TrainingCase, TrainingSet
from trainer.imaging.hashing import file_hash, volume_hash
from trainer.imaging.mask_file import read_mask
from trainer.imaging.reader import read_image
from trainer.imaging.volume import Volume
from trainer.preprocessing.cached_case import CachedCase, CaseRecord, open_case, write_case
from trainer.preprocessing.prepare import prepare_image, prepare_mask

# Raise it where the same plan would give other voxels than before.
_VERSION = 1

Progress = Callable[[int, int, str], None]


def plan_hash(plan: PreprocessingPlan) -> str:
    """Return a hash of what of the plan decides voxels (the patch does not)."""
    content = plan.model_dump(mode="json", exclude={"patch", "structures"})
    text = json.dumps({"version": _VERSION, **content}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def case_key(image_hash: str, mask_hash: str, plan: PreprocessingPlan) -> str:
    """Return the name of a prepared case's folder."""
    text = "|".join((image_hash, mask_hash, plan_hash(plan)))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def prepare_training_set(
    training_set: TrainingSet,
    plan: PreprocessingPlan,
    cache: Path,
    progress: Progress | None = None,
    device: str | torch.device = "cpu",
) -> dict[str, CachedCase]:
    """Return every case by id, prepared now or before.

    Parameters
    ----------
    cache : a folder that many runs may share; prepared cases lie there by content.
    progress : called with (cases done, cases in all, the case's id) after each case.

    Raises
    ------
    DamagedFile : an export's file does not have the voxels its manifest names.
    UnreadableImage, GeometryMismatch : a case cannot be read.
    """
    prepared = {}
    total = len(training_set.cases)
    for done, case in enumerate(training_set.cases, start=1):
        prepared[case.id] = prepare_case(case, plan, cache, device)
        if progress is not None:
            progress(done, total, case.id)
    return prepared


def prepare_case(
    case: TrainingCase,
    plan: PreprocessingPlan,
    cache: Path,
    device: str | torch.device = "cpu",
) -> CachedCase:
    """Return one case, read and prepared only where the cache does not have it."""
    hashes = _known_hashes(case, cache)
    if hashes is not None:
        folder = cache / case_key(*hashes, plan)
        if (folder / "case.json").exists():
            return open_case(folder, case.id)
    image = read_image(case.image)
    mask = read_mask(case.mask, like=image.geometry)
    found = (volume_hash(image), volume_hash(mask))
    _require_export_hashes(case, found)
    if not case.image_hash:
        write_json(_hash_file(case, cache), list(found))
    folder = cache / case_key(*found, plan)
    if not (folder / "case.json").exists():
        _write(folder, image, mask, found, plan, device)
    return open_case(folder, case.id)


def _write(
    folder: Path,
    image: Volume,
    mask: Volume,
    hashes: tuple[str, str],
    plan: PreprocessingPlan,
    device: str | torch.device,
) -> None:
    prepared = prepare_image(image, plan, device)
    labels = prepare_mask(mask, prepared, plan, device)
    z, y, x = prepared.array.shape
    record = CaseRecord(
        image_hash=hashes[0],
        mask_hash=hashes[1],
        plan_hash=plan_hash(plan),
        shape=(z, y, x),
        structures=tuple(range(1, len(plan.structures))),
    )
    write_case(folder, record, prepared.array, labels)


def _known_hashes(case: TrainingCase, cache: Path) -> tuple[str, str] | None:
    """Return the voxels' hashes without reading voxels: the export's, or those found
    earlier for files with these very bytes."""
    if case.image_hash and case.mask_hash:
        return case.image_hash, case.mask_hash
    path = _hash_file(case, cache)
    if not path.exists():
        return None
    image_hash, mask_hash = read_json(path)
    return image_hash, mask_hash


def _hash_file(case: TrainingCase, cache: Path) -> Path:
    both = file_hash(case.image) + file_hash(case.mask)
    return cache / "hashes" / f"{hashlib.sha256(both.encode()).hexdigest()[:32]}.json"


def _require_export_hashes(case: TrainingCase, found: tuple[str, str]) -> None:
    for what, expected, actual in (
        ("image", case.image_hash, found[0]),
        ("mask", case.mask_hash, found[1]),
    ):
        if expected and expected != actual:
            raise DamagedFile(
                f"The {what} of {case.id} is not the one that was exported.",
                advice="Export the data set again.",
            )
