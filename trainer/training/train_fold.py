"""One fold from an export to a published model, as one task of a run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

from trainer.contract.errors import Cancelled, KitsDeskError
from trainer.contract.model_manifest import FoldEntry, ModelManifest, SeenCase
from trainer.contract.network_config import NetworkConfig
from trainer.contract.presets import PreprocessingPlan, Preset, Schedule
from trainer.contract.run_folder import TaskDone, task_folder
from trainer.datasets.training_set import TrainingCase, TrainingSet, read_training_set
from trainer.nets.build import build_network
from trainer.nets.unet import UNet
from trainer.preprocessing.cache import prepare_training_set
from trainer.preprocessing.cached_case import CachedCase
from trainer.training.augment import AUGMENTATIONS, Augmentation
from trainer.training.batches import BatchSettings, BatchSource
from trainer.training.checkpoint import has_checkpoint
from trainer.training.compute import Compute
from trainer.training.fold_settings import FoldSettings, record_settings
from trainer.training.fold_trainer import FoldTrainer
from trainer.training.interruption import Interruption, on_signals
from trainer.training.publish import publish_fold, require_publishable
from trainer.training.task_lock import task_lock
from trainer.training.task_record import TaskRecord, read_done
from trainer.training.warm_start import WarmStart, choose_start


class CannotTrain(KitsDeskError):
    """A fold has nothing to learn from, or was begun before."""


class NotEnoughMemory(KitsDeskError):
    """The network does not fit on the device."""


@dataclass(frozen=True)
class FoldRequest:
    """What is asked for. `key` names the task's folder inside `run`, `cache` holds the
    prepared cases, `publish` is the model's folder."""

    export: Path
    run: Path
    key: str
    fold: int
    preset: Preset
    network: NetworkConfig
    schedule: Schedule
    compute: Compute
    threads: int
    cache: Path
    publish: Path
    name: str
    seed: int
    init: Path | None = None
    resume: bool = False
    about: str = ""
    made_by: str = ""

    @property
    def plan(self) -> PreprocessingPlan:
        """Return the preset's grid and intensities."""
        return self.preset.plan


def train_fold(request: FoldRequest) -> TaskDone:
    """Train one fold and publish it; a fold that is done is only reported.

    Raises
    ------
    Cancelled : asked to stop; a checkpoint is kept where training had begun.
    KitsDeskError : see its message; status.json has it too.
    """
    folder = task_folder(request.run, request.key)
    finished = read_done(folder)
    if finished is not None:
        return finished
    if has_checkpoint(folder / "checkpoints") and not request.resume:
        raise CannotTrain(
            f"Fold {request.fold} was begun in this run already.",
            kept="Its checkpoint is unchanged.",
            advice="Continue it with --resume, or choose another run folder.",
        )
    interruption = Interruption(request.run)
    with task_lock(folder), on_signals(interruption):
        record = TaskRecord(folder)
        try:
            return _train(request, record, interruption)
        except Cancelled as cancelled:
            record.state("cancelled", cancelled.kept)
            raise
        except torch.OutOfMemoryError as error:
            refused = NotEnoughMemory(
                f"Fold {request.fold} needs more memory than {request.compute.device} has left.",
                kept="The last checkpoint was kept.",
                advice="Close other programs on the GPU, or train in mixed precision.",
            )
            record.failed(refused)
            raise refused from error
        except Exception as error:
            record.failed(error)
            raise


def _train(request: FoldRequest, record: TaskRecord, interruption: Interruption) -> TaskDone:
    record.progress("Reading the export", 0, 1)
    training_set = read_training_set(request.export)
    training, validation = (
        training_set.training(request.fold),
        training_set.validation(request.fold),
    )
    if not training or not validation:
        raise CannotTrain(
            f"Fold {request.fold} has {len(training)} cases to learn from and "
            f"{len(validation)} to validate on; it needs one of each.",
            advice="Add cases, or train another fold.",
        )
    prepared = _prepare(request, training_set, record, interruption)
    seen = _seen(training, prepared)
    held_out = _seen(validation, prepared)
    start = _warm_start(request, held_out)
    require_publishable(request.publish, _template(request, start))
    record_settings(
        record.folder, _settings(request, seen, held_out, start), resumed=request.resume
    )
    trainer = FoldTrainer(
        _network(request, start),
        _batches(request, [prepared[c.id] for c in training], [prepared[c.id] for c in validation]),
        request.schedule,
        request.compute,
        record,
        interruption,
    )
    if request.resume:
        trainer.resume()
    trainer.run()
    return _publish(request, record, trainer, seen, start)


