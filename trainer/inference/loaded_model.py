"""A model with its chosen folds as networks on a device, ready to predict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from trainer.contract.errors import KitsDeskError
from trainer.contract.model_manifest import ModelManifest, read_manifest
from trainer.inference.fold_source import FoldSource, expected_shapes
from trainer.inference.network_runtime import Check, NetworkRuntime, RuntimeWish, no_check
from trainer.inference.warm_runtimes import WarmRuntimes
from trainer.models.model_store import NoSuchFold, fold_entry, prove_weights, read_weights


class DeviceMissing(KitsDeskError):
    """A device was asked for that this computer does not have."""


@dataclass(frozen=True, eq=False)
class LoadedModel:
    """One model with its chosen `folds`, whose networks are opened when they are needed."""

    path: Path
    manifest: ModelManifest
    folds: tuple[int, ...]
    device: torch.device
    wish: RuntimeWish
    warm: WarmRuntimes

    def runtime(self, fold: int, check: Check = no_check, *, half: bool = False) -> NetworkRuntime:
        """Return the network of `fold`, ready to run.

        `check` is called while it is being opened; what it raises ends the waiting. `half`
        asks for half the precision, where the device has it. Raises ModelRefused
        where the weights changed on the disk since the model was loaded.
        """
        return self.warm.get(self._source(fold, half=half), check)

    def expect(self, fold: int, *, half: bool = False) -> None:
        """Open the network of `fold` beside what computes now."""
        self.warm.expect(self._source(fold, half=half))

    def is_open(self, fold: int, *, half: bool = False) -> bool:
        """Return whether the network of `fold` is there, or being opened."""
        return self.warm.has(self._source(fold, half=half))

    def _source(self, fold: int, *, half: bool) -> FoldSource:
        entry = fold_entry(self.manifest, fold)
        return FoldSource(self.path, self.manifest, entry, self.device, self.wish, half)


def choose_device(name: str) -> torch.device:
    """Return the device called `name`; "auto" is the first GPU, else the CPU.

    Raises
    ------
    DeviceMissing : there is no such device here.
    """
    gpu = torch.cuda.is_available()
    if name == "auto":
        return torch.device("cuda:0" if gpu else "cpu")
    kind, _, number = name.partition(":")
    known = kind == "cpu" or (kind == "mps" and torch.backends.mps.is_available())
    if kind == "cuda" and gpu:
        known = int(number or 0) < torch.cuda.device_count()
    if not known:
        raise DeviceMissing(
            f"This computer has no device {name}.",
            advice="Choose cpu, or auto for the fastest there is.",
        )
    return torch.device(name)


def load_model(
    path: Path,
    folds: Sequence[int] | None = None,
    device: torch.device | None = None,
    wish: RuntimeWish = "auto",
    warm: WarmRuntimes | None = None,
) -> LoadedModel:
    """Load the given folds of the model in folder `path`, all of them by default.

    Their files are proved to be what the manifest promises; the networks themselves are
    opened one by one as they are needed.

    Parameters
    ----------
    wish : which runtime is to run them; "auto" is the fastest.
    warm : keeps the networks, for several models that share one budget.

    Raises
    ------
    DamagedFile : no readable manifest.
    ModelRefused : a fold is missing, damaged or of another network.
    """
    manifest = read_manifest(path)
    numbers = [entry.fold for entry in manifest.folds] if folds is None else list(folds)
    if not numbers:
        raise NoSuchFold(f"Model {manifest.name} has no folds yet.", advice="Train one first.")
    shapes = expected_shapes(manifest.network)
    for number in numbers:
        prove_weights(path, fold_entry(manifest, number), shapes)
    return LoadedModel(
        path,
        manifest,
        tuple(numbers),
        device or torch.device("cpu"),
        wish,
        WarmRuntimes() if warm is None else warm,
    )


def verify_model(path: Path) -> ModelManifest:
    """Check the manifest and every fold's weights, and return the manifest.

    Raises
    ------
    DamagedFile, ModelRefused : the first thing that is wrong.
    """
    manifest = read_manifest(path)
    shapes = expected_shapes(manifest.network)
    for entry in manifest.folds:
        read_weights(path, entry, shapes)
    return manifest
