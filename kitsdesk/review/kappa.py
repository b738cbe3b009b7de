"""How well two verdicts on the same cases agree beyond chance: Cohen's kappa."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kitsdesk.review.claims import number

_RESAMPLES = 2000
_LEVEL = (2.5, 97.5)


@dataclass(frozen=True)
class Agreement:
    """First verdicts (rows) against second (columns) over `words`.

    `kappa` is None where it is not defined: fewer than two cases, or both readings give one
    and the same verdict throughout. `low` and `high` bound its 95 % interval.
    """

    words: tuple[str, ...]
    table: tuple[tuple[int, ...], ...]
    kappa: float | None
    low: float | None
    high: float | None

    @property
    def cases(self) -> int:
        """Return the number of cases judged twice."""
        return sum(map(sum, self.table))

    @property
    def same(self) -> int:
        """Return how many were judged the same."""
        return sum(row[place] for place, row in enumerate(self.table))

    @property
    def sentence(self) -> str:
        """Return for example "17 of 20 judged the same, kappa 0.74 (0.45 to 0.95)"."""
        told = f"{self.same} of {self.cases} judged the same"
        if self.kappa is None:
            return told
        low, high = number(self.low or 0.0, 2), number(self.high or 0.0, 2)
        return f"{told}, kappa {number(self.kappa, 2)} ({low} to {high})"


def agreement(
    first: Sequence[str], second: Sequence[str], words: Sequence[str], seed: int = 0
) -> Agreement:
    """Return Cohen's kappa (1960) of paired verdicts, with a bootstrap interval over cases.

    The bootstrap is preferred to the large-sample formula, which is far too narrow for the
    ten to thirty cases of a second look. ValueError where the lengths differ.
    """
    place = {word: at for at, word in enumerate(words)}
    pairs = np.array(
        [(place[a], place[b]) for a, b in zip(first, second, strict=True)], int
    ).reshape(-1, 2)
    table = _table(pairs, len(words))
    kappa = _kappa(table)
    low = high = None
    if kappa is not None:
        rng = np.random.default_rng(seed)
        drawn = (pairs[rng.integers(len(pairs), size=len(pairs))] for _ in range(_RESAMPLES))
        # A resample with one verdict only agrees perfectly with itself.
        values = [_kappa(_table(sample, len(words))) for sample in drawn]
        low, high = np.percentile([1.0 if v is None else v for v in values], _LEVEL)
        low, high = float(low), float(high)
    rows = tuple(tuple(int(count) for count in row) for row in table)
    return Agreement(tuple(words), rows, kappa, low, high)


def _table(pairs: np.ndarray, size: int) -> np.ndarray:
    flat = np.bincount(pairs[:, 0] * size + pairs[:, 1], minlength=size * size)
    return flat.reshape(size, size)


def _kappa(table: np.ndarray) -> float | None:
    total = table.sum()
    if total < 2:
        return None
    seen = np.trace(table) / total
    chance = float(table.sum(axis=0) @ table.sum(axis=1)) / total**2
    return None if chance >= 1 else float((seen - chance) / (1 - chance))
