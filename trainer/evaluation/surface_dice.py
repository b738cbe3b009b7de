"""Surface Dice as KiTS23 measures it: how much of two surfaces lies within a tolerance."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from trainer.contract.structures import Structure
from trainer.evaluation.dice import EmptyPolicy
from trainer.evaluation.surface_elements import bounding_box, surface_pieces

# KiTS23's evaluation constants in mm: the 95th percentile of the distance between two
# annotators' surfaces, averaged over cases, for each of its nested classes.
TOLERANCES_MM: dict[str, float] = {
    "kidney_and_mass": 1.0330772532390826,
    "mass": 1.1328796488598762,
    "tumor": 1.1498198361434828,
}


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
    some = bool(first.any()), bool(second.any())
    if not any(some):
        return 1.0 if empty == "one" else math.nan
    if not all(some):
        return 0.0
    box = bounding_box(first | second)
    places, areas = surface_pieces(first[box], spacing)
    other_places, other_areas = surface_pieces(second[box], spacing)
    near = areas[_within(places, other_places, tolerance_mm)].sum()
    near += other_areas[_within(other_places, places, tolerance_mm)].sum()
    return float(near / (areas.sum() + other_areas.sum()))


def _within(
    places: NDArray[np.float64], others: NDArray[np.float64], tolerance_mm: float
) -> NDArray[np.bool_]:
    """Return which `places` (n, 3) have one of `others` within the tolerance.

    Only neighbours up to the tolerance are looked for: no distance map of the whole box.
    """
    reach = tolerance_mm * (1 + 1e-9)
    distances, _ = cKDTree(others).query(places, distance_upper_bound=np.nextafter(reach, np.inf))
    return np.asarray(distances <= reach)
