"""From the sums of a case's passes to its prediction on the source's voxels."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trainer.contract.scores import Scores
from trainer.evaluation.dice import SCORED, structure_voxels
from trainer.inference.case_prediction import CasePrediction
from trainer.inference.fold_average import FoldAverage
from trainer.inference.member_bits import members_agreement
from trainer.inference.prediction_group import PredictionGroup
from trainer.inference.restore import restore_entropy, restore_mask

if TYPE_CHECKING:
    from trainer.inference.case_run import CaseRun


class CaseResult:
    """One group's masks, entropy and scores, made from a case's sums.

    Everything is restored inside the grids' crop and laid into the whole source at the end.
    """

    def __init__(self, run: CaseRun, group: PredictionGroup) -> None:
        self._run = run
        self._group = group
        self._sums = run.sums
        self._grid = next(iter(run.grids.values()))

    def prediction(self) -> CasePrediction:
        """Return all that the group says about the case."""
        run, group = self._run, self._group
        heldout = fitted = None
        with run.seconds.timed("restore"):
            ensemble = self._mask(self._sums.everyone)
            entropy = np.zeros(ensemble.shape, np.uint8)
            if run.settings.detailed:
                soft = self._sums.everyone.maps(group.models, run.grids, softmax=True)
                entropy = restore_entropy(soft)
                heldout = self._heldout(ensemble)
                fitted = self._fitted(ensemble)
            scores = self._scores(ensemble if heldout is None else heldout)
            whole = _Once(self._grid.to_source)
            return CasePrediction(
                ensemble=whole(ensemble),
                heldout=None if heldout is None else whole(heldout),
                fitted=None if fitted is None else whole(fitted),
                folds={name: whole(bits) for name, bits in self._folds().items()},
                mirrors={name: whole(bits) for name, bits in self._mirrors().items()},
                entropy=whole(entropy),
                scores=scores,
            )

    def _mask(self, mean: FoldAverage) -> NDArray[np.uint8]:
        return restore_mask(mean.maps(self._group.models, self._run.grids))

    def _heldout(self, ensemble: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
        if not self._group.held:
            return None
        return ensemble if self._group.heldout_is_ensemble else self._mask(self._sums.unseen)

    def _fitted(self, ensemble: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
        group = self._group
        if not group.fitted:
            return None
        if len(group.fitted) == len(group.members):
            return ensemble
        return self._mask(self._sums.learnt[group.fitted_mask_hash])

    def _folds(self) -> dict[str, NDArray[np.uint16]]:
        folds = self._sums.folds
        return {name: folds[name] for name in self._group.models if name in folds}

    def _mirrors(self) -> dict[str, NDArray[np.uint16]]:
        if self._group.alone is None:
            return {}
        name = self._group.alone.model.manifest.name
        return {name: self._sums.mirrors[name]}

    def _scores(self, best: NDArray[np.uint8]) -> Scores:
        run, group = self._run, self._group
        narrowed = run.fast is not None and run.fast.region is not None
        return Scores(
            case=run.case,
            image_hash=run.image_hash,
            models=tuple(group.models),
            made=datetime.now(UTC).isoformat(timespec="seconds"),
            mode="fast" if narrowed else "exact",
            fast=run.fast,
            memory_steps=tuple(run.ladder.taken),
            mirrored=run.settings.mirror,
            folds=tuple(member.use() for member in group.members),
            heldout_folds=tuple(member.use() for member in group.held),
            heldout_mirrored=group.heldout_mirrored,
            fitted_folds=tuple(member.use() for member in group.fitted),
            fitted_mask_hash=group.fitted_mask_hash,
            members=group.members_kind,
            agreement=self._agreement(),
            volumes_ml={
                name: float(np.count_nonzero(structure_voxels(best, name))) * run.volume.voxel_ml
                for name in SCORED
            },
            seconds=run.seconds.rounded(),
            device=str(group.members[0].model.device),
        )

    def _agreement(self) -> dict[str, float] | None:
        group, folds = self._group, self._sums.folds
        if group.members_kind is None:
            return None
        if group.alone is not None:
            passes = list(range(len(group.flips(group.alone))))
            return members_agreement([(stack, passes) for stack in self._mirrors().values()])
        slots: dict[str, list[int]] = {}
        for member in group.held:
            slots.setdefault(member.model.manifest.name, []).append(member.fold)
        return members_agreement([(folds[name], numbers) for name, numbers in slots.items()])


class _Once:
    """Gives one result for one array, so that masks that are the same stay the same."""

    def __init__(self, make: Any) -> None:
        self._make = make
        self._made: list[tuple[Any, Any]] = []

    def __call__(self, array: Any) -> Any:
        for known, result in self._made:
            if known is array:
                return result
        result = self._make(array)
        self._made.append((array, result))
        return result
