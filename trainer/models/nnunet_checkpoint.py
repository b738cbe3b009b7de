"""A checkpoint of nnU-Net v2's, of which only tensors, numbers and names are ever made."""

from __future__ import annotations

import pickle
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from trainer.models.nnunet_refusals import CheckpointHasCode, DamagedCheckpoint

# Beside the weights a checkpoint holds its plans and a few numbers per epoch.
_LARGEST_PICKLE = 64 * 1024**2
_WRAPPERS = ("module.", "_orig_mod.")


class _Nothing:
    """Stands in for numpy's numbers in the training log, of which nothing is kept."""

    def __init__(self, *_: object) -> None: ...

    def __setstate__(self, _: object) -> None: ...


# The whole list: torch's own for tensors, and these names, none of which is numpy itself.
_SAFE = [
    (_Nothing, name)
    for name in ("numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar", "numpy.dtype")
]


@dataclass(frozen=True, eq=False)
class NnunetCheckpoint:
    """What a prediction needs of a checkpoint: `weights` under nnU-Net's names (memory
    maps of the file), and what it was trained as; None where it does not say."""

    weights: dict[str, Tensor]
    configuration: str
    trainer: str
    mirror_axes: tuple[int, ...]


def read_checkpoint(file: Path) -> NnunetCheckpoint:
    """Read a checkpoint (.pth) without running anything that it brings.

    Raises
    ------
    CheckpointHasCode : it asks for anything but tensors and plain values; it is named.
    DamagedCheckpoint : it is cut, compressed, no archive of torch's, or of another kind.
    """
    _require_plain_archive(file)
    try:
        with torch.serialization.safe_globals(list(_SAFE)):
            content = torch.load(file, map_location="cpu", weights_only=True, mmap=True)
    except pickle.UnpicklingError as error:
        raise _refusal(file, str(error)) from error
    except MemoryError as error:
        raise DamagedCheckpoint(f"{file.name} asks for more memory than there is.") from error
    except Exception as error:
        # Whatever a hand-made file makes torch's reader trip over, it is no checkpoint.
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise _damaged(file, reason[:200]) from error
    return _checkpoint(file, content)


def _require_plain_archive(file: Path) -> None:
    """Torch stores its records uncompressed, so none is larger than the file."""
    try:
        with zipfile.ZipFile(file) as archive:
            records = archive.infolist()
    except (OSError, ValueError, zipfile.BadZipFile, RuntimeError) as error:
        raise _damaged(file, f"it is no whole archive of torch's ({error})") from error
    if any(record.compress_type != zipfile.ZIP_STORED for record in records):
        raise _damaged(file, "its records are compressed")
    if sum(record.file_size for record in records) > file.stat().st_size:
        raise _damaged(file, "its records are larger than the file")
    pickles = [record for record in records if record.filename.endswith("/data.pkl")]
    if len(pickles) != 1 or pickles[0].file_size > _LARGEST_PICKLE:
        raise _damaged(file, "it does not hold one description of its tensors")


def _checkpoint(file: Path, content: Any) -> NnunetCheckpoint:
    try:
        weights, arguments = content["network_weights"], content["init_args"]
        configuration = arguments["configuration"]
        trainer = content["trainer_name"]
        axes = content.get("inference_allowed_mirroring_axes") or ()
        mirror_axes = tuple(int(axis) for axis in axes)
        if not isinstance(configuration, str) or not isinstance(trainer, str):
            raise TypeError("its names are no text")
        named = {_unwrapped(name): tensor for name, tensor in weights.items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(file, f"it is not a checkpoint of nnU-Net v2's ({error})") from error
    for name, tensor in named.items():
        if not isinstance(tensor, Tensor) or tensor.layout != torch.strided:
            raise _damaged(file, f"{name} is no tensor")
    return NnunetCheckpoint(named, configuration, trainer, mirror_axes)


def _unwrapped(name: str) -> str:
    """Return a tensor's name without what data parallelism and compiling put before it."""
    while name.startswith(_WRAPPERS):
        name = name.split(".", 1)[1]
    return name


def _refusal(file: Path, message: str) -> CheckpointHasCode | DamagedCheckpoint:
    found = re.search(r"GLOBAL ([\w.]+)", message)
    if found is None:
        return _damaged(file, "its description of tensors is no plain one")
    return CheckpointHasCode(
        f"{file.name} asks for {found.group(1)}, which no network's weights need.",
        advice="Do not use this file; get the model from its maker again.",
    )


def _damaged(file: Path, reason: str) -> DamagedCheckpoint:
    return DamagedCheckpoint(
        f"{file.name} cannot be used: {reason}.", advice="Copy the model's folder again."
    )
