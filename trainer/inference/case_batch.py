"""Many cases, one after the other, each written before the next one begins."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from trainer.contract.errors import Cancelled, KitsDeskError
from trainer.contract.scores import FoldUse, PredictionMode, read_scores
from trainer.imaging.hashing import volume_hash
from trainer.imaging.mask_file import write_mask
from trainer.imaging.reader import read_image
from trainer.imaging.volume import Volume
from trainer.inference.case_prediction import CasePrediction, Seconds
from trainer.inference.loaded_model import LoadedModel
from trainer.inference.members import Member, members_of
from trainer.inference.predict_case import predict_case
from trainer.inference.prediction_group import PredictionGroup, PredictionSettings
from trainer.inference.project_layout import remove_leftovers, write_project_prediction

Layout = Literal["flat", "kits19", "project"]
LAYOUTS: tuple[Layout, ...] = ("flat", "kits19", "project")
_KITS_CASE = re.compile(r"^case_(\d{5})$")


class NotAChallengeCase(KitsDeskError):
    """A case's id is not one of the KiTS challenge's, so its file has no name there."""


@dataclass(frozen=True)
class BatchProgress:
    """Case number `index` of `count` (from 0) is in `phase`, `fraction` (0–1) of it done."""

    case: str
    index: int
    count: int
    phase: str
    fraction: float


@dataclass
class BatchOutcome:
    """Seconds by phase of each predicted case, what was up to date, and what failed."""

    predicted: dict[str, dict[str, float]] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    problems: dict[str, dict[str, str]] = field(default_factory=dict)


Observer = Callable[[BatchProgress], None]


@dataclass(frozen=True)
class CaseBatch:
    """Predicts cases into `out`: OUT/CASE.nii.gz (flat), OUT/prediction_XXXXX.nii.gz (as
    the KiTS19 challenge wants them), or OUT/CASE/… with all files of a project."""

    models: Sequence[LoadedModel]
    out: Path
    layout: Layout = "flat"
    mirror: bool = False
    mode: PredictionMode = "exact"

    def run(self, cases: Mapping[str, Path], observe: Observer) -> BatchOutcome:
        """Predict all `cases` (id → image). A case that fails is noted and the rest goes on;
        in a project, what is there already for the same image and folds is kept.

        Raises
        ------
        Cancelled : `observe` raised it; the cases written so far stay.
        NotAChallengeCase : before anything is predicted.
        """
        targets = {case: self.target(case) for case in cases}
        if self.layout == "project":
            remove_leftovers(self.out)
        outcome = BatchOutcome()
        for index, (case, image) in enumerate(cases.items()):

            def tick(
                phase: str, done: float, total: float, case: str = case, index: int = index
            ) -> None:
                fraction = done / total if total else 0.0
                observe(BatchProgress(case, index, len(cases), phase, fraction))

            try:
                seconds = self._predict(case, image, targets[case], tick)
            except Cancelled:
                raise
            except KitsDeskError as error:
                outcome.problems[case] = error.as_dict()
                continue
            if seconds is None:
                outcome.skipped.append(case)
            else:
                outcome.predicted[case] = seconds
        return outcome

    def target(self, case: str) -> Path:
        """Return the file (or in a project the folder) that `case` is written to."""
        if self.layout == "project":
            return self.out / case
        if self.layout == "flat":
            return self.out / f"{case}.nii.gz"
        number = _KITS_CASE.match(case)
        if number is None:
            raise NotAChallengeCase(
                f"{case} is no case of the KiTS challenge.", advice="Use --layout flat."
            )
        return self.out / f"prediction_{number.group(1)}.nii.gz"

    def _predict(
        self, case: str, image: Path, target: Path, tick: Callable[[str, float, float], None]
    ) -> dict[str, float] | None:
        seconds = Seconds()
        tick("read", 0, 0)
        with seconds.timed("read"):
            volume = read_image(image)
        if self.layout == "project" and self._is_there(target, volume):
            return None
        prediction = predict_case(case, volume, self.models, self._settings, tick, seconds)
        tick("write", 1, 1)
        with seconds.timed("write"):
            self._write(target, prediction, volume, seconds)
        return seconds.rounded()

    def _write(
        self, target: Path, prediction: CasePrediction, volume: Volume, seconds: Seconds
    ) -> None:
        if self.layout == "project":
            write_project_prediction(target, prediction, volume.geometry, seconds.rounded())
        else:
            write_mask(target, prediction.ensemble, volume.geometry)

    def _is_there(self, folder: Path, volume: Volume) -> bool:
        """Return whether `folder` holds the prediction of this image by these folds."""
        found = read_scores(folder)
        if found is None or found.mirrored != self.mirror:
            return False
        if self.mode == "exact" and found.mode != "exact":
            return False
        image_hash = volume_hash(volume)
        group = PredictionGroup(members_of(self.models, image_hash), self._settings)
        return (
            found.image_hash == image_hash
            and found.folds == _uses(group.members)
            and found.fitted_folds == _uses(group.fitted)
            and found.heldout_mirrored == group.heldout_mirrored
        )

    @property
    def _settings(self) -> PredictionSettings:
        return PredictionSettings(self.mirror, self.mode, detailed=self.layout == "project")


def _uses(members: list[Member]) -> tuple[FoldUse, ...]:
    return tuple(member.use() for member in members)
