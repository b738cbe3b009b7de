"""Which cases a fold of nnU-Net's was validated on, so that it is known not to have seen
them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from trainer.models.nnunet_refusals import BadSplits

_IMAGES = (".nii.gz", ".nii", ".nrrd", ".mha")


def validated_cases(fold: Path) -> tuple[str, ...]:
    """Return the ids of the cases in FOLD/validation, sorted; none where it is not there."""
    ids = set()
    for file in sorted((fold / "validation").glob("*")):
        ending = next((end for end in _IMAGES if file.name.endswith(end)), None)
        if ending is not None:
            ids.add(file.name.removesuffix(ending))
    return tuple(sorted(ids))


def read_splits(file: Path) -> list[tuple[str, ...]]:
    """Return the validation cases of each fold of a splits_final.json, sorted.

    Raises
    ------
    BadSplits : it cannot be read, or a case is trained and validated on in one fold.
    """
    try:
        return [_held_out(split) for split in _listed(json.loads(file.read_text("utf-8")))]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadSplits(
            f"{file.name} is no splits_final.json of nnU-Net's: {error}.",
            advice="It lies in nnUNet_preprocessed/DATASET.",
        ) from error


def _listed(content: Any) -> list[Any]:
    if not isinstance(content, list) or not content:
        raise TypeError("it lists no folds")
    return content


def _held_out(split: Any) -> tuple[str, ...]:
    train, held_out = set(split["train"]), set(split["val"])
    if any(not isinstance(case, str) for case in train | held_out):
        raise TypeError("a case is not named by a text")
    if train & held_out:
        raise ValueError(f"{min(train & held_out)} is trained and validated on in one fold")
    return tuple(sorted(held_out))
