"""Small pictures of a case and of a disagreement, as arrays that any toolkit can show."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label, map_coordinates

from kitsdesk.review.disagreement import Disagreement
from kitsdesk.review.foreground_box import foreground_box
from kitsdesk.review.outline_drawing import hatching, laid_over, outline
from kitsdesk.tokens import canvas_comparison, canvas_structures_rgb, rgb
from trainer.contract.structures import Structure
from trainer.imaging.volume import Volume

WIDTH_HU, LEVEL_HU = 400.0, 40.0
THUMBNAIL_SIDE = 52
PICTURE_SIDE = 128
SMALLEST_VIEW_MM = 60.0
MARGIN = 1.6
THIN, THICK = 2.2, 3.4
AIR_HU = -1000.0
BODY_HU = -300.0
STRUCTURE_COLOURS = canvas_structures_rgb()
PREDICTION_ONLY = rgb(canvas_comparison()["prediction_only"])
REFERENCE_ONLY = rgb(canvas_comparison()["reference_only"])
Mask = NDArray[np.uint8]


def thumbnail(
    volume: Volume, mask: Mask | None = None, size: int = THUMBNAIL_SIDE
) -> NDArray[np.uint8]:
    """Return an axial slice of the body as grey values 0–255, `size` × `size`.

    Soft tissue 400/40; anterior at the top, the patient's right on the left, in mm
    proportion. The slice is the one with most foreground of `mask` (z, y, x), without any
    the middle one.
    """
    z = volume.shape[0] // 2
    if mask is not None and foreground_box([mask]) is not None:
        z = int(np.count_nonzero(mask, axis=(1, 2)).argmax())
    plane = volume.array[z]
    body = _largest_part(plane > BODY_HU)
    rows, columns = np.flatnonzero(body.any(axis=1)), np.flatnonzero(body.any(axis=0))
    _, y_mm, x_mm = volume.spacing
    side = max((rows[-1] - rows[0] + 1) * y_mm, (columns[-1] - columns[0] + 1) * x_mm)
    grid = _Grid((rows[0] + rows[-1]) / 2, (columns[0] + columns[-1]) / 2, side, size, volume)
    return _grey(grid.sample(plane, AIR_HU))


def disagreement_picture(
    volume: Volume, reference: Mask, prediction: Mask, found: Disagreement, size: int = PICTURE_SIDE
) -> NDArray[np.uint8]:
    """Return the axial slice through a disagreement's centre as RGB, `size` × `size` × 3.

    Over the CT (400/40) lie the outlines of both masks, the prediction's dashed and below,
    the reference's solid; a tumor's line is the thicker one. The part itself is hatched, lime
    rising to the right where only the prediction has it, magenta falling where only the
    reference. At least 60 mm are shown.
    """
    z0, _, y0, y1, x0, x1 = found.box
    z = found.centre[0]
    _, y_mm, x_mm = volume.spacing
    side = max(SMALLEST_VIEW_MM, MARGIN * (y1 - y0) * y_mm, MARGIN * (x1 - x0) * x_mm)
    grid = _Grid((y0 + y1 - 1) / 2, (x0 + x1 - 1) / 2, side, size, volume)
    picture = np.repeat(_grey(grid.sample(volume.array[z], AIR_HU))[..., None], 3, axis=2)
    part = np.zeros(reference.shape[1:], np.uint8)
    part[y0:y1, x0:x1] = found.crop[z - z0]
    colour = PREDICTION_ONLY if found.prediction_only else REFERENCE_ONLY
    laid_over(picture, hatching(grid.nearest(part) > 0, found.prediction_only), colour)
    for mask, dashed in ((prediction[z], True), (reference[z], False)):
        _draw_outlines(picture, mask, grid, dashed)
    return picture


def _draw_outlines(picture: NDArray[np.uint8], mask: Mask, grid: _Grid, dashed: bool) -> None:
    structures = (
        (mask > 0, Structure.KIDNEY, THIN),
        (mask == Structure.CYST, Structure.CYST, THIN),
    )
    for where, structure, width in (
        *structures,
        (mask == Structure.TUMOR, Structure.TUMOR, THICK),
    ):
        if where.any():
            line = outline(grid.sample(where, 0.0), width, dashed)
            laid_over(picture, line, STRUCTURE_COLOURS[structure])


class _Grid:
    """A square of pixels over an axial slice: `side` mm around (y, x), in voxels."""

    def __init__(self, y: float, x: float, side: float, size: int, volume: Volume) -> None:
        across = (np.arange(size) + 0.5) * side / size - side / 2
        self._places = np.meshgrid(
            y + across / volume.spacing[1], x + across / volume.spacing[2], indexing="ij"
        )
        # Where a pixel takes in several voxels, they are averaged rather than skipped.
        self._finer = max(1, min(4, round(side / size / min(volume.spacing[1:]))))
        self._step = (side / size / volume.spacing[1], side / size / volume.spacing[2])

    def sample(self, plane: NDArray[Any], outside: float) -> NDArray[np.float32]:
        """Return the slice at the pixels, linear; `outside` beyond its border."""
        shifts = (np.arange(self._finer) + 0.5) / self._finer - 0.5
        total = np.zeros(self._places[0].shape, np.float32)
        source = plane.astype(np.float32)
        for down in shifts * self._step[0]:
            for right in shifts * self._step[1]:
                places = [self._places[0] + down, self._places[1] + right]
                total += map_coordinates(source, places, order=1, cval=outside)
        return total / np.float32(self._finer**2)

    def nearest(self, plane: Mask) -> Mask:
        """Return the mask's slice at the pixels, background beyond its border."""
        rows, columns = (np.floor(place + 0.5).astype(int) for place in self._places)
        inside = (rows >= 0) & (rows < plane.shape[0])
        inside &= (columns >= 0) & (columns < plane.shape[1])
        found = np.zeros(rows.shape, np.uint8)
        found[inside] = plane[rows[inside], columns[inside]]
        return found


def _largest_part(where: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the largest connected part, so that the table is cut off; all, where none is."""
    labels, count = label(where)
    if count == 0:
        return np.ones_like(where)
    return np.asarray(labels == 1 + int(np.bincount(labels.ravel())[1:].argmax()))


def _grey(hu: NDArray[np.float32]) -> NDArray[np.uint8]:
    share = (hu - (LEVEL_HU - WIDTH_HU / 2)) / WIDTH_HU
    return np.asarray(np.rint(np.clip(share, 0.0, 1.0) * 255), np.uint8)
