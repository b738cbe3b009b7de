"""Many cases: while one computes, the next is read and the last one written."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from trainer.contract.errors import Cancelled, KitsDeskError
from trainer.contract.scores import FoldUse, PredictionMode, read_scores
from trainer.imaging.hashing import volume_hash
from trainer.imaging.mask_file import write_mask
from trainer.imaging.reader import read_image
from trainer.imaging.volume import Volume
from trainer.inference.case_notes import note_case
from trainer.inference.case_pipeline import CasePipeline
from trainer.inference.case_prediction import CasePrediction, Seconds
from trainer.inference.case_run import CaseRun
from trainer.inference.finished_cases import FinishedCases
from trainer.inference.loaded_model import LoadedModel
from trainer.inference.members import Member, members_of
from trainer.inference.prediction_group import PredictionGroup, PredictionSettings
from trainer.inference.prediction_problem import in_words
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
    """Seconds by phase of each predicted case, what was up to date, what failed, what kinds of
    runtime ran, and of each case the mode, what it skipped and what memory ran out for."""

    predicted: dict[str, dict[str, float]] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    problems: dict[str, dict[str, str]] = field(default_factory=dict)
    runtimes: list[dict[str, Any]] = field(default_factory=list)
    made: dict[str, dict[str, Any]] = field(default_factory=dict)


Observer = Callable[[BatchProgress], None]
# Writes (the second) into a folder (the first), at once or as soon as there is room.
Patience = Callable[[Path, Callable[[], None]], None]


def at_once(target: Path, attempt: Callable[[], None]) -> None:
    """Write now, or raise."""
    attempt()


@dataclass(frozen=True)
class CaseBatch:
    """Predicts cases into `out`: OUT/CASE.nii.gz (flat), OUT/prediction_XXXXX.nii.gz (as
    the KiTS19 challenge wants them), or OUT/CASE/… with all files of a project. Masks that
    `finished` holds are not made again."""

    models: Sequence[LoadedModel]
    out: Path
    layout: Layout = "flat"
    mirror: bool = False
    mode: PredictionMode = "exact"
    patiently: Patience = at_once
    finished: FinishedCases | None = None

    def run(self, cases: Mapping[str, Path], observe: Observer) -> BatchOutcome:
        """Predict all `cases` (id → image). A case that fails is noted and the rest goes on;
        what a project, or an earlier attempt, has already for the same image and folds is kept.

        Raises
        ------
        Cancelled : `observe` raised it; the cases written so far stay.
        NotAChallengeCase : before anything is predicted.
        """
        work = [
            _Case(case, index, image, self.target(case))
            for index, (case, image) in enumerate(cases.items())
        ]
        if self.layout == "project":
            remove_leftovers(self.out)
        return _BatchWork(self, work, observe).run()

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

    def write(
        self, target: Path, prediction: CasePrediction, volume: Volume, seconds: Seconds
    ) -> None:
        """Write a case's prediction in the batch's layout; raises WriteFailed."""
        if self.layout == "project":
            write_project_prediction(target, prediction, volume.geometry, seconds.rounded())
        else:
            write_mask(target, prediction.ensemble, volume.geometry)
            if self.finished is not None:
                image_hash = prediction.scores.image_hash
                self.finished.add(target, image_hash, self.models, self.settings)

    def is_there(self, target: Path, volume: Volume) -> bool:
        """Return whether `target` holds the prediction of this image by these folds."""
        if self.layout == "project":
            return self._in_project(target, volume)
        if self.finished is None:
            return False
        return self.finished.holds(target, volume_hash(volume), self.models, self.settings)

    def _in_project(self, folder: Path, volume: Volume) -> bool:
        found = read_scores(folder)
        if found is None or found.mirrored != self.mirror:
            return False
        if self.mode == "exact" and found.mode != "exact":
            return False
        image_hash = volume_hash(volume)
        group = PredictionGroup(members_of(self.models, image_hash), self.settings)
        return (
            found.image_hash == image_hash
            and found.folds == _uses(group.members)
            and found.fitted_folds == _uses(group.fitted)
            and found.heldout_mirrored == group.heldout_mirrored
        )

    @property
    def settings(self) -> PredictionSettings:
        """Return how every case is predicted."""
        return PredictionSettings(self.mirror, self.mode, detailed=self.layout == "project")


@dataclass(eq=False)
class _Case:
    """One case on its way."""

    case: str
    index: int
    image: Path
    target: Path
    seconds: Seconds = field(default_factory=Seconds)


class _BatchWork:
    """The three steps of a case, and what became of each.

    Progress is told case by case, in order, by the thread that computes alone; a cancel ends
    what is read ahead, and what is computed already is still written.
    """

    def __init__(self, batch: CaseBatch, cases: Sequence[_Case], observe: Observer) -> None:
        self._batch = batch
        self._cases = cases
        self._observe = observe
        self._left = deque(cases)
        self._teller = threading.get_ident()
        self._stopped = threading.Event()
        self._fates: dict[str, dict[str, float] | KitsDeskError | None] = {}
        self._made: dict[str, dict[str, Any]] = {}

    def run(self) -> BatchOutcome:
        """Predict all; raises Cancelled."""
        try:
            CasePipeline[_Case, CaseRun, CaseRun](self).run(self)
        finally:
            self._stopped.set()
        outcome = BatchOutcome(made=self._made)
        for case in self._cases:
            fate = self._fates[case.case]
            if fate is None:
                outcome.skipped.append(case.case)
            elif isinstance(fate, KitsDeskError):
                outcome.problems[case.case] = fate.as_dict()
            else:
                outcome.predicted[case.case] = fate
        return outcome

    def take(self, *, patient: bool) -> _Case | None:
        """Return the next case."""
        return self._left.popleft() if self._left else None

    def peek(self) -> _Case | None:
        """Return the case after that."""
        return self._left[0] if self._left else None

    def prepare(self, item: _Case) -> CaseRun | None:
        """Read and resample; None for a case whose prediction is there."""
        tick = self._tick(item)
        tick("read", 0, 0)
        with item.seconds.timed("read"):
            volume = read_image(item.image)
        batch = self._batch
        if batch.is_there(item.target, volume):
            self._fates[item.case] = None
            return None
        return CaseRun(item.case, volume, batch.models, batch.settings, tick, item.seconds)

    def compute(self, item: _Case, prepared: CaseRun) -> CaseRun:
        """Run the networks."""
        self._tell(item, "predict", 0)
        prepared.compute()
        return prepared

    def finish(self, item: _Case, made: CaseRun) -> None:
        """Restore and write."""
        prediction = made.prediction()
        with item.seconds.timed("write"):
            self._batch.patiently(
                item.target.parent,
                lambda: self._batch.write(item.target, prediction, made.volume, item.seconds),
            )
        self._fates[item.case] = item.seconds.rounded()
        note_case(made, item.seconds, alone=len(self._cases) == 1)
        scores = prediction.scores
        self._made[item.case] = scores.model_dump(include={"mode", "fast", "memory_steps"})

    def failed(self, item: _Case, error: Exception) -> None:
        """Note the failure; a cancel ends the batch."""
        if isinstance(error, Cancelled):
            self._stopped.set()
            raise error
        self._fates[item.case] = in_words(error)

    def waiting(self, item: _Case, step: str) -> None:
        """Say what is waited for; raises Cancelled."""
        self._tell(item, step, 1 if step == "write" else 0)

    def _tick(self, item: _Case) -> Callable[[str, float, float], None]:
        def tick(phase: str, done: float, total: float) -> None:
            if threading.get_ident() == self._teller:
                self._tell(item, phase, done / total if total else 0.0)
            elif self._stopped.is_set():
                raise Cancelled

        return tick

    def _tell(self, item: _Case, phase: str, fraction: float) -> None:
        self._observe(BatchProgress(item.case, item.index, len(self._cases), phase, fraction))


def _uses(members: list[Member]) -> tuple[FoldUse, ...]:
    return tuple(member.use() for member in members)
