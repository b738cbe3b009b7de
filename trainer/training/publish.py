"""Finished folds become a model: weights first, then the manifest, one fold at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from torch import Tensor

from trainer.contract.errors import KitsDeskError
from trainer.contract.fault_points import reach
from trainer.contract.model_manifest import (
    MANIFEST_NAME,
    FoldEntry,
    ModelManifest,
    read_manifest,
    write_manifest,
)
from trainer.models.model_store import write_weights
from trainer.training.task_lock import is_abandoned, take_lock

_LOCK_NAME = ".publishing"
_LOCK_WAIT_S = 300.0


class PublishRefused(KitsDeskError):
    """A fold does not belong to the model in the folder it is to be published to."""


def require_publishable(model: Path, template: ModelManifest) -> None:
    """Raise PublishRefused where `model` holds a model of another network, plan or export."""
    if not (model / MANIFEST_NAME).exists():
        return
    present = read_manifest(model)
    for what in ("network", "plan", "export"):
        if getattr(present, what) != getattr(template, what):
            raise PublishRefused(
                f"{model.name} holds model {present.name}, which has another {what}.",
                kept="That model is unchanged.",
                advice="Publish to an empty folder.",
            )


def publish_fold(
    model: Path,
    template: ModelManifest,
    fold: FoldEntry,
    weights: Mapping[str, Tensor],
) -> Path:
    """Write one fold's weights and put it into the model's manifest; return the weights' path.

    Parameters
    ----------
    model : the model's folder, made where it is not there.
    template : the manifest of the model, whose `folds` do not matter.
    fold : what to record; `file` and `sha256` are filled in here.

    Folds may be published by several processes: the manifest is rewritten under a lock.
    """
    model.mkdir(parents=True, exist_ok=True)
    file = model / f"fold_{fold.fold}.safetensors"
    with _locked(model):
        require_publishable(model, template)
        digest = write_weights(file, weights)
        reach("publish.weights")
        entry = fold.model_copy(update={"file": file.name, "sha256": digest})
        present = read_manifest(model) if (model / MANIFEST_NAME).exists() else template
        others = [old for old in present.folds if old.fold != fold.fold]
        folds = tuple(sorted([*others, entry], key=lambda one: one.fold))
        write_manifest(model, present.model_copy(update={"folds": folds}))
        reach("publish.manifest")
    return file


@contextmanager
def _locked(model: Path) -> Iterator[None]:
    """Hold the model's lock file; one that a dead process left is taken over."""
    lock = model / _LOCK_NAME
    began = time.monotonic()
    while True:
        try:
            take_lock(lock)
            break
        except FileExistsError:
            if is_abandoned(lock):
                lock.unlink(missing_ok=True)
                continue
            if time.monotonic() - began > _LOCK_WAIT_S:
                raise PublishRefused(
                    f"{model.name} is being written by another process.",
                    advice="Try again with --resume.",
                ) from None
            time.sleep(0.1)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
