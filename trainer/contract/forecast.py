"""How long a prediction will take and how much memory, before it starts.

Time is tiles times what this computer was measured to take for them, and the CT's voxels times
the rates of reading, resampling, restoring and writing. Memory is what the arrays of each step
hold, counted from the program itself, and what the network was measured to take.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, prod
from statistics import median
from typing import Literal

from pydantic import BaseModel, ConfigDict

from trainer.contract.machine_speed import MachineSpeed, NetworkSpeed, network_key
from trainer.contract.model_manifest import ModelManifest
from trainer.contract.prediction_work import (
    CaseGrid,
    ModelWork,
    PredictionWish,
    model_works,
    network_gmac,
)

# Bytes a voxel of the CT that are held at once at most, besides the libraries: the file's
# bytes beside the array made of them; the array, its turned copy and the floats that are
# resampled; masks, packed masks, and their copies that are written and read back.
_READING, _RESAMPLING, _WRITING, _WRITING_ONE = 4.0, 10.0, 17.0, 9.0
# What stays of the CT and its masks while networks run.
_HELD, _HELD_ONE = 4.0, 2.0
_FLOAT = 4


class Forecast(BaseModel):
    """Seconds in all and by phase; main memory at its peak, with one tile at once instead of
    `at_once` (`least_gb`), and on a GPU, in 1e9 bytes. `basis` is "measured" where every
    network ran on this computer before, else "reckoned" from another network's speed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: float
    memory_gb: float
    least_gb: float
    gpu_memory_gb: float | None = None
    basis: Literal["measured", "reckoned"]
    tiles: int
    at_once: int = 1
    by_phase: dict[str, float] = {}

    def fits(self, free_gb: float) -> bool:
        """Return whether so much free memory is enough."""
        return self.memory_gb <= free_gb


def forecast(
    grid: CaseGrid,
    models: Sequence[tuple[ModelManifest, Sequence[int]]],
    wish: PredictionWish,
    speed: MachineSpeed,
    device: str,
) -> Forecast | None:
    """Return what predicting a case will take; None where nothing was ever measured here.

    Parameters
    ----------
    models : the models in use, each with the numbers of its folds that take part.
    device : "cpu", "cuda:0", ... as the trainer names it.
    """
    works = model_works(grid, models, wish)
    half = wish.mode == "fast" and wish.region is None
    speeds = [_speed_of(work.manifest, speed, device, half=half) for work in works]
    known = [found for found in speeds if found is not None]
    if len(known) < len(works):
        return None
    phases = _seconds(grid, works, known, wish, speed)
    peak, least = _memory(grid, works, known, wish, speed.base_gb)
    gpu = [each.gpu_memory_gb for each in known if each.gpu_memory_gb is not None]
    keys = [network_key(work.manifest, device, half=half) for work in works]
    return Forecast(
        seconds=round(sum(phases.values()), 2),
        memory_gb=round(peak, 3),
        least_gb=round(least, 3),
        gpu_memory_gb=round(max(gpu) + _on_gpu(works), 3) if gpu else None,
        basis="measured" if all(key in speed.networks for key in keys) else "reckoned",
        tiles=sum(work.tiles * work.passes + work.scout_tiles for work in works),
        at_once=max(own.batch for own in known),
        by_phase={name: round(value, 3) for name, value in phases.items()},
    )


def _speed_of(
    manifest: ModelManifest, speed: MachineSpeed, device: str, *, half: bool
) -> NetworkSpeed | None:
    """Return the network's own speed, else that of the likest on this device by its work."""
    own = speed.networks.get(network_key(manifest, device, half=half))
    if own is not None:
        return own
    gmac = network_gmac(manifest.network, manifest.plan.patch)
    others = [each for each in speed.networks.values() if each.device == device and each.batch_s]
    if not others:
        return None
    like = min(others, key=lambda each: abs(each.gmac - gmac))
    features = finest_features(manifest)
    return like.model_copy(
        update={
            "batch_s": (median(like.batch_s) * gmac / like.gmac,),
            "memory_gb": like.memory_gb * features / like.features,
            "gpu_memory_gb": (like.gpu_memory_gb or 0) * features / like.features or None,
        }
    )


