"""Millilitres per kidney side, and how much of mask and disagreement each slice holds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kitsdesk.review.body_sides import midline
from kitsdesk.review.rows import VolumeRow
from trainer.contract.structures import STRUCTURE_NAMES, Structure

Profiles = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


def side_millilitres(
    mask: NDArray[Any], middle: float, voxel_ml: float
) -> dict[int, tuple[float, float]]:
    """Return structure -> (right, left) ml of exactly that structure; `middle` is an x index."""
    cut = int(middle) + 1
    halves = [np.bincount(half.ravel(), minlength=4) for half in (mask[..., :cut], mask[..., cut:])]
    return {
        int(structure): (
            float(halves[0][structure]) * voxel_ml,
            float(halves[1][structure]) * voxel_ml,
        )
        for structure in (Structure.KIDNEY, Structure.TUMOR, Structure.CYST)
    }


def volume_rows(
    working: NDArray[Any] | None,
    prediction: NDArray[Any] | None,
    image: NDArray[Any] | None,
    spacing: tuple[float, float, float],
) -> tuple[VolumeRow, ...]:
    """Return the table of the Review panel; a cyst row only where either mask has one.

    Masks and CT are (z, y, x) of one grid, spacing (z, y, x) in mm; None where there is none.
    """
    shown = prediction if prediction is not None and prediction.any() else working
    if shown is None:
        return ()
    middle = midline(shown > 0, image, spacing)
    voxel_ml = float(np.prod(spacing)) / 1000.0
    nothing: dict[int, tuple[float, float]] = {}
    left = nothing if working is None else side_millilitres(working, middle, voxel_ml)
    right = nothing if prediction is None else side_millilitres(prediction, middle, voxel_ml)
    rows = []
    for structure in (Structure.KIDNEY, Structure.TUMOR, Structure.CYST):
        reference, predicted = left.get(int(structure)), right.get(int(structure))
        if structure == Structure.CYST and not any(sum(v) for v in (reference, predicted) if v):
            continue
        rows.append(
            VolumeRow(
                structure=int(structure),
                label=STRUCTURE_NAMES[int(structure)].capitalize(),
                right_reference=reference[0] if reference else None,
                right_prediction=predicted[0] if predicted else None,
                left_reference=reference[1] if reference else None,
                left_prediction=predicted[1] if predicted else None,
            )
        )
    return tuple(rows)


def slice_profiles(where: NDArray[np.bool_]) -> Profiles:
    """Return how many True voxels each slice holds along z, y and x."""
    along_z = np.count_nonzero(where, axis=(1, 2))
    flat = np.count_nonzero(where, axis=0)
    return (
        np.asarray(along_z, np.int64),
        np.asarray(flat.sum(axis=1), np.int64),
        np.asarray(flat.sum(axis=0), np.int64),
    )
