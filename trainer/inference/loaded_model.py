"""A model with its chosen folds as networks on a device, ready to predict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from trainer.contract.errors import KitsDeskError
from trainer.contract.model_manifest import ModelManifest, read_manifest
from trainer.contract.network_config import NetworkConfig
from trainer.models.model_store import NoSuchFold, fold_entry, read_weights
from trainer.nets.build import build_network
from trainer.nets.unet import UNet


class DeviceMissing(KitsDeskError):
    """A device was asked for that this computer does not have."""


@dataclass(frozen=True)
class LoadedModel:
    """One model; `networks` maps fold number → network in evaluation mode."""

    path: Path
    manifest: ModelManifest
    networks: dict[int, UNet]
    device: torch.device


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


def expected_shapes(config: NetworkConfig) -> dict[str, tuple[int, ...]]:
    """Return name → shape of every tensor of the network, without memory for it."""
    with torch.device("meta"):
        network = build_network(config)
    return {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}


def load_model(
    path: Path, folds: Sequence[int] | None = None, device: torch.device | None = None
) -> LoadedModel:
    """Load the given folds of the model in folder `path`, all of them by default.

    Raises
    ------
    DamagedFile : no readable manifest.
    ModelRefused : a fold is missing, damaged or of another network.
    """
    device = device or torch.device("cpu")
    manifest = read_manifest(path)
    numbers = [entry.fold for entry in manifest.folds] if folds is None else list(folds)
    if not numbers:
        raise NoSuchFold(f"Model {manifest.name} has no folds yet.", advice="Train one first.")
    shapes = expected_shapes(manifest.network)
    networks = {}
    for number in numbers:
        weights = read_weights(path, fold_entry(manifest, number), shapes)
        with torch.device("meta"):
            network = build_network(manifest.network)
        network.load_state_dict(weights, assign=True)
        networks[number] = network.to(device=device, dtype=torch.float32).eval()
    return LoadedModel(path, manifest, networks, device)


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
