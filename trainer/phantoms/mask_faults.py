"""Mislabel a mask the ways real data are mislabeled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, label

from trainer.evaluation.dice import kits_dice
from trainer.phantoms.abdomen import Phantom

FaultKind = Literal[
    "missed tumor", "tumor as kidney", "spleen as kidney", "fluid as kidney", "slice shift", "holes"
]
Strength = Literal["any", "strong"]
FAULT_KINDS: tuple[FaultKind, ...] = (
    "missed tumor",
    "spleen as kidney",
    "slice shift",
    "tumor as kidney",
    "fluid as kidney",
    "holes",
)
STRONG_DICE = 0.5
Mask = NDArray[np.uint8]


@dataclass(frozen=True)
class MaskFault:
    """One mislabeled mask; the Dice values compare it with the truth."""

    kind: FaultKind
    mask: Mask
    kidney_dice: float
    tumor_dice: float

    @property
    def strong(self) -> bool:
        """Whether kidney or tumor Dice against the truth is 0.5 or less."""
        return min(self.kidney_dice, self.tumor_dice) <= STRONG_DICE


def make_fault(
    phantom: Phantom, kind: FaultKind, strength: Strength, rng: np.random.Generator
) -> MaskFault | None:
    """Return the phantom's mask with a fault of `kind`, or None where it cannot be made.

    A strong fault takes kidney or tumor Dice to 0.5 or less: the extent grows until it does.
    """
    make = _MAKERS[kind]
    fault = None
    for extent in (0.35, 0.6, 0.8, 1.0):
        wrong = make(phantom, extent, rng)
        if wrong is None or np.array_equal(wrong, phantom.mask):
            continue
        dice = kits_dice(phantom.mask, wrong)
        fault = MaskFault(kind, wrong, dice.kidney, dice.tumor)
        if strength == "any" or fault.strong:
            return fault
    return None


def _missed_tumor(phantom: Phantom, extent: float, rng: np.random.Generator) -> Mask | None:
    """The largest tumor left unlabelled; with a small extent only its outer lesion is."""
    wrong = phantom.mask.copy()
    for part in _tumors_by_size(phantom)[: 1 if extent < 0.8 else None]:
        wrong[part] = 0
    return wrong


def _tumor_as_kidney(phantom: Phantom, extent: float, rng: np.random.Generator) -> Mask | None:
    wrong = phantom.mask.copy()
    for part in _tumors_by_size(phantom)[: 1 if extent < 0.8 else None]:
        wrong[part] = 1
    return wrong


def _tumors_by_size(phantom: Phantom) -> list[NDArray[np.bool_]]:
    labels, count = label(phantom.mask == 2)
    parts = [labels == number for number in range(1, count + 1)]
    return sorted(parts, key=lambda part: -int(part.sum()))


def _spleen_as_kidney(phantom: Phantom, extent: float, rng: np.random.Generator) -> Mask | None:
    return _organ_as_kidney(phantom, phantom.regions["spleen"], extent, 1)


def _fluid_as_kidney(phantom: Phantom, extent: float, rng: np.random.Generator) -> Mask | None:
    return _organ_as_kidney(phantom, phantom.regions["fluid"], extent, int(rng.choice([-1, 1])))


def _organ_as_kidney(
    phantom: Phantom, organ: NDArray[np.bool_], extent: float, side: int
) -> Mask | None:
    """Label an organ as kidney; from extent 0.6 on it stands in for the kidney of that side."""
    organ = organ & (phantom.mask == 0)
    if not organ.any():
        return None
    wrong = phantom.mask.copy()
    if extent >= 0.6:
        x = np.arange(wrong.shape[2]) - np.nonzero(wrong)[2].mean()
        wrong[:, :, np.sign(x) == side] = 0
    if extent >= 1.0:
        wrong[...] = 0
    wrong[organ] = 1
    return wrong


def _slice_shift(phantom: Phantom, extent: float, rng: np.random.Generator) -> Mask | None:
    """The whole mask shifted along z by up to 60 mm, as when slices were renumbered."""
    slices = max(1, round(60.0 * extent / phantom.spacing[0]))
    wrong = np.zeros_like(phantom.mask)
    if slices >= len(wrong):
        return None
    if rng.uniform() < 0.5:
        wrong[slices:] = phantom.mask[:-slices]
    else:
        wrong[:-slices] = phantom.mask[slices:]
    return wrong


def _holes(phantom: Phantom, extent: float, rng: np.random.Generator) -> Mask | None:
    """The inside of kidneys and tumors left out, as a careless threshold leaves rims."""
    wrong = phantom.mask.copy()
    for structure in (1, 2):
        part = phantom.mask == structure
        depth = distance_transform_edt(part, sampling=phantom.spacing)
        edge = np.quantile(depth[part], 1 - 0.85 * extent) if part.any() else 0
        wrong[depth > edge] = 0
    return wrong


_MAKERS: dict[FaultKind, Callable[[Phantom, float, np.random.Generator], Mask | None]] = {
    "missed tumor": _missed_tumor,
    "tumor as kidney": _tumor_as_kidney,
    "spleen as kidney": _spleen_as_kidney,
    "fluid as kidney": _fluid_as_kidney,
    "slice shift": _slice_shift,
    "holes": _holes,
}