def finest_features(manifest: ModelManifest) -> float:
    """Return the numbers that the network's finest level holds of one tile, in 1e9."""
    return prod(manifest.plan.patch) * manifest.network.features[0] / 1e9


def _seconds(
    grid: CaseGrid,
    works: Sequence[ModelWork],
    speeds: Sequence[NetworkSpeed],
    wish: PredictionWish,
    speed: MachineSpeed,
) -> dict[str, float]:
    million = grid.voxels / 1e6
    predict = 0.0
    for work, own in zip(works, speeds, strict=True):
        batches = ceil(work.tiles / own.batch) * work.passes + ceil(work.scout_tiles / own.batch)
        predict += batches * median(own.batch_s)
    masks, files = masks_of(works, wish)
    # The longest openings are those that converted the network, once.
    opened = max((min(own.open_s) for own in speeds if own.open_s), default=0.0)
    return {
        "load": speed.rate("load") * sum(weights_gb(work) for work in works),
        "read": speed.rate("read") * million,
        "resample": speed.rate("resample") * million * len({w.grid for w in works}),
        "open network": opened,
        "predict": predict,
        "restore": speed.rate("restore") * million * masks,
        "write": speed.rate("write") * million * files,
    }


def masks_of(works: Sequence[ModelWork], wish: PredictionWish) -> tuple[int, int]:
    """Return how many masks a case's prediction restores, and how many files it writes."""
    if wish.region is not None or not wish.detailed:
        return 1, 1
    passes = sum(work.passes if work.passes > work.folds else work.folds for work in works)
    # The ensemble's mask and the entropy besides, and the packed masks of each model; where one
    # fold stands alone also its mirrored passes and the mask that they make.
    mirrored = 2 if any(work.passes > work.folds for work in works) and not wish.mirror else 0
    return passes + 2 + mirrored // 2, 2 + len(works) + mirrored


def weights_gb(work: ModelWork) -> float:
    """Return about how many 1e9 bytes the weights of a model's folds have."""
    return model_weights_gb(work.manifest, work.folds)


def model_weights_gb(manifest: ModelManifest, folds: int) -> float:
    """Return about how many 1e9 bytes the weights of so many folds have."""
    network = manifest.network
    numbers = sum(
        blocks * (2 if network.architecture != "plain" else 1) * 27 * features**2
        for features, blocks in zip(network.features, network.blocks, strict=True)
    )
    return folds * numbers * _FLOAT / 1e9


def _memory(
    grid: CaseGrid,
    works: Sequence[ModelWork],
    speeds: Sequence[NetworkSpeed],
    wish: PredictionWish,
    base_gb: float,
) -> tuple[float, float]:
    """Return the peak, and the peak with one tile at once, in GB."""
    voxels = grid.voxels / 1e9
    grids = sum(_grid_gb(work) for work in works)
    sums = sum(
        _grid_gb(work) * work.manifest.network.structures * (2 if work.passes > 1 else 1)
        for work in works
    )
    one = wish.region is not None or not wish.detailed
    passing = max(
        (_grid_gb(work) * (work.manifest.network.structures + 2) for work in works), default=0.0
    )
    held = voxels * (_HELD_ONE if one else _HELD) + grids + sums
    largest = max(speeds, key=lambda own: own.memory_gb)
    # The next fold's network is opened while one computes.
    beside = max(weights_gb(w) / w.folds if w.folds > 1 or len(works) > 1 else 0.0 for w in works)
    networks = [largest.memory_gb + beside, largest.memory_gb / largest.batch + beside]
    before = max(voxels * _READING, voxels * _RESAMPLING + grids)
    after = voxels * (_WRITING_ONE if one else _WRITING) + sums
    peaks = [max(before, held + passing + network, after + network) for network in networks]
    return base_gb + peaks[0], base_gb + peaks[1]


def _grid_gb(work: ModelWork) -> float:
    sides = zip(work.grid, work.manifest.plan.patch, strict=True)
    return prod(max(size, length) for size, length in sides) * _FLOAT / 1e9


def _on_gpu(works: Sequence[ModelWork]) -> float:
    """Return what image, sums and weights of a case take on a GPU besides the network."""
    return max(_grid_gb(work) * (3 + 2 * work.manifest.network.structures) for work in works)
