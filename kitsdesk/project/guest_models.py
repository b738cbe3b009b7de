"""Models of nnU-Net v2's in a project: their names here, and the cases no fold of them saw."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from kitsdesk.project.workspace import Workspace
from trainer.contract.errors import KitsDeskError
from trainer.contract.model_manifest import (
    FoldEntry,
    ModelManifest,
    read_manifest,
    write_manifest,
)

_MASKS = ("*.nii.gz", "*.nii", "*.nrrd", "*.mha")


def names_its_cases(folder: Path) -> bool:
    """Return whether the folder says which cases its folds were validated on."""
    places = ("fold_*/validation", "*/fold_*/validation")
    found = (folder.glob(f"{place}/{mask}") for place in places for mask in _MASKS)
    return any(next(files, None) is not None for files in found)


def label_values(folder: Path) -> int:
    """Return how many labels besides the background a model's data set has, 0 = unknown."""
    for file in (folder / "dataset.json", *sorted(folder.glob("*/dataset.json"))):
        with suppress(OSError, ValueError, TypeError, AttributeError):
            labels = json.loads(file.read_text("utf-8"))["labels"]
            return max(_highest(value) for name, value in labels.items() if name != "ignore")
    return 0


def _highest(value: Any) -> int:
    return max(int(each) for each in value) if isinstance(value, list) else int(value)


def guest_name(folder: Path, taken: Sequence[str]) -> str:
    """Return a name for the model in TRAINER__PLANS__CONFIGURATION that is not taken yet."""
    parent = folder.parent.name
    words = [parent] if parent.startswith("Dataset") else []
    words += folder.name.split("__")[-1:] if words else [folder.name]
    name = re.sub(r"[^\w.-]+", "_", "_".join(words)).strip("._") or "nnU-Net"
    number, free = 2, name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return free


def hash_held_out(workspace: Workspace, model: Path) -> Generator[str, None, ModelManifest]:
    """Find the images behind the ids that each fold was validated on, and write their
    hashes into the model; yields what it is doing.

    Only a case of that id whose image can be read counts as not seen; whatever cannot be
    found stays seen.
    """
    manifest = read_manifest(model)
    wanted = {case.case for entry in manifest.folds for case in entry.held_out}
    records = [record for record in workspace.cases() if record.case in wanted]
    hashes: dict[str, str] = {}
    for number, record in enumerate(records, start=1):
        yield f"Matching case {number} of {len(records)}"
        with suppress(KitsDeskError, OSError):
            hashes[record.case] = workspace.image_hash(record.case)
    folds = tuple(_matched(entry, hashes) for entry in manifest.folds)
    matched = manifest.model_copy(update={"folds": folds})
    if hashes:
        write_manifest(model, matched)
    return matched


def _matched(entry: FoldEntry, hashes: dict[str, str]) -> FoldEntry:
    cases = tuple(
        case.model_copy(update={"image_hash": hashes.get(case.case, case.image_hash)})
        for case in entry.held_out
    )
    return entry.model_copy(update={"held_out": cases})


def seen_words(manifest: ModelManifest) -> str:
    """Return in a sentence what is known of what the folds saw."""
    if all(entry.trained_on == "none" for entry in manifest.folds):
        return "None of its folds saw a case of this project."
    known = {case.case for entry in manifest.folds for case in entry.held_out if case.image_hash}
    if not known:
        return "Every fold counts as having seen every case."
    cases = "1 case is" if len(known) == 1 else f"{len(known)} cases are"
    return f"{cases} held out by the fold that was validated on it."
