"""What was measured of this computer's speed, kept in the user's cache.

CACHE/speeds/KEY.json, one file per computer, number of threads and versions of the runtimes.
Every prediction adds to it; the self-test is only the first of them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

from pydantic import BaseModel, ConfigDict, ValidationError

from trainer.contract.cache_folder import cache_folder
from trainer.contract.errors import DamagedFile
from trainer.contract.jsonfile import read_json, write_json
from trainer.contract.model_manifest import ModelManifest

# The last so many values of each figure are kept; their median is taken.
_KEPT = 7
_RUNTIMES = ("torch", "openvino")


class NetworkSpeed(BaseModel):
    """How one network runs on one device. `batch_s` are the last measured seconds of `batch`
    tiles at once, `open_s` of opening it, `memory_gb` the main memory it takes while it works,
    `gpu_memory_gb` the device's (None on a CPU). `gmac` (1e9 multiply-accumulates of a tile)
    and `features` (1e9 numbers of its finest level) let another network be reckoned."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    device: str
    runtime: str
    precision: str
    batch: int
    gmac: float
    features: float
    batch_s: tuple[float, ...] = ()
    open_s: tuple[float, ...] = ()
    memory_gb: float = 0.0
    gpu_memory_gb: float | None = None


class MachineSpeed(BaseModel):
    """The networks by `network_key`, and the last seconds of each other phase: "load" per GB
    of weights, "read", "resample" per million voxels of the CT, "restore" and "write" per
    million voxels and mask. `base_gb` is the process with its libraries and nothing else."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    networks: dict[str, NetworkSpeed] = {}
    rates: dict[str, tuple[float, ...]] = {}
    base_gb: float = 0.0

    def rate(self, phase: str) -> float:
        """Return the median of a phase's seconds, 0 where it was never measured."""
        return median(self.rates[phase]) if self.rates.get(phase) else 0.0

    def with_network(self, key: str, found: NetworkSpeed) -> MachineSpeed:
        """Return this with a network's newer figures added."""
        old = self.networks.get(key)
        if old is not None and (old.runtime, old.precision) == (found.runtime, found.precision):
            found = found.model_copy(
                update={
                    "batch_s": (*old.batch_s, *found.batch_s)[-_KEPT:],
                    "open_s": (*old.open_s, *found.open_s)[-_KEPT:],
                    "memory_gb": found.memory_gb or old.memory_gb,
                    "gpu_memory_gb": found.gpu_memory_gb or old.gpu_memory_gb,
                }
            )
        return self.model_copy(update={"networks": {**self.networks, key: found}})

    def with_rates(self, rates: dict[str, float]) -> MachineSpeed:
        """Return this with a case's seconds per unit added."""
        added = {
            phase: (*self.rates.get(phase, ()), value)[-_KEPT:] for phase, value in rates.items()
        }
        return self.model_copy(update={"rates": {**self.rates, **added}})


def network_key(manifest: ModelManifest, device: str, *, half: bool = False) -> str:
    """Return what a network's speed is filed under; its weights do not matter."""
    facts = (device, manifest.network.model_dump_json(), str(manifest.plan.patch), str(half))
    return hashlib.sha256("|".join(facts).encode()).hexdigest()[:24]


def speed_file(threads: int = 0) -> Path:
    """Return the file of this computer for processes of so many threads, 0 = their own way."""
    asked = str(threads) if threads else os.environ.get("OMP_NUM_THREADS", "")
    key = hashlib.sha256("|".join([*machine_facts(), asked]).encode()).hexdigest()[:24]
    return cache_folder("speeds") / f"{key}.json"


def read_speed(path: Path) -> MachineSpeed:
    """Return what is known; nothing where the file is missing or not understood."""
    try:
        return MachineSpeed.model_validate(read_json(path)) if path.exists() else MachineSpeed()
    except (DamagedFile, ValidationError):
        return MachineSpeed()


def write_speed(path: Path, speed: MachineSpeed) -> None:
    """Keep it; where the cache cannot be written it is measured again next time."""
    with contextlib.suppress(OSError):
        write_json(path, speed)


@cache
def machine_facts() -> tuple[str, ...]:
    """Return what tells this computer and its runtimes from others: a measured time is of them."""
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (platform.system(), _cpu_name(), str(cpus), json.dumps(_versions()))


def _cpu_name() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _versions() -> dict[str, str]:
    found = {}
    for name in _RUNTIMES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found
