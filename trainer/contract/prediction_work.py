"""What a prediction has to do: passes, tiles and masks, known before anything is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, prod

from trainer.contract.model_manifest import FoldEntry, ModelManifest
from trainer.contract.network_config import NetworkConfig
from trainer.contract.scores import PredictionMode
from trainer.contract.tiling import (
    Box,
    Triple,
    number_of_tiles,
    resampled_shape,
    whole,
)

# The kidneys' box and 20 mm around it along S, P, L: the median of 21 KiTS19 cases.
TYPICAL_REGION_MM = (163.0, 133.0, 273.0)
SCOUT_STEP = 1.0


@dataclass(frozen=True)
class CaseGrid:
    """A CT's voxels and mm along (S, P, L). `file_order` names the axis of (S, P, L) that
    runs along the file's slowest, middle and fastest axis; guests may see it so."""

    shape: Triple
    spacing: tuple[float, float, float]
    file_order: Triple = (0, 1, 2)

    @property
    def voxels(self) -> int:
        """Return how many there are."""
        return prod(self.shape)


@dataclass(frozen=True)
class PredictionWish:
    """How a case is to be predicted; `detailed` makes all that a project keeps. `region` is
    (z0, z1, y0, y1, x0, x1) in the CT's voxels, `image_hash` "" where it is not known yet."""

    mirror: bool = False
    mode: PredictionMode = "exact"
    detailed: bool = True
    region: tuple[int, int, int, int, int, int] | None = None
    image_hash: str = ""


@dataclass(frozen=True)
class ModelWork:
    """The runs of one model: its grid's shape, tiles of one pass, passes of all its folds
    together, the folds that run, and the scout's tiles (0 where it does not scout)."""

    manifest: ModelManifest
    grid: Triple
    tiles: int
    passes: int
    folds: int
    scout_tiles: int = 0


def model_works(
    grid: CaseGrid, models: Sequence[tuple[ModelManifest, Sequence[int]]], wish: PredictionWish
) -> list[ModelWork]:
    """Return what each of the models in use has to do for a case.

    Parameters
    ----------
    models : each with the numbers of its folds that take part.
    """
    entries = [
        [entry for entry in manifest.folds if entry.fold in folds] for manifest, folds in models
    ]
    unseen = [[e for e in part if not e.saw(wish.image_hash)] for part in entries]
    held = sum(len(part) for part in unseen)
    works = []
    for number, (manifest, _) in enumerate(models):
        runs = unseen[number] if wish.region and held else entries[number]
        mirrors = 2 ** len(manifest.mirror_axes)
        alone = wish.detailed and held == 1
        everywhere = wish.mirror or wish.region is not None
        passes = sum(
            mirrors if everywhere or (alone and not entry.saw(wish.image_hash)) else 1
            for entry in runs
        )
        scouts = wish.mode == "fast" and wish.region is None and number == 0
        works.append(_work(grid, manifest, wish, runs, passes, scouts=scouts))
    return works


def _work(
    grid: CaseGrid,
    manifest: ModelManifest,
    wish: PredictionWish,
    runs: Sequence[FoldEntry],
    passes: int,
    *,
    scouts: bool,
) -> ModelWork:
    order = _network_order(manifest, grid)
    shape = [grid.shape[axis] for axis in order]
    spacing = [grid.spacing[axis] for axis in order]
    plan = manifest.plan
    full = resampled_shape(shape, spacing, plan.spacing)
    seen, box = full, whole(full)
    if wish.region is not None:
        box = _scaled([wish.region[2 * axis : 2 * axis + 2] for axis in order], shape, full)
    elif wish.mode == "fast":
        mm = [TYPICAL_REGION_MM[axis] for axis in order]
        part = [
            min(size, max(length, ceil(width / step)))
            for size, length, width, step in zip(full, plan.patch, mm, plan.spacing, strict=True)
        ]
        seen = (part[0], part[1], part[2])
        box = whole(seen)
    tiles = number_of_tiles(seen, plan.patch, box)
    scout = number_of_tiles(full, plan.patch, whole(full), SCOUT_STEP) if scouts else 0
    return ModelWork(manifest, full, tiles, passes, len(runs), scout)


def _network_order(manifest: ModelManifest, grid: CaseGrid) -> Triple:
    reader = (0, 1, 2) if manifest.plan.axes == "SAR" else grid.file_order
    a, b, c = (reader[axis] for axis in manifest.plan.transpose)
    return a, b, c


def _scaled(region: Sequence[Sequence[int]], shape: Sequence[int], full: Triple) -> Box:
    z, y, x = (
        slice(int(low * new / old), min(new, ceil(high * new / old)))
        for (low, high), old, new in zip(region, shape, full, strict=True)
    )
    return z, y, x


def network_gmac(config: NetworkConfig, patch: Triple) -> float:
    """Return 1e9 multiply-accumulates of all convolutions for one patch, by arithmetic alone
    (`trainer.nets.cost` counts the same on the network itself)."""
    return sum(_stage_macs(config, patch)) / 1e9


def _stage_macs(config: NetworkConfig, patch: Triple) -> Iterator[float]:
    voxels = _voxels(config, patch)
    channels, double = config.input_channels, config.architecture != "plain"
    if double:
        yield voxels[0] * channels * config.features[0] * prod(config.kernel(0))
        channels = config.features[0]
    for level, features in enumerate(config.features):
        size, kernel = voxels[level], prod(config.kernel(level))
        inner = config.blocks[level] * (2 if double else 1) - 1
        yield size * features * kernel * (channels + inner * features)
        if double and channels != features:
            yield size * features * channels
        channels = features
    for level, features in enumerate(config.features[:-1]):
        kernel, deeper = prod(config.kernel(level)), config.features[level + 1]
        yield voxels[level] * features * deeper
        yield voxels[level] * features**2 * kernel * (1 + config.decoder_blocks)
    yield voxels[0] * config.features[0] * config.structures


def _voxels(config: NetworkConfig, patch: Triple) -> list[float]:
    sizes, size = [], float(prod(patch))
    for stride in config.strides:
        size /= prod(stride)
        sizes.append(size)
    return sizes
