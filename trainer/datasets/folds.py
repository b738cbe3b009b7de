"""Five folds that never move a case: nnU-Net's KFold(5, shuffle, seed 12345)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from trainer.contract.errors import KitsDeskError

FOLDS = 5
SEED = 12345


class TooFewPatients(KitsDeskError):
    """Five folds need at least five patients."""

    @classmethod
    def found(cls, patients: int) -> TooFewPatients:
        """Return the error for a data set of `patients` patients."""
        return cls(
            f"Five folds need at least five patients, and there are {patients}.",
            advice="Add cases, or train on another data set.",
        )


def assign_folds(patients: Iterable[str]) -> dict[str, int]:
    """Return the fold (0-4) in which each patient is validated.

    Equal to scikit-learn's KFold(5, shuffle=True, random_state=12345) on the sorted ids,
    which is what nnU-Net does.

    Raises
    ------
    TooFewPatients : fewer than five.
    """
    names = sorted(set(patients))
    if len(names) < FOLDS:
        raise TooFewPatients.found(len(names))
    order = np.arange(len(names))
    np.random.RandomState(SEED).shuffle(order)
    blocks = np.array_split(order, FOLDS)
    return {names[index]: fold for fold, block in enumerate(blocks) for index in block}


def extend_folds(folds: Mapping[str, int], patients: Iterable[str]) -> dict[str, int]:
    """Return `folds` with every new patient, in sorted order, put into the smallest fold
    (the lowest number where folds tie); patients already there stay where they are."""
    extended = dict(folds)
    sizes = [list(extended.values()).count(fold) for fold in range(FOLDS)]
    for patient in sorted(set(patients) - set(extended)):
        smallest = sizes.index(min(sizes))
        extended[patient] = smallest
        sizes[smallest] += 1
    return extended
