"""Where the network of one fold comes from, and that network itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch

from trainer.contract.model_manifest import FoldEntry, ModelManifest
from trainer.contract.network_config import NetworkConfig
from trainer.inference.network_runtime import RuntimeWish
from trainer.models.model_store import read_weights
from trainer.nets.build import build_network
from trainer.nets.unet import UNet


@dataclass(frozen=True)
class FoldSource:
    """Where a fold's network comes from and where it is to run. `half` asks for half the
    precision where the device has it: bf16 on a CPU, fp16 on a GPU."""

    model: Path
    manifest: ModelManifest
    entry: FoldEntry
    device: torch.device
    wish: RuntimeWish = "auto"
    half: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """Return what tells its runtime from every other."""
        patch = "x".join(map(str, self.manifest.plan.patch))
        network = self.manifest.network.model_dump_json()
        device = str(self.device)
        return self.entry.sha256, network, patch, device, self.wish, str(self.half)


def expected_shapes(config: NetworkConfig) -> dict[str, tuple[int, ...]]:
    """Return name → shape of every tensor of the network, without memory for it."""
    with torch.device("meta"):
        network = build_network(config)
    return {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}


def fold_network(source: FoldSource) -> UNet:
    """Return the fold's checked network on the CPU in evaluation mode; raises ModelRefused."""
    config = source.manifest.network
    weights = read_weights(source.model, source.entry, expected_shapes(config))
    with torch.device("meta"):
        network = build_network(config)
    network.load_state_dict(weights, assign=True)
    return network.float().eval()
