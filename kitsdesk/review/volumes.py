"""Millilitres per structure and kidney side, and how masks lie along each axis."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kitsdesk.review.foreground_box import foreground_box, slices_of
from kitsdesk.review.kidney_sides import kidney_sides
from kitsdesk.review.rows import VolumeRow
from trainer.contract.structures import STRUCTURE_NAMES, Structure
from trainer.imaging.volume import Volume

Mask = NDArray[np.uint8]
Profiles = tuple[NDArray[np.int64], ...]
_COUNTED = (Structure.KIDNEY, Structure.TUMOR, Structure.CYST)


def volume_rows(
    reference: Mask | None, prediction: Mask | None, volume: Volume
) -> tuple[VolumeRow, ...]:
    """Return kidney and tumor, and cyst where either mask has any, in ml per kidney side.

    Every structure is counted alone: "Kidney" is without tumor and cyst. Masks are
    (z, y, x) on the grid of `volume`, None where there is none.
    """
    masks = [mask for mask in (reference, prediction) if mask is not None]
    if not masks:
        return ()
    midline = kidney_sides(volume, masks).midline
    before = _per_side(reference, midline, volume.voxel_ml)
    after = _per_side(prediction, midline, volume.voxel_ml)
    rows = []
    for structure in _COUNTED:
        (right, left), (new_right, new_left) = before[structure], after[structure]
        if structure == Structure.CYST and not any((right, left, new_right, new_left)):
            continue
        label = STRUCTURE_NAMES[structure].capitalize()
        rows.append(VolumeRow(int(structure), label, right, new_right, left, new_left))
    return tuple(rows)


def slice_profiles(reference: Mask, prediction: Mask | None) -> tuple[Profiles, Profiles]:
    """Return foreground and disagreement in voxels per slice, each per axis (z, y, x).

    Foreground is that of either mask. Masks are (z, y, x) of one shape; without a
    prediction nothing disagrees.
    """
    other = reference if prediction is None else prediction
    box = foreground_box([reference, other])
    empty = tuple(np.zeros(length, np.int64) for length in reference.shape)
    if box is None:
        return empty, empty
    first, second = reference[slices_of(box)], other[slices_of(box)]
    differ = (first > 0) != (second > 0)
    differ |= (first == Structure.TUMOR) != (second == Structure.TUMOR)
    foreground = (first > 0) | (second > 0)
    return (
        _along_axes(foreground, box[::2], reference.shape),
        _along_axes(differ, box[::2], reference.shape),
    )


def _along_axes(
    voxels: NDArray[np.bool_], starts: tuple[int, ...], shape: tuple[int, ...]
) -> Profiles:
    profiles = []
    for axis, (start, length) in enumerate(zip(starts, shape, strict=True)):
        others = tuple(other for other in range(3) if other != axis)
        profile = np.zeros(length, np.int64)
        counts = np.count_nonzero(voxels, axis=others)
        profile[start : start + len(counts)] = counts
        profiles.append(profile)
    return tuple(profiles)


def _per_side(
    mask: Mask | None, midline: float, voxel_ml: float
) -> dict[Structure, tuple[float | None, float | None]]:
    """Return structure → (right, left) in ml, None for a mask that is not there."""
    if mask is None:
        return dict.fromkeys(_COUNTED, (None, None))
    box = foreground_box([mask])
    if box is None:
        return dict.fromkeys(_COUNTED, (0.0, 0.0))
    inner: NDArray[Any] = mask[slices_of(box)]
    cut = int(np.clip(np.floor(midline) + 1 - box[4], 0, inner.shape[2]))
    right, left = (
        np.bincount(half.ravel(), minlength=len(Structure)) * voxel_ml
        for half in (inner[..., :cut], inner[..., cut:])
    )
    return {structure: (float(right[structure]), float(left[structure])) for structure in _COUNTED}
