"""What is kept of a case's passes until all members have run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from trainer.inference.fold_average import FoldAverage
from trainer.inference.members import Member
from trainer.inference.prediction_group import PredictionGroup


class CaseSums:
    """Means over folds, and the packed masks of single members, of the grids' crop.

    `everyone` is over all folds, `unseen` over those that did not see the case, `learnt`
    over those that were trained on one mask of it, by its hash. A sum that is the same as
    `everyone`'s is not kept twice.
    """

    def __init__(self, groups: Sequence[PredictionGroup]) -> None:
        self.everyone, self._unseen = FoldAverage(), FoldAverage()
        self.learnt: dict[str | None, FoldAverage] = {}
        # Where every group's held-out passes are its ensemble's, one sum serves both.
        self._one_sum = all(group.heldout_is_ensemble for group in groups)
        for group in groups:
            if group.fitted:
                self.learnt[group.fitted_mask_hash] = FoldAverage()
        self.folds: dict[str, NDArray[np.uint16]] = {}
        self.mirrors: dict[str, NDArray[np.uint16]] = {}

    @property
    def unseen(self) -> FoldAverage:
        """Return the mean over folds that did not see the case."""
        return self.everyone if self._one_sum else self._unseen

    def add(self, member: Member, shown: Tensor, mean: Tensor) -> None:
        """Add a member: `shown` to everyone's sum, `mean` of its passes to the unseen's."""
        name = member.model.manifest.name
        self.everyone.add(name, shown)
        if not member.saw:
            if not self._one_sum:
                self._unseen.add(name, mean)
        elif member.trained_mask_hash in self.learnt:
            self.learnt[member.trained_mask_hash].add(name, shown)
