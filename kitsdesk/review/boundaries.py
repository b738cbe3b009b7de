"""Thin differences along an outline, told from parts that somebody should look at one by one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.ndimage import minimum_filter

from kitsdesk.review.disagreement import SMALLEST_ML, Disagreement
from kitsdesk.review.foreground_box import Box, slices_of

THIN_MM = 2.0
AT_MOST = 60
Spacing = tuple[float, float, float]


def listed(
    found: Sequence[Disagreement], spacing: Spacing, crumbs: Sequence[Disagreement] = ()
) -> list[Disagreement]:
    """Return the disagreements as a person goes through them: the largest first, at most 60,
    then all boundary differences as one last entry, where there are any.

    Parameters
    ----------
    found : as `find_disagreements` returns them. spacing : of the volume, (z, y, x) mm.
    crumbs : of `crumbs_beside`, which join the last entry; 0.1 ml in all are too little for
        an entry of their own.
    """
    thin = [is_boundary(part, spacing) for part in found]
    real = [part for part, shell in zip(found, thin, strict=True) if not shell]
    shells = [part for part, shell in zip(found, thin, strict=True) if shell]
    if shells or sum(part.ml for part in crumbs) >= SMALLEST_ML:
        shells += crumbs
    return real[:AT_MOST] + ([gathered(shells)] if shells else [])


def is_boundary(part: Disagreement, spacing: Spacing) -> bool:
    """Return whether a part is nowhere thicker than one voxel or 2 mm, whichever is more.

    That is, an opening by a block just above that size leaves nothing of it: two readers who
    draw the same outline differ by as much.
    """
    block = tuple(max(2, math.floor(THIN_MM / step) + 1) for step in spacing)
    if any(length < size for length, size in zip(part.crop.shape, block, strict=True)):
        return True
    return not minimum_filter(part.crop.astype(np.uint8), size=block, mode="constant").any()


def gathered(shells: Sequence[Disagreement]) -> Disagreement:
    """Return boundary differences as one entry at the place of the largest, `parts` in it.

    Its crop is all of them, so that taking or keeping applies to all at once.

    Raises
    ------
    ValueError : there are none.
    """
    if not shells:
        raise ValueError("no boundary differences to gather")
    largest = max(shells, key=lambda part: part.ml)
    box = _around([part.box for part in shells])
    crop = np.zeros([high - low for low, high in zip(box[::2], box[1::2], strict=True)], np.bool_)
    for part in shells:
        z0, z1, y0, y1, x0, x1 = part.box
        place = (z0 - box[0], z1 - box[0], y0 - box[2], y1 - box[2], x0 - box[4], x1 - box[4])
        crop[slices_of(place)] |= part.crop
    whole = sum(part.ml for part in shells)
    return replace(
        largest,
        ml=whole,
        box=box,
        crop=crop,
        mean_hu=sum(part.mean_hu * part.ml for part in shells) / whole,
        folds_agree=None,
        folds=None,
        held_out=None,
        parts=tuple(shells),
        crumbs=0,
    )


def _around(boxes: Sequence[Box]) -> Box:
    z0, y0, x0 = (min(box[axis] for box in boxes) for axis in (0, 2, 4))
    z1, y1, x1 = (max(box[axis] for box in boxes) for axis in (1, 3, 5))
    return (z0, z1, y0, y1, x0, x1)
