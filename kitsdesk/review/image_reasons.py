"""Reasons that the CT alone shows: slices that come twice, a second phase behind the first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kitsdesk.review.rows import Chip
from trainer.imaging.volume import Volume

SAME_HU = 1.0
"""Two slices of a scan differ by their noise, 5 HU and more per voxel; a copy does not."""
BODY_HU = -300.0
BODY_SHARE = 0.05
"""Slices with less body (air above the head, padding) may look alike."""
BLOCK = 16
LEAST_MM, LEAST_SLICES = 30.0, 8
"""A second phase is at least this long, and lies at least this far behind the first."""
LEAST_SHARE = 0.2
"""… and is a fifth of the stack: what resembles by chance is shorter."""
ALIKE = 0.6
"""Correlation of the same place in two phases after the mean slice is taken off; contrast
medium changes organs, not where they lie. Places 30 mm apart have below 0.3."""
BREAK = 0.5
"""Where the second phase begins, neighbouring slices are not alike; elsewhere they are."""
Planes = NDArray[np.float32]


@dataclass(frozen=True)
class ImageFacts:
    """What is wrong with a stack of slices; z counts from the most inferior, from 0.

    `repeated` are pairs of slices (z, z of its copy); `second_phase` is the (first, last)
    slice of the part that shows again what lies elsewhere, None where none does.
    """

    repeated: tuple[tuple[int, int], ...] = ()
    second_phase: tuple[int, int] | None = None


def image_facts(volume: Volume) -> ImageFacts:
    """Return which axial slices of a CT (z, y, x) in HU come twice."""
    planes = _planes(volume.array)
    body = np.array([np.mean(plane > BODY_HU) for plane in planes])
    filled = np.flatnonzero(body >= BODY_SHARE)
    if len(filled) < 2:
        return ImageFacts()
    coarse = _blocks(planes)
    copies = _copies(coarse, planes, filled, volume)
    return ImageFacts(copies, _second_phase(coarse, filled, volume.spacing[0]))


def image_chips(facts: ImageFacts) -> tuple[Chip, ...]:
    """Return the facts as chips, slices counted from 1 as the views do."""
    chips = []
    if facts.repeated:
        first, copy = facts.repeated[0]
        more = f" and {len(facts.repeated) - 1} more" if len(facts.repeated) > 1 else ""
        why = f"Slice {copy + 1} is a copy of slice {first + 1}{more}: the stack is not one scan"
        chips.append(Chip("repeated slices", "warning", why))
    if facts.second_phase is not None:
        low, high = (z + 1 for z in facts.second_phase)
        why = f"Slices {low} to {high} show again what other slices show: a second phase"
        chips.append(Chip("second phase", "warning", why))
    return tuple(chips)


def _planes(array: NDArray[Any]) -> Planes:
    """Return every slice at about 128 × 128, by leaving voxels out."""
    down, across = (max(1, length // 128) for length in array.shape[1:])
    return np.asarray(array[:, ::down, ::across], np.float32)


def _blocks(planes: Planes) -> Planes:
    """Return the slices as rows of block means, `BLOCK` × `BLOCK` of them, air as air."""
    rows, columns = (max(1, length // BLOCK) for length in planes.shape[1:])
    count = (planes.shape[1] // rows, planes.shape[2] // columns)
    cut = np.clip(planes[:, : count[0] * rows, : count[1] * columns], -300, 300)
    shaped = cut.reshape(len(planes), count[0], rows, count[1], columns)
    return np.asarray(shaped.mean(axis=(2, 4)).reshape(len(planes), -1), np.float32)


def _copies(
    coarse: Planes, planes: Planes, filled: NDArray[np.intp], volume: Volume
) -> tuple[tuple[int, int], ...]:
    rows = coarse[filled]
    squares = (rows * rows).sum(axis=1)
    apart = squares[:, None] + squares[None, :] - 2 * rows @ rows.T
    # Block means of a copy are equal; rounding of float32 sums leaves some hundredths of a HU.
    near = np.argwhere(np.triu(apart <= rows.shape[1] * SAME_HU**2, 1))
    found = []
    for first, second in near:
        one, other = int(filled[first]), int(filled[second])
        body = (planes[one] > BODY_HU) | (planes[other] > BODY_HU)
        if np.abs(planes[one][body] - planes[other][body]).mean() < SAME_HU:
            found.append((one, other))
    return tuple(found)


def _second_phase(
    coarse: Planes, filled: NDArray[np.intp], step_mm: float
) -> tuple[int, int] | None:
    """Return the slices of the longest run that another run of the stack resembles.

    It ends with the stack or begins with it, as a part that was put on does, and where it
    was put on neighbouring slices are not alike.
    """
    rows = coarse[filled] - coarse[filled].mean(axis=0)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    alike = rows @ rows.T
    broken = np.append(np.diagonal(alike, 1) <= BREAK, False)
    last = len(rows) - 1
    least = max(LEAST_SLICES, round(LEAST_MM / step_mm), round(LEAST_SHARE * len(rows)))
    runs: list[tuple[int, int]] = []
    for lag in range(least, len(rows) - least + 1):
        holds = np.diagonal(alike, lag) >= ALIKE
        behind, before = _leading(holds[::-1]), _leading(holds)
        if behind >= least and broken[last - behind]:
            runs.append((last - behind + 1, last))
        if before >= least and broken[before - 1]:
            runs.append((0, before - 1))
    if not runs:
        return None
    low, high = max(runs, key=lambda run: run[1] - run[0])
    return int(filled[low]), int(filled[high])


def _leading(holds: NDArray[np.bool_]) -> int:
    """Return how many of the first values hold without a gap."""
    gaps = np.flatnonzero(~holds)
    return int(gaps[0]) if len(gaps) else len(holds)
