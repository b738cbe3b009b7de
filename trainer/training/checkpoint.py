"""Checkpoints: whole or absent, proved by a hash, the last two kept."""

from __future__ import annotations

import os
import pickle
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch

from trainer.contract.errors import DamagedFile, KitsDeskError
from trainer.contract.fault_points import reach
from trainer.imaging.hashing import file_hash

State = dict[str, Any]
_KEPT_FILES = 2


class CheckpointNotWritten(KitsDeskError):
    """A checkpoint could not be written whole; the earlier ones are unchanged."""


def save_checkpoint(folder: Path, state: State, epoch: int, step: int) -> Path:
    """Write `state` (plain Python and tensors) as the newest checkpoint.

    The hash is in place before the file is, and both before an older one is deleted, so a
    kill at any moment leaves a good checkpoint.

    Raises
    ------
    CheckpointNotWritten : the disk is full, or the folder cannot be written.
    """
    path = folder / f"checkpoint_{epoch:05d}_{step:05d}.pt"
    temporary = folder / f".{uuid.uuid4().hex}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            torch.save(state, file)
            reach("checkpoint.written")
            file.flush()
            os.fsync(file.fileno())
        _write_hash(path, file_hash(temporary))
        reach("checkpoint.hashed")
        os.replace(temporary, path)
        reach("checkpoint.renamed")
        _sync(folder)
    except (OSError, RuntimeError) as error:
        # torch reports a full disk as a RuntimeError of its zip writer.
        raise CheckpointNotWritten(
            f"The checkpoint of epoch {epoch} could not be written: {error}.",
            kept="The checkpoint before it is unchanged.",
            advice=f"Free space on the disk of {folder}, then resume the run.",
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink()
    for old in _newest_first(folder)[_KEPT_FILES:]:
        old.unlink()
        reach("checkpoint.rotating")
        _hash_path(old).unlink(missing_ok=True)
    return path


def load_checkpoint(folder: Path) -> State | None:
    """Return the newest good checkpoint's state, None where there has been none.

    Only tensors and plain Python are read, never code.

    Raises
    ------
    DamagedFile : there are checkpoints and none matches its hash, or the newest that does
        holds something else than tensors and plain Python.
    """
    found = _newest_first(folder)
    for path in found:
        if _hash_path(path).exists() and _hash_path(path).read_text().strip() == file_hash(path):
            return _read(path)
    if found:
        raise DamagedFile(
            f"No checkpoint in {folder.name} matches its hash.",
            kept="The files were left as they are.",
            advice="Start the fold again in a new run.",
        )
    return None


def _read(path: Path) -> State:
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError) as error:
        # Its hash is right: this is no file that was cut, somebody put it there.
        raise _not_a_checkpoint(path) from error
    if not isinstance(state, dict):
        raise _not_a_checkpoint(path)
    return state


def _not_a_checkpoint(path: Path) -> DamagedFile:
    return DamagedFile(
        f"{path.name} is no checkpoint of this program: it holds more than tensors and numbers, "
        "or less.",
        kept="Nothing in it was run, and the files were left as they are.",
        advice="Delete it to go on from the one before, or start the fold again in a new run.",
    )


def clear_unfinished(folder: Path) -> None:
    """Delete what a kill left of files that were being written, at most one checkpoint
    each; only for the process that holds the task."""
    for left in folder.glob(".*.tmp"):
        left.unlink(missing_ok=True)
    for digest in folder.glob("checkpoint_*.pt.sha256"):
        if not digest.with_suffix("").exists():
            digest.unlink(missing_ok=True)


def has_checkpoint(folder: Path) -> bool:
    """Return whether training left anything here to continue from."""
    return bool(_newest_first(folder))


def _newest_first(folder: Path) -> list[Path]:
    return sorted(folder.glob("checkpoint_*.pt"), reverse=True)


def _hash_path(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def _sync(folder: Path) -> None:
    """Make the folder's own entries durable, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _write_hash(path: Path, digest: str) -> None:
    temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
    with temporary.open("w", encoding="ascii") as file:
        file.write(digest + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, _hash_path(path))
