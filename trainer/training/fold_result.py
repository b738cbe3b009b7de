"""What a trained fold leaves: published weights, the other ones, what it never fitted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from trainer.contract.errors import DamagedFile
from trainer.contract.model_manifest import FoldEntry, ModelManifest, SeenCase
from trainer.contract.run_folder import TaskDone
from trainer.evaluation.memorisation import (
    MEMORISATION_FILE,
    fold_memory,
    memorisation_table,
    read_case_losses,
    write_memorisation,
)
from trainer.models.model_store import write_weights
from trainer.training.fold_request import FoldRequest
from trainer.training.fold_settings import FoldSettings
from trainer.training.fold_state import FoldState
from trainer.training.full_disk import PatientWriter
from trainer.training.publish import publish_fold
from trainer.training.task_record import TaskRecord, read_done

Weights = Mapping[str, Tensor]


class FoldResult:
    """Writes the results of one fold, waiting where the disk is full.

    Everything may be written again: a fold that was killed in here does so when resumed.
    """

    def __init__(
        self, request: FoldRequest, record: TaskRecord, writer: PatientWriter, state: FoldState
    ) -> None:
        self._request, self._record, self._writer = request, record, writer
        self._state = state
        self._best = request.schedule.checkpoint == "best"

    def write(
        self, template: ModelManifest, seen: tuple[SeenCase, ...], settings: FoldSettings
    ) -> TaskDone:
        """Publish the weights the preset asks for, and all the rest; done.json is last."""
        never_fitted = self._write_memory()
        position = self._state.position
        dice = _rounded(position.best_dice if self._best else position.last_dice)
        entry = FoldEntry(
            fold=self._request.fold,
            file="",
            sha256="",
            trained_on=seen,
            pseudo_dice=dice,
            never_fitted=never_fitted,
        )
        best, final = self._state.best_weights, self._state.weights()
        chosen, other = (best, final) if self._best else (final, best)
        model = self._request.publish
        files = [
            self._writer.write(
                model, lambda: publish_fold(model, template, entry, chosen), _bytes(chosen)
            )
        ]
        if self._request.keep_other:
            files.append(self._write_other(other))
        result = self._summary(settings) | {
            "pseudo_dice": dice,
            "never_fitted": list(never_fitted),
        }
        folder = self._record.folder
        self._writer.write(folder, lambda: self._record.done(files, result))
        done = read_done(folder)
        if done is None:
            raise DamagedFile("The published fold could not be read back.", advice="Use --resume.")
        return done

    def _write_memory(self) -> tuple[str, ...]:
        """Write memorisation.csv of the fold and of the run; return the cases that the fold
        never fitted."""
        run, folder = self._request.run, self._record.folder
        rows = fold_memory(self._request.key, read_case_losses(folder))
        self._writer.write(folder, lambda: write_memorisation(folder / MEMORISATION_FILE, rows))
        merged = memorisation_table(run)
        self._writer.write(run, lambda: write_memorisation(run / MEMORISATION_FILE, merged))
        return tuple(sorted(row.case for row in rows if row.never_fitted))

    def _write_other(self, weights: Weights) -> Path:
        """Keep the weights that are not published, named after what they are."""
        kind = "final" if self._best else "best"
        file = self._record.folder / f"fold_{self._request.fold}_{kind}.safetensors"
        self._writer.write(file.parent, lambda: write_weights(file, weights), _bytes(weights))
        return file

    def _summary(self, settings: FoldSettings) -> dict[str, Any]:
        request, position = self._request, self._state.position
        return {
            "fold": request.fold,
            "model": request.name,
            "checkpoint": request.schedule.checkpoint,
            "epochs": request.schedule.epochs,
            "training_seconds": round(position.earlier_seconds, 1),
            "best_epoch": position.best_epoch,
            "best_ema": round(position.best_average or 0.0, 6),
            "device": str(request.compute.device),
            "threads": request.threads,
            "continued_with": list(settings.continued_with),
            "sample_by_sample": self._state.by_sample,
        }


def _rounded(dice: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 5) for name, value in dice.items()}


def _bytes(weights: Weights) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in weights.values())
