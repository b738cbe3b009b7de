"""The prepared cases of a training set, kept by content: only what changed is rebuilt."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import torch

from trainer.contract.errors import Cancelled, DamagedFile, KitsDeskError
from trainer.contract.jsonfile import read_json, write_json
from trainer.contract.presets import PreprocessingPlan
from trainer.datasets.broken_cases import BrokenCase, reason_of, require_none_broken
from trainer.datasets.check_training_set import (
    check_training_set,
    empty_masks,
    images_in_two_folds,
    require_foreground,
)
from trainer.datasets.training_set import TrainingCase, TrainingSet
from trainer.imaging.hashing import file_hash, volume_hash
from trainer.imaging.image_errors import UnreadableImage
from trainer.imaging.mask_file import read_mask
from trainer.imaging.reader import read_image
from trainer.imaging.safe_write import WriteFailed
from trainer.imaging.volume import Volume
from trainer.preprocessing.cached_case import (
    CachedCase,
    CaseRecord,
    discard_case,
    open_case,
    write_case,
)
from trainer.preprocessing.prepare import prepare_image, prepare_mask

# Raise it where the same plan would give other voxels than before.
_VERSION = 1

Hashes = tuple[str, str]
Progress = Callable[[int, int, str], None]


def plan_hash(plan: PreprocessingPlan) -> str:
    """Return a hash of what of the plan decides voxels (patch and outputs do not)."""
    content = plan.model_dump(mode="json", exclude={"patch", "structures", "heads", "regions"})
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
    *,
    prepared_one: Callable[[CachedCase], None] | None = None,
) -> dict[str, CachedCase]:
    """Return every case by id, prepared now or before, or say which cannot be trained on.

    Every case is read once and all of them are looked at before any is refused, so that
    nobody learns of a broken file after hours, nor of one at a time.

    Parameters
    ----------
    cache : as for `prepare_case`.
    progress : called with (cases done, cases in all, the case's id) after each case.
    prepared_one : called with each case that is ready.

    Raises
    ------
    BrokenTrainingSet : naming every case that is missing, unreadable, not on its image's
        grid, labelled with an unknown structure, empty without being meant so
        (`TrainingCase.empty_meant`), or in two folds at once.
    TooFewPatients, NoForeground : see `trainer.datasets.check_training_set`.
    WriteFailed : the cache cannot be written.
    """
    check_training_set(training_set)
    prepared: dict[str, CachedCase] = {}
    broken = []
    total = len(training_set.cases)
    for done, case in enumerate(training_set.cases, start=1):
        try:
            prepared[case.id] = prepare_case(case, plan, cache, device)
        except (WriteFailed, Cancelled):
            raise
        except KitsDeskError as error:
            broken.append(BrokenCase(case.id, reason_of(error)))
        else:
            if prepared_one is not None:
                prepared_one(prepared[case.id])
        if progress is not None:
            progress(done, total, case.id)
    _require_trainable(training_set, prepared, broken)
    return prepared


def _require_trainable(
    training_set: TrainingSet, prepared: dict[str, CachedCase], broken: list[BrokenCase]
) -> None:
    """Raise where a case is broken, shares its image with another fold, or is empty."""
    hashes = {name: ready.record.image_hash for name, ready in prepared.items()}
    shared = images_in_two_folds(training_set.cases, hashes)
    empty = {
        name for name, ready in prepared.items() if not any(map(len, ready.locations.values()))
    }
    unmeant = empty_masks(training_set, empty)
    require_none_broken([*broken, *shared, *unmeant], len(training_set.cases))
    require_foreground(training_set, empty)


def prepare_case(
    case: TrainingCase,
    plan: PreprocessingPlan,
    cache: Path,
    device: str | torch.device = "cpu",
) -> CachedCase:
    """Return one case, read and prepared only where the cache does not have it undamaged.

    Parameters
    ----------
    cache : a folder that many runs may share; prepared cases lie there by content.
    device : where to compute.

    Raises
    ------
    DamagedFile : an export's file does not have the voxels its manifest names.
    UnreadableImage, GeometryMismatch, UnknownStructure : the case cannot be trained on.
    WriteFailed : the cache cannot be written.
    """
    known = _known_hashes(case, cache)
    prepared = _from_cache(cache / case_key(*known, plan), case.id) if known else None
    if prepared is not None:
        return prepared
    image, mask = _read(case)
    found = (volume_hash(image), volume_hash(mask))
    _require_export_hashes(case, found)
    folder = cache / case_key(*found, plan)
    prepared = _from_cache(folder, case.id)
    if prepared is None:
        _write(folder, image, mask, found, plan, device)
        prepared = open_case(folder, case.id)
    if not case.image_hash:
        # It only spares reading the voxels next time; a DICOM folder has no bytes to hash.
        with suppress(OSError):
            write_json(_hash_file(case, cache), list(found))
    return prepared


def prune(cache: Path, needed: Iterable[CachedCase], plan: PreprocessingPlan) -> list[str]:
    """Remove every prepared case of `cache` but the `needed` ones; return the names removed.

    A case that another process has open stays where the system does not let it go.
    """
    records = [case.record for case in needed]
    keep = {case_key(record.image_hash, record.mask_hash, plan) for record in records}
    removed = []
    for record in sorted(cache.glob("*/case.json")):
        folder = record.parent
        if folder.name not in keep:
            with suppress(OSError):
                discard_case(folder)
                removed.append(folder.name)
    return removed


def _read(case: TrainingCase) -> tuple[Volume, Volume]:
    try:
        image = read_image(case.image)
        return image, read_mask(case.mask, like=image.geometry)
    except OSError as error:
        raise UnreadableImage(
            f"{case.image.name} or {case.mask.name} cannot be opened: {error.strerror}."
        ) from error


def _from_cache(folder: Path, case: str) -> CachedCase | None:
    """Return a prepared case; None, and nothing left in its place, where it is damaged."""
    if not folder.exists():
        return None
    try:
        return open_case(folder, case)
    except DamagedFile as damage:
        try:
            discard_case(folder)
        except OSError:
            raise damage from None
        return None


def _write(
    folder: Path,
    image: Volume,
    mask: Volume,
    hashes: Hashes,
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


def _known_hashes(case: TrainingCase, cache: Path) -> Hashes | None:
    """Return the voxels' hashes without reading voxels: the export's, or those found
    earlier for files with these very bytes."""
    if case.image_hash and case.mask_hash:
        return case.image_hash, case.mask_hash
    try:
        image_hash, mask_hash = read_json(_hash_file(case, cache))
    except (DamagedFile, OSError, TypeError, ValueError):
        return None
    return str(image_hash), str(mask_hash)


def _hash_file(case: TrainingCase, cache: Path) -> Path:
    both = file_hash(case.image) + file_hash(case.mask)
    return cache / "hashes" / f"{hashlib.sha256(both.encode()).hexdigest()[:32]}.json"


def _require_export_hashes(case: TrainingCase, found: Hashes) -> None:
    for what, expected, actual in (
        ("image", case.image_hash, found[0]),
        ("mask", case.mask_hash, found[1]),
    ):
        if expected and expected != actual:
            raise DamagedFile(
                f"The {what} of {case.id} is not the one that was exported.",
                advice="Export the data set again.",
            )
