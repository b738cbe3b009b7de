"""From a fingerprint to grid, patch and strides, by the rules of nnU-Net's planner of 2019.

The winner planned with nnU-Net as it was then (method_facts A1). Its coarse stage sees a
quarter of the median case in one patch; patch and strides are the largest that its
estimate of a 12 GB card's memory allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from trainer.contract.errors import KitsDeskError
from trainer.contract.network_config import CUBE, Stride
from trainer.contract.training_plan import Fingerprint

Spacing = tuple[float, float, float]
Patch = tuple[int, int, int]

# nnU-Net's reference: a patch of 64x192x160, batch 2, and 520 million elements in the
# feature maps of a plain network of 30 features, on a 12 GB card.
MEMORY_GB = 12.0
_PATCH_VOXELS = 64 * 192 * 160
_ELEMENTS = 520_000_000
_BATCH = 2
_BASE_FEATURES = 30
_INPUTS_AND_STRUCTURES = 1 + 3
_CASE_PER_PATCH = 4
_COARSEN = 1.01
# Axes are treated alike while none is more than twice as fine as the coarsest.
_ISOTROPY = 2.0
# A coarse grid is used only where the median case then has 1.5 times fewer voxels.
_WORTH_IT = 1.5
_LARGEST_EDGE = 512
_SMALLEST_EDGE = 4
_DATA_PER_BATCH = 0.05
_MAXIMUM_FEATURES = 320


class ImpossiblePlan(KitsDeskError):
    """No network fits these cases, this patch or this memory."""


@dataclass(frozen=True)
class PlannedGrid:
    """Spacing in mm, the median case there, patch, strides and kernels, all (z, y, x);
    kernels are None where all are 3x3x3. A coarsened spacing has four decimals."""

    spacing: Spacing
    coarsened: bool
    median_shape: Patch
    patch: Patch
    strides: tuple[Stride, ...]
    kernels: tuple[Stride, ...] | None
    batch: int


def plan_grid(
    fingerprint: Fingerprint,
    memory_gb: float = MEMORY_GB,
    spacing: Spacing | None = None,
    patch: Patch | None = None,
) -> PlannedGrid:
    """Return the plan for the cases of `fingerprint`.

    Parameters
    ----------
    memory_gb : of the GPU; patch and grid grow with it.
    spacing, patch : instead of the planned ones; mm and voxels, (z, y, x).

    Raises
    ------
    ImpossiblePlan : the cases, the patch or the memory are too small for a U-Net, or the
        patch cannot be halved as often as it should be.
    """
    chosen = spacing or plan_spacing(fingerprint, memory_gb)
    shape = _median_case(fingerprint, chosen)
    if patch is None:
        patch, counts = plan_patch(chosen, shape, memory_gb)
    else:
        counts = _given_halvings(patch)
    if max(counts) < 1:
        raise ImpossiblePlan(
            f"A patch of {'x'.join(map(str, patch))} voxels is too small for a U-Net.",
            advice="Choose a finer spacing or a larger patch.",
        )
    strides = plan_strides(counts)
    coarsened = spacing is None and chosen != fingerprint.median_spacing
    z, y, x = (round(step, 4) if coarsened else step for step in chosen)
    return PlannedGrid(
        spacing=(z, y, x),
        coarsened=coarsened,
        median_shape=shape,
        patch=patch,
        strides=strides,
        kernels=plan_kernels(chosen, strides),
        batch=_plan_batch(patch, strides, memory_gb, fingerprint.cases * prod(shape)),
    )


def plan_spacing(fingerprint: Fingerprint, memory_gb: float = MEMORY_GB) -> Spacing:
    """Return the spacing in mm at which a patch shows a quarter of the median case.

    The median spacing is coarsened in steps of 1 %, the finer axes alone until none is
    more than twice as fine as the coarsest; for KiTS19 that ends at 3.2164x1.6153x1.6153.
    Where that saves little, the median spacing itself is returned.
    """
    median, shape = fingerprint.median_spacing, fingerprint.median_shape
    spacing = list(median)
    allowed = _CASE_PER_PATCH * _PATCH_VOXELS * memory_gb / MEMORY_GB
    edges = [size * step for size, step in zip(shape, median, strict=True)]
    while prod(edge / step for edge, step in zip(edges, spacing, strict=True)) > allowed:
        fine = [max(spacing) / step > _ISOTROPY for step in spacing]
        chosen = fine if any(fine) else [True] * 3
        spacing = [s * _COARSEN if c else s for s, c in zip(spacing, chosen, strict=True)]
    full, coarse = (prod(_median_case(fingerprint, grid)) for grid in (median, spacing))
    if _WORTH_IT * coarse >= full:
        return median
    return (spacing[0], spacing[1], spacing[2])


def _median_case(fingerprint: Fingerprint, spacing: Sequence[float]) -> Patch:
    """Return the voxels of the median case at `spacing` mm, at least one along each axis."""
    z, y, x = (
        max(1, round(size * old / new))
        for size, old, new in zip(
            fingerprint.median_shape, fingerprint.median_spacing, spacing, strict=True
        )
    )
    return (z, y, x)


def plan_patch(spacing: Spacing, shape: Patch, memory_gb: float) -> tuple[Patch, Patch]:
    """Return the largest patch that fits the memory, and how often each axis is halved.

    It begins as 512 voxels of the coarsest axis in each direction, cut to the median case
    `shape`; then the axis that covers most of the case is shortened, again and again.
    """
    sizes = [
        min(round(_LARGEST_EDGE * max(spacing) / step), max(size, _SMALLEST_EDGE))
        for step, size in zip(spacing, shape, strict=True)
    ]
    allowed = _ELEMENTS * memory_gb / MEMORY_GB
    while True:
        counts = [halvings(size) for size in sizes]
        sizes = [-(-size // 2**count) * 2**count for size, count in zip(sizes, counts, strict=True)]
        a, b, c = counts
        if feature_elements(sizes, plan_strides((a, b, c))) <= allowed:
            return (sizes[0], sizes[1], sizes[2]), (a, b, c)
        axis = max(range(3), key=lambda each: (sizes[each] / shape[each], each))
        step = 2 ** counts[axis]
        if sizes[axis] // step <= _SMALLEST_EDGE:
            step //= 2
        if step < 1 or sizes[axis] - step < _SMALLEST_EDGE:
            raise ImpossiblePlan(
                f"{memory_gb:g} GB are too little for any patch.", advice="Name more memory."
            )
        sizes[axis] -= step


def halvings(size: int) -> int:
    """Return how often an axis is halved while at least 4 voxels remain."""
    return max(0, (size // _SMALLEST_EDGE).bit_length() - 1)


def _given_halvings(patch: Patch) -> Patch:
    """Return the halvings of a patch somebody chose."""
    a, b, c = (halvings(size) for size in patch)
    for size, count in zip(patch, (a, b, c), strict=True):
        step = 2**count
        if size % step:
            lower = size // step * step
            raise ImpossiblePlan(
                f"{size} voxels cannot be halved {count} times.",
                advice=f"Choose {lower} or {lower + step}.",
            )
    return (a, b, c)


def plan_strides(counts: Patch) -> tuple[Stride, ...]:
    """Return the stride of each level, finest first; axes with fewer halvings begin later.

    (4, 5, 5) gives the paper's (1,1,1) (1,2,2) (2,2,2) x4.
    """
    levels = max(counts)
    strides: list[Stride] = [(1, 1, 1)]
    for level in range(levels):
        z, y, x = (2 if level >= levels - count else 1 for count in counts)
        strides.append((z, y, x))
    return tuple(strides)


def plan_kernels(spacing: Spacing, strides: tuple[Stride, ...]) -> tuple[Stride, ...] | None:
    """Return the kernel of each level, None where all are 3x3x3.

    While an axis is more than twice as fine as the coarsest, only such axes are convolved;
    the lowest resolution always has 3x3x3.
    """
    coarsest, step, kernels = max(spacing), list(spacing), []
    for stride in strides[1:]:
        fine = [coarsest / each >= _ISOTROPY for each in step]
        z, y, x = (3 if not any(fine) or each else 1 for each in fine)
        kernels.append((z, y, x))
        step = [each * by for each, by in zip(step, stride, strict=True)]
    kernels.append(CUBE)
    return None if set(kernels) == {CUBE} else tuple(kernels)


def feature_elements(patch: Sequence[int], strides: tuple[Stride, ...]) -> float:
    """Return nnU-Net's estimate of the elements in all feature maps for one patch."""
    voxels, features = float(prod(patch)), _BASE_FEATURES
    elements = voxels * (5 * _BASE_FEATURES + _INPUTS_AND_STRUCTURES)
    for level, stride in enumerate(strides[1:], start=1):
        voxels /= prod(stride)
        features = min(2 * features, _MAXIMUM_FEATURES)
        elements += (2 if level == len(strides) - 1 else 5) * voxels * features
    return elements


def plan_features(base: int, levels: int) -> tuple[int, ...]:
    """Return the features of each level: doubled from `base`, at most 320."""
    return tuple(min(base * 2**level, _MAXIMUM_FEATURES) for level in range(levels))


def plan_blocks(blocks: tuple[int, ...], levels: int) -> tuple[int, ...]:
    """Return the preset's blocks for this many levels; deeper ones repeat the last."""
    return (*blocks[:levels], *[blocks[-1]] * (levels - len(blocks)))


def _plan_batch(patch: Patch, strides: tuple[Stride, ...], memory_gb: float, data: int) -> int:
    """Return the samples that fit the memory and are at most 5 % of the data's voxels; at
    least 2."""
    fitting = _ELEMENTS * memory_gb / MEMORY_GB / feature_elements(patch, strides)
    most = max(_BATCH, round(_DATA_PER_BATCH * data / prod(patch)))
    return min(int(_BATCH * max(1.0, fitting)), most)
