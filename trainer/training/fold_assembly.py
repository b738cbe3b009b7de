"""The parts a fold is trained with, made from the request: network, batches, records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import torch

from trainer.contract.model_manifest import ModelManifest, SeenCase
from trainer.datasets.training_set import TrainingCase
from trainer.nets.build import build_network
from trainer.nets.unet import UNet
from trainer.preprocessing.cached_case import CachedCase
from trainer.training.augment import AUGMENTATIONS, Augmentation
from trainer.training.batches import BatchSettings, BatchSource
from trainer.training.compute import processor
from trainer.training.fold_request import FoldRequest
from trainer.training.fold_settings import FoldSettings
from trainer.training.warm_start import WarmStart, choose_start


def seen_cases(
    cases: Sequence[TrainingCase], prepared: dict[str, CachedCase]
) -> tuple[SeenCase, ...]:
    """Return cases with the hashes of their voxels."""
    return tuple(
        SeenCase(
            case=case.id,
            image_hash=prepared[case.id].record.image_hash,
            mask_hash=prepared[case.id].record.mask_hash,
        )
        for case in cases
    )


def find_start(request: FoldRequest, held_out: Sequence[SeenCase]) -> WarmStart | None:
    """Return the old fold to start from, None where none is asked for.

    Raises
    ------
    WarmStartRefused : it would leak a validation case, or has another network.
    """
    if request.init is None:
        return None
    hashes = {case.case: case.image_hash for case in held_out}
    return choose_start(request.init, request.network, request.fold, hashes)


def make_network(request: FoldRequest, start: WarmStart | None) -> UNet:
    """Return the network with its first weights, decided by seed and fold or by `start`."""
    weights_seed = int(np.random.default_rng([request.seed, request.fold]).integers(2**31))
    network = build_network(request.network, seed=weights_seed)
    if start is not None:
        start.load_into(network)
    return network


def make_batches(
    request: FoldRequest, training: Sequence[CachedCase], validation: Sequence[CachedCase]
) -> tuple[BatchSource, BatchSource]:
    """Return the batches to learn from, augmented, and those to validate on, as they are."""

    def source(cases: Sequence[CachedCase], stream: int, changes: Augmentation) -> BatchSource:
        settings = BatchSettings(
            patch=request.plan.patch,
            batch=request.schedule.batch,
            foreground_fraction=request.schedule.foreground_fraction,
            structures=request.network.structures,
            seed=request.seed,
            fold=request.fold,
            stream=stream,
        )
        return BatchSource(cases, settings, changes, request.compute.device)

    return (
        source(training, 0, AUGMENTATIONS[request.schedule.augmentation]),
        source(validation, 1, AUGMENTATIONS["none"]),
    )


def make_settings(
    request: FoldRequest,
    training: tuple[SeenCase, ...],
    validation: tuple[SeenCase, ...],
    start: WarmStart | None,
) -> FoldSettings:
    """Return what fold.json is to say."""
    return FoldSettings(
        preset=request.preset.name,
        network=request.network,
        plan=request.plan,
        schedule=request.schedule,
        seed=request.seed,
        fold=request.fold,
        training=training,
        validation=validation,
        started_from="" if start is None else f"{start.manifest.name} fold {start.entry.fold}",
        device=str(request.compute.device),
        precision=request.compute.precision,
        threads=request.threads,
        torch=str(torch.__version__),
        processor=processor(),
    )


def make_manifest(request: FoldRequest, start: WarmStart | None) -> ModelManifest:
    """Return the manifest of the fold's model, without folds."""
    return ModelManifest(
        name=request.name,
        about=request.about,
        made_by=request.made_by,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        preset=request.preset.name,
        export=request.export.name,
        started_from="" if start is None else start.manifest.name,
        network=request.network,
        plan=request.plan,
        fold_average=request.preset.fold_average,
        checkpoint=request.schedule.checkpoint,
        folds=(),
    )
