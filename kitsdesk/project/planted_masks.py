"""Wrong masks made for display alone: realistic faults in a copy of a right mask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.imaging.hashing import volume_hash
from trainer.imaging.volume import Volume
from trainer.phantoms.abdomen import Phantom
from trainer.phantoms.mask_faults import FaultKind, make_fault

# The kinds that need no organ but the kidneys: nothing else is labelled in a real case.
PLANTABLE: tuple[FaultKind, ...] = ("missed tumor", "tumor as kidney", "slice shift", "holes")
Mask = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class PlantedMask:
    """A faulty copy (z, y, x) of a mask; the same mask, kind and seed give it again."""

    kind: FaultKind
    seed: int
    mask: Mask
    voxels_hash: str


def plant_in(truth: Volume, kind: FaultKind, seed: int) -> PlantedMask | None:
    """Return a faulty copy of `truth`, None where that kind of fault cannot be made of it."""
    rng = np.random.default_rng(seed)
    # What is drawn from the mask alone never looks at the image.
    nothing = np.zeros((1, 1, 1), np.int16)
    scene = Phantom(nothing, truth.array.copy(), truth.spacing, "corticomedullary", 0.0)
    fault = make_fault(scene, kind, "any", rng)
    if fault is None:
        return None
    mask = np.ascontiguousarray(fault.mask, np.uint8)
    return PlantedMask(kind, seed, mask, volume_hash(truth.with_array(mask)))


def plant_any(truth: Volume, seed: int) -> PlantedMask | None:
    """Return a faulty copy of some kind, chosen by `seed`; None where none can be made."""
    order = np.random.default_rng(seed).permutation(len(PLANTABLE))
    for place in order:
        planted = plant_in(truth, PLANTABLE[int(place)], seed)
        if planted is not None:
            return planted
    return None
