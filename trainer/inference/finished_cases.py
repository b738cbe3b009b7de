"""Which masks a task of a run has written: what a second attempt need not make again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import read_json, write_json
from trainer.contract.scores import PredictionMode
from trainer.imaging.hashing import file_hash
from trainer.inference.loaded_model import LoadedModel
from trainer.inference.prediction_group import PredictionSettings
from trainer.models.model_store import fold_entry


class FinishedMask(BaseModel):
    """From what a mask was made: the image's hash, the sha256 of each fold's weights by
    MODEL/fold_K, and the settings; `mask` is the sha256 of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    image: str
    weights: dict[str, str]
    mirrored: bool
    mode: PredictionMode
    mask: str


@dataclass(frozen=True)
class FinishedCases:
    """The notes, one JSON file for each mask, in the folder of the task.

    Plain masks say nothing of what they were made from, as a project's scores.json does; a
    command that is no task of a run keeps no notes and makes every mask again.
    """

    folder: Path

    def holds(
        self,
        target: Path,
        image_hash: str,
        models: Sequence[LoadedModel],
        settings: PredictionSettings,
    ) -> bool:
        """Return whether `target` is the mask that these models would make of the image."""
        note = self._note(target)
        if not note.exists() or not target.is_file():
            return False
        try:
            known = FinishedMask.model_validate(read_json(note))
        except (KitsDeskError, ValidationError):
            return False
        return known == _finished(target, image_hash, models, settings)

    def add(
        self,
        target: Path,
        image_hash: str,
        models: Sequence[LoadedModel],
        settings: PredictionSettings,
    ) -> None:
        """Note that the mask `target` has been written."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_json(self._note(target), _finished(target, image_hash, models, settings))

    def _note(self, target: Path) -> Path:
        return self.folder / f"{target.name}.json"


def _finished(
    target: Path, image_hash: str, models: Sequence[LoadedModel], settings: PredictionSettings
) -> FinishedMask:
    weights = {
        f"{model.manifest.name}/fold_{fold}": fold_entry(model.manifest, fold).sha256
        for model in models
        for fold in model.folds
    }
    return FinishedMask(
        image=image_hash,
        weights=weights,
        mirrored=settings.mirror,
        mode=settings.mode,
        mask=file_hash(target),
    )
