"""Small models and CTs for tests: real weights files, real manifests, seconds to run."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from trainer.contract.model_manifest import FoldEntry, ModelManifest, SeenCase, write_manifest
from trainer.contract.network_config import NetworkConfig
from trainer.contract.presets import PreprocessingPlan
from trainer.imaging.geometry import Geometry
from trainer.imaging.mask_file import write_image
from trainer.imaging.volume import Volume
from trainer.models.model_store import write_weights
from trainer.nets.build import build_network

# KiTS's odd geometry: the slice axis is the file's first and runs downwards.
KITS_DIRECTION = (0.0, 0.0, 1.0, 0.0, 1.0, 0.0, -1.0, 0.0, 0.0)
TINY_NETWORK = NetworkConfig(
    architecture="residual",
    features=(4, 6),
    strides=((1, 1, 1), (2, 2, 2)),
    blocks=(1, 1),
)


def kits_geometry(shape: tuple[int, int, int], spacing: tuple[float, float, float]) -> Geometry:
    """Return KiTS's grid for an array (z, y, x); with it the file's size is (z, y, x) too."""
    return Geometry(shape, spacing, (0.0, 0.0, 0.0), KITS_DIRECTION)


def tiny_ct(seed: int = 0, shape: tuple[int, int, int] = (14, 30, 34)) -> Volume:
    """Return a CT of bright blobs in noise on KiTS's grid, int16 HU."""
    generator = np.random.default_rng(seed)
    array = generator.normal(40, 60, shape)
    z, y, x = np.indices(shape)
    for _ in range(3):
        centre = [generator.uniform(4, size - 4) for size in shape]
        distance = (z - centre[0]) ** 2 * 4 + (y - centre[1]) ** 2 + (x - centre[2]) ** 2
        array[distance < 40] += 150
    return Volume(array.round().astype(np.int16), kits_geometry(shape, (3.0, 1.5, 1.5)))


def write_ct(path: Path, volume: Volume) -> Path:
    """Write a CT and return its path."""
    write_image(path, volume.array, volume.geometry)
    return path


def write_tiny_model(
    folder: Path,
    *,
    folds: int = 2,
    seen: dict[int, str] | None = None,
    spacing: tuple[float, float, float] = (4.0, 2.0, 2.0),
    patch: tuple[int, int, int] = (8, 12, 12),
    average: str = "softmax",
    masks: dict[int, str] | None = None,
    created: str = "2026-01-01",
) -> Path:
    """Write an untrained model; `seen` maps fold → hash of an image it was trained on,
    `masks` fold → hash of the mask it was trained with."""
    entries = []
    for fold in range(folds):
        network = build_network(TINY_NETWORK, seed=fold)
        # Without this an untrained head says the same nearly everywhere.
        network.decoder[0].head.weight.data *= 8
        name = f"fold_{fold}.safetensors"
        digest = write_weights(folder / name, network.state_dict())
        image = (seen or {}).get(fold)
        mask = (masks or {}).get(fold, f"m{fold}")
        trained = (SeenCase(case="c", image_hash=image, mask_hash=mask),) if image else ()
        entries.append(FoldEntry(fold=fold, file=name, sha256=digest, trained_on=trained))
    manifest = ModelManifest(
        name=folder.name,
        created=created,
        preset="demo",
        network=TINY_NETWORK,
        plan=PreprocessingPlan(spacing=spacing, patch=patch),
        fold_average=average,
        folds=tuple(entries),
    )
    write_manifest(folder, manifest)
    return folder
