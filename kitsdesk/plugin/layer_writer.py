"""A Labels layer as a mask file, on the very grid of the CT it was drawn on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kitsdesk.plugin.layer_geometry import fits, geometry_of, layer_matrix
from kitsdesk.plugin.layer_reader import METADATA
from kitsdesk.plugin.opened_scans import scans_under
from trainer.contract.errors import KitsDeskError
from trainer.imaging.geometry import Geometry
from trainer.imaging.nifti import write_file
from trainer.imaging.orientation import to_spl

_HIGHEST = 65535


class NoMask(KitsDeskError):
    """A layer's labels cannot be those of a mask."""


def write_labels(path: str, data: ArrayLike, layer: dict[str, Any]) -> list[str]:
    """Write labels (z, y, x) as NIfTI, NRRD or MHA, reopened and compared; return the path.

    A layer that lies on the grid of a CT that this plugin opened gets that file's axes,
    spacing, origin and direction; any other the grid its own transforms describe.

    Raises
    ------
    NoMask : labels below 0 or above 65535.
    LayerOffGrid : not 3D, or sheared.
    WriteFailed : it could not be written whole; what was there before is unchanged.
    """
    labels = labels_of(np.asarray(data))
    matrix = layer_matrix(layer)
    known = grid_of(labels.shape, matrix, layer)
    if known is None:
        known = geometry_of(labels.shape, matrix)
        labels = to_spl(labels, known)
    write_file(Path(path), labels, known)
    return [path]


def grid_of(shape: tuple[int, ...], matrix: ArrayLike, layer: dict[str, Any]) -> Geometry | None:
    """Return the grid of the file that a layer came from or was drawn over, if there is one."""
    own = layer.get("metadata", {}).get(METADATA, {}).get("geometry")
    if isinstance(own, Geometry) and fits(own, shape, matrix):
        return own
    return next((scan.geometry for scan in scans_under(shape, matrix)), None)


def labels_of(data: NDArray[Any]) -> NDArray[Any]:
    """Return a layer's labels in 8 bits, or in 16 where they need them.

    Raises
    ------
    NoMask : not 3D, or labels below 0 or above 65535.
    """
    if data.ndim != 3:
        raise NoMask(
            f"The layer has {data.ndim} dimensions; a mask has 3.", kept="Nothing was written."
        )
    low, high = (int(data.min()), int(data.max())) if data.size else (0, 0)
    if low < 0 or high > _HIGHEST:
        raise NoMask(
            f"The labels go from {low} to {high}; a mask has 0 to {_HIGHEST}.",
            kept="Nothing was written.",
        )
    return data.astype(np.uint8 if high <= 255 else np.uint16)
