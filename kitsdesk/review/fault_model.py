"""How likely is a fault in each mask: learnt from what this reader decided and found.

docs/calibration.md says in plain words what is assumed and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_expit

# A case with suspicion 0.3 holds a fault about once in twenty, before anything was reviewed;
# the chance grows fast with suspicion, and a little with misfit. Chosen on phantoms 1 to 5 of
# the two suspicion experiments (docs/calibration.md); wide: some twenty decisions move it.
CENTRE = 0.3
PRIOR_MEAN = (-3.0, 2.5, 0.3)
PRIOR_SD = (1.5, 1.2, 0.4)
# Of ten wrong masks that a reader sees, eight are found: worth ten planted faults.
SKILL_PRIOR = (8.0, 2.0)
_EDGE = 0.02
_DRAWS = 4000
_KEPT_DRAWS = 1000
_TAILS = 5
Draws = NDArray[np.float64]


@dataclass(frozen=True)
class Evidence:
    """One case: its scores when it was judged (None where not known), and the verdict.

    `found` is True where the reader called the mask wrong (corrected, replaced, excluded),
    False where it was kept, None where nobody decided yet.
    """

    case: str
    suspicion: float | None
    misfit: float | None = None
    found: bool | None = None

    @property
    def scored(self) -> bool:
        """Return whether anything is known of the mask."""
        return self.suspicion is not None or self.misfit is not None


@dataclass(frozen=True)
class Planted:
    """How many faults were planted for this reader and judged, and how many were found."""

    found: int = 0
    judged: int = 0


NOTHING_PLANTED = Planted()


@dataclass(frozen=True, eq=False)
class FaultModel:
    """Draws from what is believed after the decisions: `weights` (draws, 3) of the logistic
    curve, `skill` (draws,), the share of wrong masks that the reader finds."""

    weights: Draws
    skill: Draws

    def chances(self, cases: Sequence[Evidence]) -> Draws:
        """Return (draws, cases): the chance that each mask is wrong, before a verdict; one
        of which nothing is known has the mean of the others."""
        chances: Draws = expit(self.weights @ features(cases).T)
        scored = np.array([case.scored for case in cases], bool)
        if scored.any():
            chances[:, ~scored] = chances[:, scored].mean(axis=1, keepdims=True)
        return chances

    def after_verdict(self, cases: Sequence[Evidence]) -> Draws:
        """Return (draws, cases): the chance that each mask is wrong, its verdict known.

        A kept mask may still be wrong: the reader finds a share only. 1 where it was found.
        """
        before, skill = self.chances(cases), self.skill[:, None]
        verdicts = np.array([_code(case.found) for case in cases])
        missed = before * (1 - skill) / (1 - before * skill)
        return np.where(verdicts == 1, 1.0, np.where(verdicts == 0, missed, before))


def features(cases: Sequence[Evidence]) -> Draws:
    """Return (cases, 3): 1, log odds of the suspicion, log odds of the misfit.

    Both log odds are about the value 0.3. Where a suspicion is not known the misfit stands
    in for it, as it does in the order of the list; a misfit not known counts as neutral.
    """
    rows = [
        (1.0, *((0.0, 0.0) if not case.scored else _odds(case.suspicion, case.misfit)))
        for case in cases
    ]
    return np.array(rows, np.float64).reshape(-1, 3)


def fit(cases: Sequence[Evidence], planted: Planted = NOTHING_PLANTED, seed: int = 0) -> FaultModel:
    """Return the model after the decided ones of `cases` and the faults planted.

    The posterior mode by Newton's method, then draws from a wide normal about it, weighted
    by the exact posterior and drawn again: the same for the same `seed`.
    """
    decided = [case for case in cases if case.found is not None and case.scored]
    x = features(decided)
    verdicts = np.array([bool(case.found) for case in decided], bool)
    belief = _Belief(x, verdicts, planted)
    start = np.array([*PRIOR_MEAN, np.log(SKILL_PRIOR[0] / SKILL_PRIOR[1])])
    # scipy's stubs know no plain function of one array.
    find_mode: Any = minimize
    best = find_mode(lambda at: -float(belief.log(at[None, :])[0]), start, method="BFGS")
    rng = np.random.default_rng(seed)
    spread = np.linalg.cholesky(_covariance(best.hess_inv, len(start)))
    normal = rng.standard_normal((_DRAWS, len(start)))
    scale = np.sqrt(_TAILS / rng.chisquare(_TAILS, _DRAWS))[:, None]
    drawn = best.x + (normal * scale) @ spread.T
    proposal = -0.5 * (_TAILS + len(start)) * np.log1p((normal * scale) ** 2 @ np.ones(4) / _TAILS)
    weights = belief.log(drawn) - proposal
    weights = np.exp(weights - weights.max())
    kept = drawn[rng.choice(_DRAWS, _KEPT_DRAWS, p=weights / weights.sum())]
    return FaultModel(kept[:, :3], expit(kept[:, 3]))


@dataclass(frozen=True, eq=False)
class _Belief:
    """Prior and likelihood of (weights, log odds of the skill)."""

    x: Draws
    verdicts: NDArray[np.bool_]
    planted: Planted

    def log(self, at: Draws) -> Draws:
        """Return the log density (draws,) at `at` (draws, 4), −inf where suspicion or misfit
        would speak for a mask."""
        weights, skill = at[:, :3], at[:, 3]
        prior = -0.5 * (((weights - PRIOR_MEAN) / PRIOR_SD) ** 2).sum(axis=1)
        hits = SKILL_PRIOR[0] + self.planted.found
        misses = SKILL_PRIOR[1] + self.planted.judged - self.planted.found
        prior = prior + hits * log_expit(skill) + misses * log_expit(-skill)
        # A smooth wall: without it the mode could lie where its derivative does not exist.
        prior = prior + log_expit(40 * weights[:, 1]) + log_expit(40 * weights[:, 2])
        found = log_expit(weights @ self.x.T) + log_expit(skill)[:, None]
        kept = np.log1p(-np.exp(np.minimum(found, -1e-12)))
        told: Draws = prior + np.where(self.verdicts, found, kept).sum(axis=1)
        return told


def _covariance(guess: Any, size: int) -> Draws:
    found = np.asarray(guess, np.float64).reshape(size, size)
    found = (found + found.T) / 2
    values, vectors = np.linalg.eigh(found)
    widest = np.array([*PRIOR_SD, 1.0]).max() ** 2
    spread: Draws = (vectors * np.clip(values, 1e-3, widest)) @ vectors.T
    return spread


def _odds(suspicion: float | None, misfit: float | None) -> tuple[float, float]:
    main = suspicion if suspicion is not None else misfit
    beside = misfit if suspicion is not None else None
    return _log_odds(main), _log_odds(beside)


def _log_odds(value: float | None) -> float:
    if value is None:
        return 0.0

    def odds(share: float) -> float:
        return float(np.log((share + _EDGE) / (1 - share + _EDGE)))

    return odds(float(np.clip(value, 0.0, 1.0))) - odds(CENTRE)


def _code(found: bool | None) -> int:
    return -1 if found is None else int(found)
