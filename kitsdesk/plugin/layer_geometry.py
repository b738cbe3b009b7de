"""A file's grid as the transforms of a napari layer, and back.

World axes are Superior, Posterior, Left in mm: napari draws the last two down and to the
right, so an axial slice lies as radiologists expect it, patient's right on the left.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainer.contract.errors import KitsDeskError
from trainer.imaging.geometry import Geometry
from trainer.imaging.orientation import inner_affine, orientation_of

AXIS_LABELS = ("S", "P", "L")
UNITS = ("mm", "mm", "mm")
# Cosines of a rotation this small move the last voxel of a 1 m volume by 1 µm.
_STRAIGHT = 1e-6
_SAME_MM = 1e-3


class LayerOffGrid(KitsDeskError):
    """A layer's transforms cannot be those of a volume file."""


def transforms(geometry: Geometry) -> dict[str, Any]:
    """Return scale, translate, axis labels and units of a layer that holds the inner
    (z, y, x) array of this grid; a rotation too where the scan is oblique."""
    world = _world(geometry)
    scale = np.linalg.norm(world[:3, :3], axis=0)
    rotation = world[:3, :3] / scale
    placed: dict[str, Any] = {
        "scale": tuple(scale.tolist()),
        "translate": tuple(world[:3, 3].tolist()),
        "axis_labels": AXIS_LABELS,
        "units": UNITS,
    }
    if not np.allclose(rotation, np.eye(3), rtol=0, atol=_STRAIGHT):
        placed["rotate"] = rotation
    return placed


def layer_matrix(layer: Mapping[str, Any]) -> NDArray[np.float64]:
    """Return the (4, 4) matrix from index (z, y, x, 1) to world (S, P, L, 1) in mm of what
    napari hands a writer: scale, translate, rotate, shear and affine.

    Raises
    ------
    LayerOffGrid : sheared, so that no file can hold it, or not 3D.
    """
    scale = np.asarray(layer["scale"], float)
    if scale.shape != (3,):
        raise LayerOffGrid(
            f"The layer has {len(scale)} dimensions; a mask has 3.", kept="Nothing was written."
        )
    shear = np.asarray(layer.get("shear", 0.0), float)
    if np.abs(np.triu(shear, 1) if shear.ndim == 2 else shear).max() > _STRAIGHT:
        raise _skewed()
    matrix = np.eye(4)
    matrix[:3, :3] = np.asarray(layer.get("rotate", np.eye(3)), float) @ np.diag(scale)
    matrix[:3, 3] = layer["translate"]
    whole = np.asarray(layer.get("affine", np.eye(4)), float) @ matrix
    directions = whole[:3, :3] / np.linalg.norm(whole[:3, :3], axis=0)
    if not np.allclose(directions.T @ directions, np.eye(3), rtol=0, atol=1e-4):
        raise _skewed()
    return whole


def geometry_of(shape: tuple[int, ...], matrix: ArrayLike) -> Geometry:
    """Return the file grid, x first, of an array (z, y, x) that lies at `matrix`."""
    world = np.asarray(matrix, float)
    scale = np.linalg.norm(world[:3, :3], axis=0)
    # Rows S, P, L become L, P, S; columns z, y, x become i, j, k.
    cosines = (world[:3, :3] / scale)[::-1, ::-1]
    z, y, x = shape
    return Geometry(
        (x, y, z),
        (float(scale[2]), float(scale[1]), float(scale[0])),
        (float(world[2, 3]), float(world[1, 3]), float(world[0, 3])),
        tuple(cosines.ravel().tolist()),
    )


def fits(geometry: Geometry, shape: tuple[int, ...], matrix: ArrayLike) -> bool:
    """Return whether an inner array of this grid has `shape` and lies at `matrix`."""
    axes = orientation_of(geometry.direction).file_axis
    inner = tuple(geometry.size[axis] for axis in axes)
    if inner != tuple(shape):
        return False
    corners = np.array([[0, 0, 0, 1], [*(n - 1 for n in shape), 1]], float).T
    apart = (_world(geometry) - np.asarray(matrix, float)) @ corners
    return bool(np.abs(apart).max() < _SAME_MM)


def _world(geometry: Geometry) -> NDArray[np.float64]:
    affine = inner_affine(geometry)
    return np.vstack([affine[2::-1], affine[3:]])


def _skewed() -> LayerOffGrid:
    return LayerOffGrid(
        "The layer is sheared, and no volume file holds that.",
        kept="Nothing was written.",
        advice="Take the shear off the layer first.",
    )
