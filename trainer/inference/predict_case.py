"""One case through all folds of the models in use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from trainer.contract.scores import Scores
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
from trainer.inference.prediction_group import PredictionGroup, PredictionSettings
from trainer.inference.restore import GridMap, restore_entropy, restore_mask


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
    image_hash = volume_hash(volume)
    group = PredictionGroup(members_of(models, image_hash), settings)
    run = _CaseRun(volume, image_hash, models, [group], tick, seconds or Seconds())
    run.run_members(group.members)
    return run.prediction(case, group)


def predict_each_and_all(
    case: str,
    volume: Volume,
    models: Sequence[LoadedModel],
    settings: PredictionSettings,
    tick: Tick = lambda phase, done, total: None,
    seconds: Seconds | None = None,
) -> dict[str, CasePrediction]:
    """Predict a CT with each model alone and with all together, every pass run once.

    Parameters are those of `predict_case`; `settings.heldout` is "mirrored" or "plain",
    which mean the same for one model as for several.

    Returns
    -------
    The models' names joined by "+" → prediction; a model alone has its own name.

    Raises
    ------
    ModelsDisagree : the models cannot predict together.
    ValueError : `settings.heldout` is "as members".
    """
    if settings.heldout == "as members":
        raise ValueError("one model and several would run different passes")
    image_hash = volume_hash(volume)
    members = members_of(models, image_hash)
    parts = [[member for member in members if member.model is model] for model in models]
    if len(models) > 1:
        parts.append(members)
    groups = [PredictionGroup(part, settings) for part in parts]
    run = _CaseRun(volume, image_hash, models, groups, tick, seconds or Seconds())
    run.run_members(members)
    return {"+".join(group.models): run.prediction(case, group) for group in groups}


class _CaseRun:
    """Runs the members one after the other, for all groups at once, and keeps their masks.

    Sums are kept by model, so that a model alone and together with others has them once;
    those of folds that learnt the case also by the mask they learnt.
    """

    def __init__(
        self,
        volume: Volume,
        image_hash: str,
        models: Sequence[LoadedModel],
        groups: Sequence[PredictionGroup],
        tick: Tick,
        seconds: Seconds,
    ) -> None:
        self.volume = volume
        self.image_hash = image_hash
        self.groups = groups
        self.settings = groups[0].settings
        tick("resample", 0, 0)
        with seconds.timed("resample"):
            self.grids = grids_of(volume, models)
        self.grid = next(iter(self.grids.values()))
        self.passes = ForwardPasses(self.grids, tick, seconds, half=self.settings.half)
        self.everyone, self.unseen = FoldAverage(), FoldAverage()
        self.learnt: dict[str | None, FoldAverage] = {}
        for group in groups:
            if group.fitted:
                self.learnt[group.fitted_mask_hash] = FoldAverage()
        self.folds: dict[str, NDArray[np.uint16]] = {}
        self.mirrors: dict[str, NDArray[np.uint16]] = {}
        self.seconds = seconds

    def run_members(self, members: Sequence[Member]) -> None:
        """Run every pass of every member and keep their sums and masks."""
        jobs = [Job(member, self._group_of(member).flips(member)) for member in members]
        self.passes.expect(jobs)
        for job in jobs:
            self._run_member(job)

    def _group_of(self, member: Member) -> PredictionGroup:
        return next(group for group in self.groups if member in group.members)

    def _run_member(self, job: Job) -> None:
        name = job.member.model.manifest.name
        alone = any(job.member is group.alone for group in self.groups)
        plain: Tensor | None = None
        total: Tensor | None = None
        for number, flip in enumerate(job.flips):
            values = self.passes.run(job.member, flip)
            if alone:
                self._collect(self.mirrors, name, values, number)
            plain = values if plain is None else plain
            total = values.clone() if total is None else total.add_(values)
        if plain is None or total is None:
            return
        mean = total / len(job.flips)
        shown = mean if self.settings.mirror else plain
        self._add(job.member, shown, mean)
        if self.settings.detailed:
            self._collect(self.folds, name, shown, job.member.fold)

    def _add(self, member: Member, shown: Tensor, mean: Tensor) -> None:
        name = member.model.manifest.name
        self.everyone.add(name, shown)
        if not member.saw:
            self.unseen.add(name, mean)
        elif member.trained_mask_hash in self.learnt:
            self.learnt[member.trained_mask_hash].add(name, shown)

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

    def prediction(self, case: str, group: PredictionGroup) -> CasePrediction:
        """Return the masks, the entropy and the scores of what `group` has collected."""
        self.passes.announce("restore")
        heldout = fitted = None
        entropy = np.zeros(self.volume.shape, np.uint8)
        with self.seconds.timed("restore"):
            ensemble = self._mask(group, self.everyone)
            if self.settings.detailed:
                soft = self.everyone.maps(group.models, self.grids, softmax=True)
                entropy = self.grid.to_source(restore_entropy(soft))
                heldout = self._heldout(group, ensemble)
                fitted = self._fitted(group, ensemble)
        best = ensemble if heldout is None else heldout
        return CasePrediction(
            ensemble=ensemble,
            heldout=heldout,
            fitted=fitted,
            folds={name: self.folds[name] for name in group.models if name in self.folds},
            mirrors=self._mirrors(group),
            entropy=entropy,
            scores=self._scores(case, group, best),
        )

    def _mask(self, group: PredictionGroup, mean: FoldAverage) -> NDArray[np.uint8]:
        return self._restored(mean.maps(group.models, self.grids))

    def _heldout(
        self, group: PredictionGroup, ensemble: NDArray[np.uint8]
    ) -> NDArray[np.uint8] | None:
        if not group.held:
            return None
        return ensemble if group.heldout_is_ensemble else self._mask(group, self.unseen)

    def _fitted(
        self, group: PredictionGroup, ensemble: NDArray[np.uint8]
    ) -> NDArray[np.uint8] | None:
        if not group.fitted:
            return None
        if len(group.fitted) == len(group.members):
            return ensemble
        return self._mask(group, self.learnt[group.fitted_mask_hash])

    def _mirrors(self, group: PredictionGroup) -> dict[str, NDArray[np.uint16]]:
        if group.alone is None:
            return {}
        name = group.alone.model.manifest.name
        return {name: self.mirrors[name]}

    def _scores(self, case: str, group: PredictionGroup, best: NDArray[np.uint8]) -> Scores:
        return Scores(
            case=case,
            image_hash=self.image_hash,
            models=tuple(group.models),
            made=datetime.now(UTC).isoformat(timespec="seconds"),
            mirrored=self.settings.mirror,
            folds=tuple(member.use() for member in group.members),
            heldout_folds=tuple(member.use() for member in group.held),
            heldout_mirrored=group.heldout_mirrored,
            fitted_folds=tuple(member.use() for member in group.fitted),
            fitted_mask_hash=group.fitted_mask_hash,
            members=group.members_kind,
            agreement=self._agreement(group),
            volumes_ml={
                name: float(np.count_nonzero(structure_voxels(best, name))) * self.volume.voxel_ml
                for name in SCORED
            },
            seconds=self.seconds.rounded(),
            device=str(group.members[0].model.device),
        )

    def _agreement(self, group: PredictionGroup) -> dict[str, float] | None:
        if group.members_kind is None:
            return None
        if group.alone is not None:
            bits = self._mirrors(group)
            return members_agreement([(stack, list(range(8))) for stack in bits.values()])
        slots: dict[str, list[int]] = {}
        for member in group.held:
            slots.setdefault(member.model.manifest.name, []).append(member.fold)
        return members_agreement([(self.folds[name], folds) for name, folds in slots.items()])
