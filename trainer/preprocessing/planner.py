"""From a fingerprint to grid, patch, strides and features, as the 2019 planner did."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from trainer.contract.network_config import Stride
from trainer.preprocessing.fingerprint import Fingerprint

Spacing = tuple[float, float, float]
Patch = tuple[int, int, int]

# The paper: an 80x160x160 patch, batch 2, on a 12 GB card.
PAPER_PATCH_VOXELS = 80 * 160 * 160
PAPER_MEMORY_GB = 12.0
# A patch must show at least a quarter of the median case (nnU-Net, July 2019).
_CASE_PER_PATCH = 4
_COARSEN = 1.01
_ISOTROPY = 2.0
_SMALLEST_EDGE = 4
_MAXIMUM_FEATURES = 320


def patch_voxels(memory_gb: float) -> int:
    """Return how many voxels a patch may have on a card of this memory."""
    return int(PAPER_PATCH_VOXELS * memory_gb / PAPER_MEMORY_GB)


def plan_spacing(fingerprint: Fingerprint, voxels: int) -> Spacing:
    """Return the spacing in mm at which a patch shows a quarter of the median case.

    The median spacing is coarsened in steps of 1 %, the finer axes alone until none is
    more than twice as fine as the coarsest; for KiTS19 that ends at 3.22x1.62x1.62 mm.
    """
    spacing = list(fingerprint.median_spacing)
    edges = [
        size * step
        for size, step in zip(fingerprint.median_shape, fingerprint.median_spacing, strict=True)
    ]
    while prod(edge / step for edge, step in zip(edges, spacing, strict=True)) > (
        _CASE_PER_PATCH * voxels
    ):
        fine = [max(spacing) / step > _ISOTROPY for step in spacing]
        chosen = fine if any(fine) else [True] * 3
        spacing = [s * _COARSEN if c else s for s, c in zip(spacing, chosen, strict=True)]
    z, y, x = (round(step, 4) for step in spacing)
    return (z, y, x)


def plan_patch(spacing: Spacing, shape: Sequence[int], voxels: int) -> Patch:
    """Return a patch of about `voxels` voxels, as near to a cube in mm as the case allows.

    Parameters
    ----------
    shape : the median case at this spacing; no axis is much longer than it.

    Each axis is a multiple of what its halvings need.
    """
    sizes: list[float] = [0.0, 0.0, 0.0]
    free = [0, 1, 2]
    while free:
        taken = prod(sizes[axis] for axis in range(3) if axis not in free)
        cell = prod(spacing[axis] for axis in free)
        edge = (voxels / taken * cell) ** (1 / len(free))
        full = [axis for axis in free if edge / spacing[axis] > shape[axis]]
        for axis in full or free:
            sizes[axis] = float(shape[axis]) if full else edge / spacing[axis]
        free = [axis for axis in free if axis not in full] if full else []
    z, y, x = (_divisible(size) for size in sizes)
    return (z, y, x)


def _divisible(size: float) -> int:
    step = 2 ** halvings(round(size))
    return int(max(_SMALLEST_EDGE, round(size / step) * step))


def halvings(size: int) -> int:
    """Return how often an axis is halved while at least 4 voxels remain."""
    count = 0
    while size // 2 >= _SMALLEST_EDGE:
        size, count = size // 2, count + 1
    return count


def plan_strides(patch: Patch) -> tuple[Stride, ...]:
    """Return the stride of each level, finest first; axes with fewer halvings begin later.

    80x160x160 gives the paper's (1,1,1) (1,2,2) (2,2,2) x4.
    """
    counts = [halvings(size) for size in patch]
    levels = max(counts)
    strides: list[Stride] = [(1, 1, 1)]
    for level in range(levels):
        z, y, x = (2 if level >= levels - count else 1 for count in counts)
        strides.append((z, y, x))
    return tuple(strides)


def plan_features(base: int, levels: int) -> tuple[int, ...]:
    """Return the features of each level: doubled from `base`, at most 320."""
    return tuple(min(base * 2**level, _MAXIMUM_FEATURES) for level in range(levels))
