"""How a network runs fastest on this GPU: measured once, then remembered."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor

from trainer.contract.errors import DamagedFile
from trainer.contract.jsonfile import read_json, write_json
from trainer.inference.cache_folder import cache_folder

_REPEATS = 3
# Kernels add in another order; what differs by more is another answer (fp16: its rounding).
_TOLERANCE = {"f32": 2e-3, "fp16": 0.1}


@dataclass(frozen=True)
class Arrangement:
    """`channels_last`: the memory format; `graph`: the layers are started as one CUDA graph."""

    channels_last: bool = False
    graph: bool = False


EAGER = Arrangement()
CANDIDATES = (
    EAGER,
    Arrangement(channels_last=True),
    Arrangement(graph=True),
    Arrangement(channels_last=True, graph=True),
)


class Runs(Protocol):
    """What can be tried out."""

    def logits(self, tiles: Tensor) -> Tensor:
        """Return the logits of the tiles."""
        ...

    def rest(self) -> None:
        """Give the working memory back."""
        ...


def arrangement_key(device: torch.device, network: str, patch: tuple[int, ...], kind: str) -> str:
    """Return what a measurement is filed under; `kind` is its precision and batch."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else str(device)
    facts = "|".join([name, torch.__version__, network, str(patch), kind])
    return hashlib.sha256(facts.encode()).hexdigest()[:32]


def remembered(key: str, measure: Callable[[], Arrangement]) -> Arrangement:
    """Return the arrangement of `key`, measured now if it never was on this computer."""
    place = cache_folder("arrangements") / f"{key}.json"
    known = _read(place)
    if known is not None:
        return known
    found = measure()
    try:
        write_json(place, asdict(found))
    except OSError:
        # It is measured again next time.
        return found
    return found


def fastest(
    runtimes: Mapping[Arrangement, Callable[[], Runs]], tiles: Tensor, precision: str
) -> Arrangement:
    """Return the quickest of `runtimes` that gives the eager one's answer.

    One that fails, for lack of memory or of a kernel, is passed over; EAGER is one of them
    and is what is left.
    """
    expected = runtimes[EAGER]().logits(tiles).clone()
    best, best_s = EAGER, float("inf")
    for arrangement, make in runtimes.items():
        try:
            runtime = make()
            found = runtime.logits(tiles)
            if float((found - expected).abs().max()) > _TOLERANCE[precision]:
                continue
            seconds = _seconds(runtime, tiles)
            runtime.rest()
        except RuntimeError:
            continue
        if seconds < best_s:
            best, best_s = arrangement, seconds
    return best


def _seconds(runtime: Runs, tiles: Tensor) -> float:
    times = []
    for _ in range(_REPEATS):
        _finish(tiles)
        begun = time.perf_counter()
        runtime.logits(tiles)
        _finish(tiles)
        times.append(time.perf_counter() - begun)
    return min(times)


def _finish(tiles: Tensor) -> None:
    if tiles.is_cuda:
        torch.cuda.synchronize(tiles.device)


def _read(place: Path) -> Arrangement | None:
    if not place.exists():
        return None
    try:
        return Arrangement(**read_json(place))
    except (DamagedFile, TypeError):
        return None
