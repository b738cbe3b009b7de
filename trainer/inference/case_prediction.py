"""All that the models in use say about one case, on the source's voxels."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trainer.contract.scores import Scores


@dataclass(frozen=True, eq=False)
class CasePrediction:
    """Arrays are (z, y, x) = (S, P, L) on the source's grid.

    ensemble : uint8, by all folds.
    heldout : uint8, only by folds that did not see the case; None where all saw it. With
        one such fold it is the mean of that fold's eight mirrored passes, its members.
    fitted : uint8, only by folds that were trained on the case with the mask of hash
        `scores.fitted_mask_hash`; None where none is known to.
    folds : model → uint16, fold k's structure in bits 2k and 2k+1.
    mirrors : model → uint16, the same for the eight passes of the one held-out fold.
    entropy : uint8, of the mean softmax of all folds, 255 = log(number of structures).
    """

    ensemble: NDArray[np.uint8]
    heldout: NDArray[np.uint8] | None
    fitted: NDArray[np.uint8] | None
    folds: dict[str, NDArray[np.uint16]]
    mirrors: dict[str, NDArray[np.uint16]]
    entropy: NDArray[np.uint8]
    scores: Scores

    @property
    def best(self) -> NDArray[np.uint8]:
        """Return the held-out mask, the ensemble's where there is none."""
        return self.ensemble if self.heldout is None else self.heldout


@dataclass
class Seconds:
    """How long each phase took; phases that come again add up."""

    by_phase: dict[str, float] = field(default_factory=dict)

    def add(self, phase: str, seconds: float) -> None:
        """Add to a phase."""
        self.by_phase[phase] = self.by_phase.get(phase, 0.0) + seconds

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        """Add the time of the block to `phase`."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.add(phase, time.perf_counter() - begun)

    def rounded(self) -> dict[str, float]:
        """Return the seconds to the millisecond, with their total."""
        rounded = {phase: round(seconds, 3) for phase, seconds in self.by_phase.items()}
        return rounded | {"total": round(sum(self.by_phase.values()), 3)}
