"""Start a new fold from an old one without leaking its validation cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trainer.contract.errors import KitsDeskError
from trainer.contract.model_manifest import FoldEntry, ModelManifest, read_manifest
from trainer.contract.network_config import NetworkConfig
from trainer.models.model_store import read_weights
from trainer.nets.unet import UNet


class WarmStartRefused(KitsDeskError):
    """A fold may not, or cannot, start from the given model."""


@dataclass(frozen=True)
class WarmStart:
    """The old fold that a new one starts from."""

    model: Path
    manifest: ModelManifest
    entry: FoldEntry

    def load_into(self, network: UNet) -> None:
        """Replace the network's weights by the old fold's, checked against their hash."""
        shapes = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
        network.load_state_dict(read_weights(self.model, self.entry, shapes))


def choose_start(
    model: Path, network: NetworkConfig, fold: int, validation: Mapping[str, str]
) -> WarmStart:
    """Return the old fold that new fold `fold` starts from.

    It is the old fold of the same number if that did not see any of the new fold's
    validation cases, else the lowest other one that did not.

    Parameters
    ----------
    validation : case id -> image hash of the new fold's validation cases.

    Raises
    ------
    WarmStartRefused : the networks differ, or every old fold saw a validation case (or it
        is unknown what it saw); one case is named.
    """
    manifest = read_manifest(model)
    if manifest.network != network:
        raise WarmStartRefused(
            f"Model {manifest.name} has another network than the one to be trained.",
            advice="Choose its architecture and preset, or start from scratch.",
        )
    order = sorted(manifest.folds, key=lambda entry: (entry.fold != fold, entry.fold))
    for entry in order:
        if not any(entry.saw(image_hash) for image_hash in validation.values()):
            return WarmStart(model, manifest, entry)
    if not order:
        raise WarmStartRefused(f"Model {manifest.name} has no fold.", advice="Start from scratch.")
    raise WarmStartRefused(
        f"Fold {fold} cannot start from model {manifest.name}: {_reason(order[0], validation)}",
        kept="Nothing was trained.",
        advice="Start from scratch, or from a model that did not see this case.",
    )


def _reason(entry: FoldEntry, validation: Mapping[str, str]) -> str:
    case = next(case for case, image_hash in validation.items() if entry.saw(image_hash))
    if entry.trained_on == "unknown":
        return f"what its folds were trained on is unknown, {case} may be among it."
    return f"its validation case {case} was trained on by the old fold {entry.fold}."
