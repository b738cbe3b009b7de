"""One case through the members of one or more predictions, in three steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from trainer.contract.scores import FastFacts
from trainer.contract.tiling import number_of_tiles, whole
from trainer.imaging.hashing import volume_hash
from trainer.imaging.volume import Volume
from trainer.inference.case_forecast import forecast_case, make_it_fit
from trainer.inference.case_prediction import CasePrediction, Seconds
from trainer.inference.case_result import CaseResult
from trainer.inference.case_sums import CaseSums
from trainer.inference.forward_passes import ForwardPasses, Job, Tick
from trainer.inference.loaded_model import LoadedModel
from trainer.inference.member_bits import add_member
from trainer.inference.members import Member, members_of
from trainer.inference.memory_ladder import MemoryLadder
from trainer.inference.network_grid import Region, grids_of
from trainer.inference.peak_memory import memory_now_gb
from trainer.inference.prediction_group import PredictionGroup, PredictionSettings, wish_of
from trainer.inference.restore import restore_mask
from trainer.inference.scout import parts_of, scout
from trainer.inference.speed_notes import PassNotes


class CaseRun:
    """Prepares a case when made, computes its passes, then makes the prediction.

    Sums are kept by model, so that a model alone and together with others has them once;
    those of folds that learnt the case also by the mask they learnt. The members run one
    after the other: only sums and packed masks stay of each.

    Parameters
    ----------
    case : its id, for scores.json.
    volume : the CT in HU.
    models : the models in use; their folds are averaged, then the models.
    tick : called between tiles; raising `Cancelled` from it ends the prediction.
    seconds : the phases' times are added to it.
    separately : also make the prediction of each model alone.
    found : taken for what fast mode's scout finds, for measurements.

    Raises
    ------
    ModelsDisagree : the models cannot predict together.
    """

    def __init__(
        self,
        case: str,
        volume: Volume,
        models: Sequence[LoadedModel],
        settings: PredictionSettings,
        tick: Tick = lambda phase, done, total: None,
        seconds: Seconds | None = None,
        *,
        separately: bool = False,
        found: Region | None = None,
    ) -> None:
        self.case, self.volume, self.settings = case, volume, settings
        self.seconds = Seconds() if seconds is None else seconds
        self._tick = tick
        self._found = found
        self.image_hash = volume_hash(volume)
        self.members = members_of(models, self.image_hash)
        self.groups = _groups(self.members, models, settings, separately=separately)
        tick("resample", 0, 0)
        with self.seconds.timed("resample"):
            self.grids = grids_of(volume, models)
        self.sums = CaseSums(self.groups)
        self.fast: FastFacts | None = None
        self.ladder = MemoryLadder()
        self.notes = PassNotes()

    def compute(self) -> None:
        """Run every pass of every member and keep their sums and masks."""
        self._note_base()
        models = list(self.groups[-1].models.values())
        expected = forecast_case(self.volume, models, wish_of(self.settings, self.image_hash))
        if expected is not None:
            make_it_fit(self.ladder, expected, models[0])
        narrowed = self.settings.mode == "fast" and self._narrow()
        passes = ForwardPasses(
            self.grids,
            self._tick,
            self.seconds,
            half=narrowed,
            ladder=self.ladder,
            notes=self.notes,
        )
        jobs = [Job(member, self._group_of(member).flips(member)) for member in self.members]
        passes.expect(jobs)
        for job in jobs:
            self._run_member(passes, job)
        passes.announce("restore")

    def prediction(self) -> CasePrediction:
        """Return the prediction of all models together, of what was computed."""
        return self._of(self.groups[-1])

    def predictions(self) -> dict[str, CasePrediction]:
        """Return every prediction by its models' names, joined by "+"."""
        return {"+".join(group.models): self._of(group) for group in self.groups}

    def _of(self, group: PredictionGroup) -> CasePrediction:
        return CaseResult(self, group).prediction()

    def _group_of(self, member: Member) -> PredictionGroup:
        return next(group for group in self.groups if member in group.members)

    def _note_base(self) -> None:
        """Note what the process takes without a network and without this case."""
        if any(member.model.is_open(member.fold) for member in self.members):
            return
        images = {id(grid): grid.image.nbytes for grid in self.grids.values()}
        held = self.volume.array.nbytes + sum(images.values())
        self.notes.base_gb = memory_now_gb() - held / 1e9

    def _narrow(self) -> bool:
        """Let a scout find where to look and keep the grids' parts there; False where it
        finds nothing, so that everything is computed."""
        scouting = scout(
            self.volume,
            self.members,
            self.grids,
            self._tick,
            self.seconds,
            ladder=self.ladder,
            notes=self.notes,
        )
        region = scouting.region if self._found is None else self._found
        exact = self._tiles()
        parts = None if region is None else parts_of(self.grids, self.members, region)
        if parts is not None:
            self.grids = parts
        self.fast = FastFacts(
            scout=scouting.member,
            region=region if parts is not None else None,
            tiles=scouting.tiles + self._tiles(),
            exact_tiles=exact,
        )
        return parts is not None

    def _tiles(self) -> int:
        """Return the tiles of all passes over the grids as they are now."""
        count = 0
        for member in self.members:
            manifest = member.model.manifest
            shape = self.grids[manifest.name].shape
            tiles = number_of_tiles(shape, manifest.plan.patch, whole(shape))
            count += tiles * len(self._group_of(member).flips(member))
        return count

    def _run_member(self, passes: ForwardPasses, job: Job) -> None:
        name = job.member.model.manifest.name
        alone = any(job.member is group.alone for group in self.groups)
        plain: Tensor | None = None
        total: Tensor | None = None
        for number, flip in enumerate(job.flips):
            values = passes.run(job.member, flip)
            if alone:
                self._collect(self.sums.mirrors, name, values, number)
            plain = values if plain is None else plain
            if len(job.flips) > 1:
                total = values.clone() if total is None else total.add_(values)
        if plain is None:
            return
        mean = plain if total is None else total.div_(len(job.flips))
        shown = mean if self.settings.mirror else plain
        self.sums.add(job.member, shown, mean)
        if self.settings.detailed:
            self._collect(self.sums.folds, name, shown, job.member.fold)

    def _collect(
        self, into: dict[str, NDArray[np.uint16]], name: str, values: Tensor, slot: int
    ) -> None:
        with self.seconds.timed("restore"):
            mask: NDArray[Any] = restore_mask([self.grids[name].class_map(values)])
            if name not in into:
                into[name] = np.zeros(mask.shape, np.uint16)
            add_member(into[name], mask, slot)


def _groups(
    members: list[Member],
    models: Sequence[LoadedModel],
    settings: PredictionSettings,
    *,
    separately: bool,
) -> list[PredictionGroup]:
    parts: list[list[Member]] = []
    if separately and len(models) > 1:
        parts = [[member for member in members if member.model is model] for model in models]
    return [PredictionGroup(part, settings) for part in [*parts, members]]
