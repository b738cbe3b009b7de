"""One fold from an export to a published model, as one task of a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from trainer.contract.errors import Cancelled, KitsDeskError
from trainer.contract.out_of_memory import is_out_of_memory
from trainer.contract.run_folder import TaskDone
from trainer.datasets.training_set import TrainingSet, read_training_set
from trainer.preprocessing.cache import prepare_training_set
from trainer.preprocessing.cached_case import CachedCase
from trainer.training.checkpoint import clear_unfinished, has_checkpoint
from trainer.training.compute import slow_convolutions
from trainer.training.fold_assembly import (
    find_start,
    make_batches,
    make_manifest,
    make_network,
    make_settings,
    seen_cases,
)
from trainer.training.fold_request import FoldRequest
from trainer.training.fold_result import FoldResult
from trainer.training.fold_settings import FoldSettings, record_settings
from trainer.training.fold_trainer import FoldTrainer
from trainer.training.full_disk import PatientWriter
from trainer.training.interruption import Interruption, TimeUp, on_signals
from trainer.training.publish import require_publishable
from trainer.training.task_lock import task_lock
from trainer.training.task_record import TaskRecord, read_done
from trainer.training.tensorboard_log import TensorBoardLog, require_tensorboard

# A large prepared case: 40 million voxels of two bytes, and its mask.
_CASE_BYTES = 100_000_000


class CannotTrain(KitsDeskError):
    """A fold has nothing to learn from, or was begun before."""


class NotEnoughMemory(KitsDeskError):
    """The network does not fit on the device."""


def train_fold(request: FoldRequest) -> TaskDone:
    """Train one fold and publish it; a fold that is done is only reported.

    Raises
    ------
    Cancelled : asked to stop; a checkpoint is kept where training had begun. TimeUp, which
        is one, where the machine's time is up: status "waiting", to be started again.
    KitsDeskError : see its message; status.json has it too.
    """
    folder = request.folder
    finished = read_done(folder)
    if finished is not None:
        return finished
    if has_checkpoint(folder / "checkpoints") and not request.resume:
        raise CannotTrain(
            f"Fold {request.fold} was begun in this run already.",
            kept="Its checkpoint is unchanged.",
            advice="Continue it with --resume, or choose another run folder.",
        )
    if request.tensorboard:
        require_tensorboard()
    interruption = Interruption(request.run, request.key)
    with task_lock(folder), on_signals(interruption):
        clear_unfinished(folder)
        clear_unfinished(folder / "checkpoints")
        record = TaskRecord(folder)
        task = _FoldTask(request, record, interruption)
        with _end_recorded(request, record):
            try:
                return task.train()
            finally:
                task.end()


@contextmanager
def _end_recorded(request: FoldRequest, record: TaskRecord) -> Iterator[None]:
    """Write into the status how the block was left, where it was not finished."""
    try:
        yield
    except TimeUp as stopped:
        record.left(stopped)
        raise
    except Cancelled as stopped:
        record.ended("cancelled", stopped.kept)
        raise
    except Exception as error:
        said = _not_enough_memory(request) if is_out_of_memory(error) else error
        record.failed(said)
        if said is error:
            raise
        raise said from error


def _not_enough_memory(request: FoldRequest) -> NotEnoughMemory:
    on_gpu = request.compute.device.type != "cpu"
    return NotEnoughMemory(
        f"Fold {request.fold} needs more memory than {request.compute.device} has left.",
        kept="The last checkpoint was kept.",
        advice="Close other programs on the GPU, or train in mixed precision; then resume."
        if on_gpu
        else "Close other programs, then resume the run.",
    )


class _FoldTask:
    """The steps from the export to done.json."""

    def __init__(
        self, request: FoldRequest, record: TaskRecord, interruption: Interruption
    ) -> None:
        self._request, self._record, self._interruption = request, record, interruption
        self._writer = PatientWriter(record.folder, record, interruption)

    def train(self) -> TaskDone:
        request, record = self._request, self._record
        self._writer.write(record.folder, lambda: record.progress("Reading the export", 0, 1))
        training_set = read_training_set(request.export)
        if request.empty_masks:
            training_set = training_set.meaning_empty_masks()
        prepared = self._prepare(training_set)
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
        seen, held_out = seen_cases(training, prepared), seen_cases(validation, prepared)
        start = find_start(request, held_out)
        template = make_manifest(request, start)
        require_publishable(request.publish, template)
        settings = self._record_settings(make_settings(request, seen, held_out, start))
        sources = [[prepared[case.id] for case in cases] for cases in (training, validation)]
        trainer = FoldTrainer(
            make_network(request, start),
            make_batches(request, *sources),
            request.schedule,
            request.compute,
            record,
            self._interruption,
            self._writer,
        )
        self._run(trainer)
        result = FoldResult(request, record, self._writer, trainer.state)
        return result.write(template, seen, settings)

    def end(self) -> None:
        """Give back what was held for the task."""
        self._writer.release()

    def _record_settings(self, wanted: FoldSettings) -> FoldSettings:
        """Write fold.json, and say what a person should know about where it computes."""
        folder, resumed = self._record.folder, self._request.resume
        settings, other = self._writer.write(
            folder, lambda: record_settings(folder, wanted, resumed=resumed)
        )
        for said in (other, slow_convolutions(self._request.compute)):
            if said is not None:
                self._record.notice(said)
        return settings

    def _run(self, trainer: FoldTrainer) -> None:
        if self._request.resume:
            trainer.resume()
        events = None
        if self._request.tensorboard:
            events = TensorBoardLog(self._record.folder, trainer.state.position.epoch)
        try:
            trainer.run(events)
        finally:
            if events is not None:
                events.close()

    def _prepare(self, training_set: TrainingSet) -> dict[str, CachedCase]:
        def progress(done: int, total: int, case: str) -> None:
            self._record.progress("Preparing cases", done, total)
            self._interruption.raise_if_cancelled("The cases prepared so far are kept.")

        request = self._request
        return self._writer.write(
            request.cache,
            lambda: prepare_training_set(training_set, request.plan, request.cache, progress),
            _CASE_BYTES,
        )
