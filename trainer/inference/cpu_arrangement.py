"""How a network runs fastest on this CPU: measured once, then remembered.

Tried on tiles of a tenth of a full-size patch: that takes seconds where whole patches take
three minutes, and the ways differ by the same factors there.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from trainer.contract.machine_speed import machine_facts
from trainer.contract.tiling import Triple
from trainer.inference.fold_source import FoldSource, fold_network
from trainer.inference.measured_choice import Runs, fastest, remembered
from trainer.inference.network_runtime import NetworkRuntime, Precision, RuntimeName
from trainer.inference.openvino_door import computes_bf16, openvino_core
from trainer.inference.openvino_runtime import OpenVinoRuntime
from trainer.inference.torch_runtime import TorchRuntime

_LARGEST_TRIAL = 1 << 18
_FEWEST_STEPS = 2
# Side by side at most: each tile more takes its own working memory (0.6 GB of the full-size).
_SIDE_BY_SIDE = (2, 1)
# Below it another way is no faster, only luckier.
_GAIN = 0.05
# Of the logits' standard deviation; bf16 has eight bits.
_TOLERANCE: dict[Precision, float] = {"f32": 2e-3, "bf16": 0.3, "fp16": 0.1}


@dataclass(frozen=True)
class CpuArrangement:
    """By `runtime` in `precision`, so many `tiles` side by side on `threads` together."""

    runtime: RuntimeName
    precision: Precision
    tiles: int
    threads: int


def cpu_arrangement(source: FoldSource, saved: Path) -> CpuArrangement:
    """Return the fastest equal way, tried out on the first network of its kind.

    Parameters
    ----------
    source : with `wish` "openvino" torch is not tried.
    saved : the .xml of the network, converted for OpenVINO.

    Raises
    ------
    OpenVinoMissing : there is none.
    """
    return remembered(_key(source), CpuArrangement, partial(_measured, source, saved))


def candidates(source: FoldSource) -> list[CpuArrangement]:
    """Return the ways that are tried, the one that is expected to win first."""
    own = torch.get_num_threads()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else own
    # A number that a person has set is kept to.
    more = [cores] if cores > own and "OMP_NUM_THREADS" not in os.environ else []
    precisions: list[Precision] = ["f32"]
    if source.half and computes_bf16():
        precisions.insert(0, "bf16")
    found = [
        CpuArrangement("openvino", precision, min(tiles, threads), threads)
        for precision in precisions
        for threads in (own, *more)
        for tiles in _SIDE_BY_SIDE
    ]
    if source.wish != "openvino":
        found.append(CpuArrangement("torch", "f32", 2, own))
    return list(dict.fromkeys(found))


def trial_patch(patch: Triple, divisor: Triple) -> Triple:
    """Return `patch`, about halved along its longest axes while it is large; its sides stay
    multiples of `divisor`, at least two each, so that every norm has something to measure."""
    steps = [max(1, side // step) for side, step in zip(patch, divisor, strict=True)]

    def sides() -> Triple:
        return steps[0] * divisor[0], steps[1] * divisor[1], steps[2] * divisor[2]

    while prod(sides()) > _LARGEST_TRIAL:
        able = [axis for axis in range(3) if steps[axis] > _FEWEST_STEPS]
        if not able:
            break
        longest = max(able, key=lambda axis: sides()[axis])
        steps[longest] = max(_FEWEST_STEPS, steps[longest] // 2)
    return sides()


def _measured(source: FoldSource, saved: Path) -> CpuArrangement:
    config = source.manifest.network
    patch = trial_patch(source.manifest.plan.patch, config.divisor)
    network = TorchRuntime(fold_network(source), torch.device("cpu"))
    shape = (max(_SIDE_BY_SIDE), config.input_channels, *patch)
    tiles = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    expected = network.logits(tiles).clone()
    spread = max(1.0, float(expected.std()))

    def ready(way: CpuArrangement) -> Runs:
        if way.runtime == "torch":
            return _InTurn(network)
        model: Any = openvino_core().read_model(saved)
        model.reshape([1, config.input_channels, *patch])
        return _InTurn(
            OpenVinoRuntime(model, 0, way.precision, tiles=way.tiles, threads=way.threads)
        )

    ways: dict[CpuArrangement, Callable[[], Runs]] = {
        way: partial(ready, way) for way in candidates(source)
    }
    allowed: dict[Precision, float] = {kind: part * spread for kind, part in _TOLERANCE.items()}
    return fastest(ways, expected, tiles, lambda way: allowed[way.precision], gain=_GAIN)


class _InTurn:
    """Runs any number of tiles, as many at once as the runtime wants."""

    def __init__(self, runtime: NetworkRuntime) -> None:
        self._runtime = runtime

    def logits(self, tiles: Tensor) -> Tensor:
        """Return the logits of all tiles."""
        size = self._runtime.facts.batch
        parts = [tiles[start : start + size] for start in range(0, len(tiles), size)]
        return torch.cat([self._runtime.logits(part).clone() for part in parts])

    def rest(self) -> None:
        """Give the working memory back."""
        self._runtime.rest()


def _key(source: FoldSource) -> str:
    plan, network = source.manifest.plan, source.manifest.network.model_dump_json()
    threads = str(torch.get_num_threads())
    facts = [*machine_facts(), threads, network, str(plan.patch), source.wish, str(source.half)]
    return hashlib.sha256("|".join(facts).encode()).hexdigest()[:32]