def _prepare(
    request: FoldRequest,
    training_set: TrainingSet,
    record: TaskRecord,
    interruption: Interruption,
) -> dict[str, CachedCase]:
    def progress(done: int, total: int, case: str) -> None:
        record.progress("Preparing cases", done, total)
        interruption.raise_if_cancelled("The cases prepared so far are kept.")

    return prepare_training_set(training_set, request.plan, request.cache, progress)


def _seen(cases: tuple[TrainingCase, ...], prepared: dict[str, CachedCase]) -> tuple[SeenCase, ...]:
    return tuple(
        SeenCase(
            case=case.id,
            image_hash=prepared[case.id].record.image_hash,
            mask_hash=prepared[case.id].record.mask_hash,
        )
        for case in cases
    )


def _warm_start(request: FoldRequest, held_out: tuple[SeenCase, ...]) -> WarmStart | None:
    if request.init is None:
        return None
    hashes = {case.case: case.image_hash for case in held_out}
    return choose_start(request.init, request.network, request.fold, hashes)


def _network(request: FoldRequest, start: WarmStart | None) -> UNet:
    weights_seed = int(np.random.default_rng([request.seed, request.fold]).integers(2**31))
    network = build_network(request.network, seed=weights_seed)
    if start is not None:
        start.load_into(network)
    return network


def _batches(
    request: FoldRequest, training: list[CachedCase], validation: list[CachedCase]
) -> tuple[BatchSource, BatchSource]:
    def source(cases: list[CachedCase], stream: int, augmentation: Augmentation) -> BatchSource:
        settings = BatchSettings(
            patch=request.plan.patch,
            batch=request.schedule.batch,
            foreground_fraction=request.schedule.foreground_fraction,
            structures=request.network.structures,
            seed=request.seed,
            fold=request.fold,
            stream=stream,
        )
        return BatchSource(cases, settings, augmentation, request.compute.device)

    return (
        source(training, 0, AUGMENTATIONS[request.schedule.augmentation]),
        source(validation, 1, AUGMENTATIONS["none"]),
    )


def _settings(
    request: FoldRequest,
    training: tuple[SeenCase, ...],
    validation: tuple[SeenCase, ...],
    start: WarmStart | None,
) -> FoldSettings:
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
    )


def _template(request: FoldRequest, start: WarmStart | None) -> ModelManifest:
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


def _publish(
    request: FoldRequest,
    record: TaskRecord,
    trainer: FoldTrainer,
    seen: tuple[SeenCase, ...],
    start: WarmStart | None,
) -> TaskDone:
    """Publish the weights the preset asks for and write done.json."""
    best = request.schedule.checkpoint == "best"
    position = trainer.state.position
    dice = position.best_dice if best else position.last_dice
    entry = FoldEntry(
        fold=request.fold, file="", sha256="", trained_on=seen, pseudo_dice=_rounded(dice)
    )
    weights = trainer.state.best_weights if best else trainer.state.weights()
    file = publish_fold(request.publish, _template(request, start), entry, weights)
    record.done(
        [file],
        {
            "fold": request.fold,
            "model": request.name,
            "epochs": request.schedule.epochs,
            "training_seconds": round(position.earlier_seconds, 1),
            "best_epoch": position.best_epoch,
            "best_ema": round(position.best_average or 0.0, 6),
            "pseudo_dice": _rounded(dice),
            "device": str(request.compute.device),
            "threads": request.threads,
        },
    )
    done = read_done(record.folder)
    if done is None:
        raise CannotTrain("The published fold could not be read back.", advice="Use --resume.")
    return done


def _rounded(dice: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 5) for name, value in dice.items()}
