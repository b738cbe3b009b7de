"""How a network runs fastest on this GPU: measured once, then remembered."""

from __future__ import annotations

import hashlib
from copy import deepcopy
from functools import partial

import torch

from trainer.inference.fold_source import FoldSource
from trainer.inference.measured_choice import fastest, remembered
from trainer.inference.network_runtime import Precision
from trainer.inference.torch_runtime import EAGER, Arrangement, TorchRuntime
from trainer.nets.unet import UNet

# Kernels add in another order; what differs by more is another answer (fp16: its rounding).
_TOLERANCE = {"f32": 2e-3, "fp16": 0.1}

CANDIDATES = (
    EAGER,
    Arrangement(channels_last=True),
    Arrangement(graph=True),
    Arrangement(channels_last=True, graph=True),
)


def gpu_arrangement(source: FoldSource, network: UNet, precision: Precision) -> Arrangement:
    """Return what is fastest on this GPU, tried out on the first network of its kind."""
    device, manifest = source.device, source.manifest
    patch = manifest.plan.patch

    def measure() -> Arrangement:
        def runtime(arrangement: Arrangement) -> TorchRuntime:
            return TorchRuntime(deepcopy(network), device, precision, arrangement=arrangement)

        eager = runtime(EAGER)
        shape = (eager.facts.batch, manifest.network.input_channels, *patch)
        tiles = torch.randn(shape, device=device)
        expected = eager.logits(tiles).clone()
        del eager
        ways = {each: partial(runtime, each) for each in CANDIDATES}
        return fastest(ways, expected, tiles, lambda _way: _TOLERANCE[precision])

    return remembered(_key(source, precision), Arrangement, measure)


def _key(source: FoldSource, precision: str) -> str:
    device, manifest = source.device, source.manifest
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else str(device)
    network = manifest.network.model_dump_json()
    facts = [name, torch.__version__, network, str(manifest.plan.patch), precision]
    return hashlib.sha256("|".join(facts).encode()).hexdigest()[:32]
