"""Gates: where a tool may write, and which gate held a voxel back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.contract.structures import STRUCTURE_NAMES

Voxels = NDArray[np.bool_]

LOCKED = "locked"
ONLY_OVER = "only over"
VOTES = "fold votes"
HU_RANGE = "HU range"


@dataclass(frozen=True)
class Gates:
    """What a person allows the tools to change; the default allows everything.

    Parameters
    ----------
    hu_range : paint only where low ≤ HU ≤ high.
    only_over : paint only over voxels of these structures (0 = background).
    locked : voxels of these structures never change; wins over `only_over`.
    votes_at_least : paint only where at least this many folds agree; it does not hold back
        erasing, since folds vote for a structure and not for its absence.
    """

    hu_range: tuple[float, float] | None = None
    only_over: frozenset[int] | None = None
    locked: frozenset[int] = frozenset()
    votes_at_least: int | None = None

    @property
    def open(self) -> bool:
        """Return whether no gate is set."""
        return self == Gates()

    def closed(
        self,
        mask: NDArray[np.uint8],
        image: NDArray[Any] | None,
        votes: NDArray[np.uint8] | None,
        *,
        erasing: bool = False,
    ) -> list[tuple[str, Voxels]]:
        """Return (name of the gate, where it is shut) for each gate, in their order of rank.

        Parameters
        ----------
        mask, image (HU), votes (number of folds) : crops of one shape, (z, y, x).
            A gate whose volume is missing shuts everywhere: it cannot say yes.
        """
        shut: list[tuple[str, Voxels]] = []
        if self.locked:
            shut.append((LOCKED, _is_one_of(mask, self.locked)))
        if self.only_over is not None:
            shut.append((ONLY_OVER, ~_is_one_of(mask, self.only_over)))
        if self.votes_at_least and not erasing:
            lacking = np.ones(mask.shape, bool) if votes is None else votes < self.votes_at_least
            shut.append((VOTES, lacking))
        if self.hu_range is not None:
            shut.append((HU_RANGE, _outside(image, self.hu_range, mask.shape)))
        return shut

    def allowed(
        self,
        wanted: Voxels,
        mask: NDArray[np.uint8],
        image: NDArray[Any] | None,
        votes: NDArray[np.uint8] | None = None,
        *,
        erasing: bool = False,
    ) -> tuple[Voxels, dict[str, int]]:
        """Return the voxels of `wanted` that may change, and how many each gate held back.

        A voxel that several gates hold back counts for the first in rank: locked, only over,
        fold votes, HU range.
        """
        held: dict[str, int] = {}
        for name, shut in self.closed(mask, image, votes, erasing=erasing):
            stopped = int(np.count_nonzero(wanted & shut))
            if stopped:
                held[name] = stopped
                wanted = wanted & ~shut
        return wanted, held

    def describe(self, name: str) -> str:
        """Return what the gate `name` says, for the status bar; "" for no gate."""
        if name == LOCKED:
            return f"{_names(self.locked)} locked".capitalize()
        if name == ONLY_OVER:
            return f"Only over {_names(self.only_over or frozenset())}"
        if name == VOTES:
            return f"Only where at least {self.votes_at_least} folds agree"
        if name == HU_RANGE and self.hu_range is not None:
            low, high = self.hu_range
            return f"Only from {low:.0f} to {high:.0f} HU".replace("-", "−")
        return ""


def most_held_back(held: dict[str, int]) -> str:
    """Return the gate that held back most voxels, "" where none did."""
    return max(held, key=lambda name: held[name]) if held else ""


def _is_one_of(mask: NDArray[np.uint8], structures: frozenset[int]) -> Voxels:
    found = np.zeros(mask.shape, bool)
    for structure in structures:
        found |= mask == structure
    return found


def _outside(
    image: NDArray[Any] | None, hu_range: tuple[float, float], shape: tuple[int, ...]
) -> Voxels:
    if image is None:
        return np.ones(shape, bool)
    low, high = hu_range
    outside: Voxels = ~((image >= low) & (image <= high))
    return outside


def _names(structures: frozenset[int]) -> str:
    names = [STRUCTURE_NAMES.get(s, f"structure {s}") for s in sorted(structures)]
    return " and ".join(names) if names else "nothing"
