"""Proof that a case was predicted: what it was made from and the hashes of every file."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import read_json, write_json
from trainer.imaging.hashing import file_hash

_REGION_PREFIX = "region-"


class CaseProof(BaseModel):
    """`weights` maps MODEL/fold_K to the sha256 of its weights, `image` is the CT file's
    sha256, `files` maps paths below the predictions' folder to theirs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    image: str
    weights: dict[str, str]
    mirrored: bool
    files: dict[str, str]


def files_of(predictions: Path, keys: list[str], case: str) -> dict[str, str]:
    """Return the hashes of all files of a case's predictions, a person's regions left out."""
    return {
        path.relative_to(predictions).as_posix(): file_hash(path)
        for key in keys
        for path in sorted((predictions / key / case).iterdir())
        if not path.name.startswith(_REGION_PREFIX)
    }


def is_proved(path: Path, made_from: CaseProof, predictions: Path) -> bool:
    """Return whether the proof at `path` says the same as `made_from` but for the files, and
    every file that it names is still as it was."""
    if not path.exists():
        return False
    try:
        proof = CaseProof.model_validate(read_json(path))
    except (KitsDeskError, ValidationError):
        return False
    if proof.model_copy(update={"files": {}}) != made_from or not proof.files:
        return False
    return all(
        (predictions / name).is_file() and file_hash(predictions / name) == digest
        for name, digest in proof.files.items()
    )


def prove(path: Path, made_from: CaseProof, predictions: Path, keys: list[str], case: str) -> None:
    """Write the proof of a case whose predictions have just been written."""
    write_json(path, made_from.model_copy(update={"files": files_of(predictions, keys, case)}))
