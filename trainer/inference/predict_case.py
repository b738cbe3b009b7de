"""One case through all folds of the models in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from trainer.contract.scores import MembersKind, Scores
from trainer.evaluation.dice import SCORED, structure_voxels
from trainer.imaging.hashing import volume_hash
from trainer.imaging.volume import Volume
from trainer.inference.case_prediction import CasePrediction, Seconds
from trainer.inference.fold_average import FoldAverage
from trainer.inference.forward_passes import ForwardPasses, Job, Tick
from trainer.inference.loaded_model import LoadedModel
from trainer.inference.member_bits import add_member, members_agreement
from trainer.inference.members import Member, members_of
from trainer.inference.network_grid import grids_of
from trainer.inference.restore import GridMap, restore_entropy, restore_mask
from trainer.inference.sliding_window import FLIPS, NO_FLIP


@dataclass(frozen=True)
class PredictionSettings:
    """`mirror` averages eight flipped passes per fold; `half` is fp16 autocast on a GPU.
    `detailed` also makes the members, the held-out mask and the entropy that a project
    keeps; without it only the ensemble's mask is made."""

    mirror: bool = False
    half: bool = False
    detailed: bool = True


def predict_case(
    case: str,
    volume: Volume,
    models: Sequence[LoadedModel],
    settings: PredictionSettings,
    tick: Tick = lambda phase, done, total: None,
    seconds: Seconds | None = None,
) -> CasePrediction:
    """Predict a CT with every loaded fold and return what a project keeps of it.

    Parameters
    ----------
    case : its id, for scores.json.
    volume : the CT in HU.
    models : the models in use; their folds are averaged, then the models.
    tick : called between tiles; raising `Cancelled` from it ends the prediction.
    seconds : the phases' times are added to it.

    Raises
    ------
    ModelsDisagree : the models cannot predict together.
    """
    run = _CaseRun(volume, models, settings, tick, seconds or Seconds())
    run.run_members()
    return run.prediction(case)


class _CaseRun:
    """What is collected while the members run, one after the other."""

    def __init__(
        self,
        volume: Volume,
        models: Sequence[LoadedModel],
        settings: PredictionSettings,
        tick: Tick,
        seconds: Seconds,
    ) -> None:
        self.volume = volume
        self.settings = settings
        self.models = {model.manifest.name: model for model in models}
        self.image_hash = volume_hash(volume)
        self.members = members_of(models, self.image_hash)
        self.held = [member for member in self.members if not member.saw]
        self.alone = self.held[0] if settings.detailed and len(self.held) == 1 else None
        tick("resample", 0, 0)
        with seconds.timed("resample"):
            self.grids = grids_of(volume, models)
        self.grid = next(iter(self.grids.values()))
        self.passes = ForwardPasses(self.grids, tick, seconds, half=settings.half)
        self.everyone, self.unseen = FoldAverage(), FoldAverage()
        self.folds: dict[str, NDArray[np.uint16]] = {}
        self.mirrors: dict[str, NDArray[np.uint16]] = {}
        self.seconds = seconds

    def run_members(self) -> None:
        """Run every pass of every member and keep their sums and masks."""
        jobs = [Job(member, self._flips(member)) for member in self.members]
        self.passes.expect(jobs)
        for job in jobs:
            self._run_member(job)

    def _flips(self, member: Member) -> tuple[tuple[int, ...], ...]:
        return FLIPS if self.settings.mirror or member is self.alone else (NO_FLIP,)

    def _run_member(self, job: Job) -> None:
        name = job.member.model.manifest.name
        plain: Tensor | None = None
        total: Tensor | None = None
        for number, flip in enumerate(job.flips):
            values = self.passes.run(job.member, flip)
            if job.member is self.alone:
                self._collect(self.mirrors, name, values, number)
            plain = values if plain is None else plain
            total = values.clone() if total is None else total.add_(values)
        if plain is None or total is None:
            return
        mean = total / len(job.flips)
        shown = mean if self.settings.mirror else plain
        self.everyone.add(name, shown)
        if not job.member.saw:
            self.unseen.add(name, mean)
        if self.settings.detailed:
            self._collect(self.folds, name, shown, job.member.fold)

    def _collect(
        self, into: dict[str, NDArray[np.uint16]], name: str, values: Tensor, slot: int
    ) -> None:
        with self.seconds.timed("restore"):
            mask = self._restored([self.grids[name].class_map(values)])
            if name not in into:
                into[name] = np.zeros(mask.shape, np.uint16)
            add_member(into[name], mask, slot)

    def _restored(self, maps: list[GridMap]) -> NDArray[Any]:
        return self.grid.to_source(restore_mask(maps))

    def prediction(self, case: str) -> CasePrediction:
        """Return the masks, the entropy and the scores of what has been collected."""
        self.passes.announce("restore")
        heldout = None
        entropy = np.zeros(self.volume.shape, np.uint8)
        with self.seconds.timed("restore"):
            ensemble = self._restored(self.everyone.maps(self.models, self.grids))
            if self.settings.detailed:
                soft = self.everyone.maps(self.models, self.grids, softmax=True)
                entropy = self.grid.to_source(restore_entropy(soft))
                heldout = self._heldout(ensemble)
        best = ensemble if heldout is None else heldout
        return CasePrediction(
            ensemble, heldout, self.folds, self.mirrors, entropy, self._scores(case, best)
        )

    def _heldout(self, ensemble: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
        if not self.held:
            return None
        if len(self.held) == len(self.members) and self.alone is None:
            return ensemble
        return self._restored(self.unseen.maps(self.models, self.grids))

    def _scores(self, case: str, best: NDArray[np.uint8]) -> Scores:
        members: MembersKind | None = None
        if self.held:
            members = "folds" if len(self.held) > 1 else "mirrors"
        return Scores(
            case=case,
            image_hash=self.image_hash,
            models=tuple(self.models),
            made=datetime.now(UTC).isoformat(timespec="seconds"),
            mirrored=self.settings.mirror,
            folds=tuple(member.use() for member in self.members),
            heldout_folds=tuple(member.use() for member in self.held),
            members=members if self.settings.detailed else None,
            agreement=self._agreement(),
            volumes_ml={
                name: float(np.count_nonzero(structure_voxels(best, name))) * self.volume.voxel_ml
                for name in SCORED
            },
            seconds=self.seconds.rounded(),
            device=str(self.members[0].model.device),
        )

    def _agreement(self) -> dict[str, float] | None:
        if not self.settings.detailed or not self.held:
            return None
        if self.alone is not None:
            return members_agreement([(bits, list(range(8))) for bits in self.mirrors.values()])
        slots: dict[str, list[int]] = {}
        for member in self.held:
            slots.setdefault(member.model.manifest.name, []).append(member.fold)
        return members_agreement([(self.folds[name], folds) for name, folds in slots.items()])
