"""Surface Dice as KiTS23 measures it: how much of two surfaces lies within a tolerance."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.contract.structures import Structure
from trainer.evaluation.dice import EmptyPolicy

# KiTS23's evaluation constants in mm: the 95th percentile of the distance between two
# annotators' surfaces, averaged over cases, for each of its nested classes.
TOLERANCES_MM: dict[str, float] = {
    "kidney_and_mass": 1.0330772532390826,
    "mass": 1.1328796488598762,
    "tumor": 1.1498198361434828,
}
_MARGIN = 2


def nested_class(mask: NDArray[Any], name: str) -> NDArray[np.bool_]:
    """Return where `mask` (any shape, structures) is of one of KiTS23's nested classes:
    "kidney_and_mass" (all foreground), "mass" (tumor or cyst) or "tumor"."""
    if name == "kidney_and_mass":
        return np.asarray(mask > 0)
    if name == "mass":
        return np.asarray(mask >= Structure.TUMOR)
    if name == "tumor":
        return np.asarray(mask == Structure.TUMOR)
    raise ValueError(f"{name} is not a class of KiTS23")


def kits_surface_dice(
    reference: NDArray[Any],
    prediction: NDArray[Any],
    spacing: tuple[float, float, float],
    empty: EmptyPolicy = "one",
) -> dict[str, float]:
    """Return the surface Dice of two masks for each of KiTS23's classes.

    Parameters
    ----------
    reference, prediction : structures (z, y, x) of one shape, on the source's grid.
    spacing : mm along (z, y, x).

    Raises
    ------
    ValueError : the shapes differ.
    """
    if reference.shape != prediction.shape:
        raise ValueError(f"masks of shapes {reference.shape} and {prediction.shape}")
    scores = {}
    for name, tolerance in TOLERANCES_MM.items():
        first, second = nested_class(reference, name), nested_class(prediction, name)
        scores[name] = surface_dice(first, second, spacing, tolerance, empty)
    return scores


def surface_dice(
    first: NDArray[np.bool_],
    second: NDArray[np.bool_],
    spacing: tuple[float, float, float],
    tolerance_mm: float,
    empty: EmptyPolicy = "one",
) -> float:
    """Return the share of both surfaces' area that lies within `tolerance_mm` of the other.

    Parameters
    ----------
    first, second : boolean (z, y, x) of one shape.
    spacing : mm along (z, y, x).
    empty : what two empty masks give, 1 (as KiTS23) or NaN; one empty mask gives 0.
    """
    from surface_distance import compute_surface_dice_at_tolerance, compute_surface_distances

    some = bool(first.any()), bool(second.any())
    if not any(some):
        return 1.0 if empty == "one" else math.nan
    if not all(some):
        return 0.0
    # Cropped first: distances are computed in every voxel of what is given.
    box = _box(first | second)
    with warnings.catch_warnings():
        # The library calls SciPy's functions by their old place.
        warnings.simplefilter("ignore", DeprecationWarning)
        distances = compute_surface_distances(first[box], second[box], spacing)
    return float(compute_surface_dice_at_tolerance(distances, tolerance_mm))


def _box(voxels: NDArray[np.bool_]) -> tuple[slice, ...]:
    """Return the box around all that is True, wider by a margin inside the array."""
    parts = []
    for axis in range(voxels.ndim):
        others = tuple(other for other in range(voxels.ndim) if other != axis)
        found = np.flatnonzero(voxels.any(axis=others))
        parts.append(slice(max(int(found[0]) - _MARGIN, 0), int(found[-1]) + 1 + _MARGIN))
    return tuple(parts)
