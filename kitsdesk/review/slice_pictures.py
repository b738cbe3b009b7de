"""One axial slice with a mask's outlines, large enough to judge: for reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.special import ndtri

from kitsdesk.tokens import canvas_structures_rgb
from trainer.contract.structures import Structure
from trainer.imaging.volume import Volume

WIDTH_HU, LEVEL_HU = 400.0, 40.0
AIR_HU = -1000.0
COLOURS = canvas_structures_rgb()
WIDTHS: dict[int, float] = {Structure.KIDNEY: 1.8, Structure.TUMOR: 2.8, Structure.CYST: 1.8}
SMOOTH = 1.6
SMALLEST_MM, LARGEST_MM, MARGIN = 110.0, 280.0, 1.35
Mask = NDArray[np.uint8]


@dataclass(frozen=True)
class Frame:
    """What a picture shows: slice `z` of the volume, a square of `side_mm` about (y, x)."""

    z: int
    y: float
    x: float
    side_mm: float


def worst_frame(first: Mask, second: Mask, spacing: tuple[float, float, float]) -> Frame:
    """Return the axial slice where two masks (z, y, x) differ most, framed about the
    difference and what lies beside it; where they do not differ, their largest slice."""
    differ = ((first > 0) != (second > 0)) | (
        (first == Structure.TUMOR) != (second == Structure.TUMOR)
    )
    if not differ.any():
        differ = (first > 0) | (second > 0)
    z = int(np.count_nonzero(differ, axis=(1, 2)).argmax())
    where = differ[z] if differ[z].any() else np.ones_like(differ[z])
    rows, columns = np.flatnonzero(where.any(axis=1)), np.flatnonzero(where.any(axis=0))
    extent = max((rows[-1] - rows[0] + 1) * spacing[1], (columns[-1] - columns[0] + 1) * spacing[2])
    side = float(np.clip(MARGIN * extent, SMALLEST_MM, LARGEST_MM))
    return Frame(z, float(rows[0] + rows[-1]) / 2, float(columns[0] + columns[-1]) / 2, side)


def slice_picture(volume: Volume, mask: Mask | None, frame: Frame, size: int) -> NDArray[np.uint8]:
    """Return RGB (size, size, 3): the CT at soft tissue 400/40, the mask's outlines over it.

    Anterior is at the top and the patient's right on the left, in mm proportion.
    """
    places = _places(volume.spacing, frame, size)
    plane = volume.array[frame.z].astype(np.float32)
    hu = map_coordinates(plane, places, order=1, cval=AIR_HU)
    grey = np.clip((hu - (LEVEL_HU - WIDTH_HU / 2)) / WIDTH_HU, 0.0, 1.0) * 255
    picture = np.repeat(np.rint(grey).astype(np.uint8)[..., None], 3, axis=2)
    if mask is not None:
        for structure, where in _structures(mask[frame.z]):
            field = map_coordinates(where.astype(np.float32), places, order=1)
            _draw(picture, field, structure)
    return picture


def scale_bar_share(frame: Frame, millimetres: float = 50.0) -> float:
    """Return the share of a picture's width that `millimetres` take."""
    return millimetres / frame.side_mm


def _structures(plane: Mask) -> Sequence[tuple[int, NDArray[np.bool_]]]:
    wanted = (
        (Structure.KIDNEY, plane > 0),
        (Structure.CYST, plane == Structure.CYST),
        (Structure.TUMOR, plane == Structure.TUMOR),
    )
    return [(int(structure), where) for structure, where in wanted if where.any()]


def _draw(picture: NDArray[np.uint8], field: NDArray[Any], structure: int) -> None:
    # Blurred by SMOOTH pixels a straight edge is the normal distribution's integral, so its
    # inverse gives each pixel's distance from the edge: voxels enlarged lose their steps.
    blurred = gaussian_filter(np.asarray(field, np.float64), SMOOTH)
    distance = np.abs(SMOOTH * ndtri(np.clip(blurred, 1e-9, 1 - 1e-9)))
    for width, share, colour in (
        (WIDTHS[structure] + 2.0, 0.55, (0, 0, 0)),
        (WIDTHS[structure], 1.0, COLOURS[structure]),
    ):
        covered = np.clip(width / 2 + 0.5 - distance, 0.0, 1.0)[..., None] * share
        mixed = picture * (1 - covered) + np.array(colour) * covered
        picture[...] = np.rint(mixed).astype(np.uint8)


def _places(
    spacing: tuple[float, float, float], frame: Frame, size: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    across = ((np.arange(size) + 0.5) / size - 0.5) * frame.side_mm
    rows, columns = np.meshgrid(
        frame.y + across / spacing[1], frame.x + across / spacing[2], indexing="ij"
    )
    return rows, columns
