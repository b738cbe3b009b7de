"""What the models in use say about each case: files under predictions/MODELS/CASE/."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from kitsdesk.project.fold_masks import FoldMasks, votes_of
from kitsdesk.project.model_shelf import Models
from kitsdesk.project.prediction_import import ImportProgress, Saw, import_predictions
from kitsdesk.project.safe_places import require_inside
from kitsdesk.project.workspace import Workspace
from trainer.contract.errors import KitsDeskError
from trainer.contract.scores import Scores, read_scores
from trainer.imaging.mask_file import read_bits, read_mask

SCORES = "scores.json"
PredictionFile = Literal["heldout", "ensemble", "fitted"]


class UnknownPredictions(KitsDeskError):
    """The project has no predictions of that name."""


class Predictions:
    """Reads predictions of a project; callable from any thread.

    `key` everywhere is the folder under predictions/: the models' names joined by "+", or the
    name of an imported set; None means the one in use.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def key(self) -> str:
        """Return the predictions in use: the models in use, else the imported set chosen last."""
        return self._workspace.store.fact("predictions_key") or "+".join(
            Models(self._workspace).in_use()
        )

    def sets(self) -> list[str]:
        """Return the names of all predictions in the project."""
        folder = self._workspace.predictions_folder
        found = (path.name for path in folder.iterdir() if path.is_dir()) if folder.exists() else ()
        return sorted(name for name in found if not name.startswith("."))

    def use_set(self, key: str) -> None:
        """Review against an imported set (or a former model's predictions).

        Raises
        ------
        UnknownPredictions : there are none of that name.
        """
        if key not in self.sets():
            raise UnknownPredictions(f"The project has no predictions {key}.")
        with self._workspace.store.transaction():
            self._workspace.store.set_fact("predictions_key", key)
            self._workspace.audit.append("predictions used", self._workspace.author, key=key)

    def folder(self, case: str, key: str | None = None) -> Path:
        """Return where a case's prediction lies or will lie."""
        rooms = self._workspace.predictions_folder / (self.key() if key is None else key)
        return require_inside(self._workspace.folder, rooms / case)

    def stamp(self, case: str, key: str) -> int:
        """Return when a case's prediction was made, in ns of its file; 0 where there is none."""
        return _stamp(self.folder(case, key)) if key else 0

    def stamps(self, key: str) -> dict[str, int]:
        """Return `stamp` of every case that has a prediction. The folders are listed, not asked
        for by id: that takes a third of the time, and nothing outside can be named."""
        if not key:
            return {}
        room = require_inside(self._workspace.folder, self._workspace.predictions_folder / key)
        with suppress(OSError), os.scandir(room) as found:
            return {entry.name: _stamp(entry.path) for entry in found}
        return {}

    def scores(self, case: str, key: str | None = None) -> Scores | None:
        """Return what a prediction was made with, None where there is no prediction."""
        if not (self.key() if key is None else key):
            return None
        return read_scores(self.folder(case, key))

    def heldout(self, case: str, key: str | None = None) -> NDArray[np.uint8] | None:
        """Return the mask (z, y, x) by the folds that did not see the case, None without one."""
        return self._mask(case, "heldout", key)

    def ensemble(self, case: str, key: str | None = None) -> NDArray[np.uint8] | None:
        """Return the mask (z, y, x) by all folds, None where there is no prediction."""
        return self._mask(case, "ensemble", key)

    def fitted(self, case: str, mask_hash: str, key: str | None = None) -> NDArray[np.uint8] | None:
        """Return the mask (z, y, x) by the softmax average of the folds that were trained on
        the case with the very mask of hash `mask_hash`, None where none was."""
        scores = self.scores(case, key)
        if scores is None or scores.fitted_mask_hash != mask_hash:
            return None
        return self._mask(case, "fitted", key)

    def entropy(self, case: str, key: str | None = None) -> NDArray[np.uint8] | None:
        """Return the entropy map (z, y, x), 255 = log(number of structures), None without one."""
        path = self._file(case, "entropy", key)
        if path is None:
            return None
        bits = read_bits(path, self._workspace.geometry(case))
        return bits.astype(np.uint8)

    def fold_masks(self, case: str, key: str | None = None) -> list[FoldMasks]:
        """Return the masks of all folds, one packed array per model, empty without any."""
        scores = self.scores(case, key)
        if scores is None:
            return []
        found = []
        for model in scores.models:
            path = self._file(case, f"folds-{model}", key)
            if path is not None:
                bits = read_bits(path, self._workspace.geometry(case))
                uses = tuple(use for use in scores.folds if use.model == model)
                found.append(FoldMasks(model, bits, uses))
        return found

    def fold_mask(
        self, case: str, model: str, fold: int, key: str | None = None
    ) -> NDArray[np.uint8] | None:
        """Return the mask (z, y, x) of one fold, None where it took no part."""
        for masks in self.fold_masks(case, key):
            if masks.model == model and fold in masks.folds:
                return masks.mask(fold)
        return None

    def votes(self, case: str, structure: int, key: str | None = None) -> NDArray[np.uint8] | None:
        """Return how many folds say `structure` in each voxel (z, y, x), None without folds.

        Kidney (1) counts all foreground, as Kidney Dice does; others count exactly.
        """
        return votes_of(self.fold_masks(case, key), structure)

    def import_folder(
        self, folder: Path, name: str, saw: Saw, progress: ImportProgress | None = None
    ) -> dict[str, str]:
        """Bring in masks made elsewhere as the predictions `name` and review against them.

        Parameters
        ----------
        folder : masks as CASE.nii.gz, prediction_XXXXX.nii.gz, or CASE/segmentation.nii.gz.
        saw : a person's word on whether the maker saw these cases: "none" makes the masks
            held-out predictions; "unknown" and "all" count as seen.
        progress : called with (done, total, case).

        Returns
        -------
        case -> problem for the cases that could not be imported; the others are in.

        Raises
        ------
        NothingImported : no mask belongs to a case of the project.
        """
        problems = import_predictions(self._workspace, folder, name, saw, progress)
        self.use_set(name)
        return problems

    def _mask(self, case: str, file: PredictionFile, key: str | None) -> NDArray[np.uint8] | None:
        path = self._file(case, file, key)
        if path is None:
            return None
        mask = read_mask(path, like=self._workspace.geometry(case))
        return cast("NDArray[np.uint8]", mask.array)

    def _file(self, case: str, name: str, key: str | None) -> Path | None:
        if not (self.key() if key is None else key):
            return None
        path = self.folder(case, key) / f"{name}.nii.gz"
        return path if path.is_file() else None


def _stamp(folder: Path | str) -> int:
    with suppress(OSError):
        return os.stat(os.path.join(folder, SCORES)).st_mtime_ns  # noqa: PTH116, PTH118 - in bulk
    return 0
