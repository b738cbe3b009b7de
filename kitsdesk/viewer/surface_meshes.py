"""Surface meshes of a mask's structures: smoothed, on a coarse grid, with a face budget."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.measure import marching_cubes

from kitsdesk.viewer.canvas_style import STRUCTURES
from kitsdesk.viewer.scene import Triple

FACE_BUDGET = 30_000
FINEST_MM = 2.0
SMOOTHING = 0.9
THICK_SMOOTHING = 0.6
ATTEMPTS = 5
LOST_LEVEL = 0.7


@dataclass(frozen=True)
class Mesh:
    """Vertices (n, 3) in grid mm (z, y, x) and faces (m, 3)."""

    vertices: NDArray[np.float32]
    faces: NDArray[np.int32]


def structure_meshes(
    mask: NDArray[np.uint8],
    spacing: Triple,
    budget: int = FACE_BUDGET,
    cancelled: Callable[[], bool] = lambda: False,
) -> dict[int, Mesh]:
    """Return a mesh for each structure of a (z, y, x) mask, together within the budget.

    The grid starts at 2 mm and grows until the faces fit. An empty result means an empty
    mask or a cancelled computation.
    """
    step = FINEST_MM
    for _ in range(ATTEMPTS):
        meshes: dict[int, Mesh] = {}
        for structure in STRUCTURES:
            if cancelled():
                return {}
            mesh = surface(mask, structure, spacing, step)
            if mesh is not None:
                meshes[structure] = mesh
        faces = sum(len(mesh.faces) for mesh in meshes.values())
        if faces <= budget:
            return meshes
        step *= max(1.15, 1.05 * math.sqrt(faces / budget))
    return {}


def surface(
    mask: NDArray[np.uint8], structure: int, spacing: Triple, step_mm: float
) -> Mesh | None:
    """Return the surface of one structure on a grid of about `step_mm`, None if empty."""
    found = _crop(mask, structure)
    if found is None:
        return None
    inside, start = found
    share, coarse = _reduced(inside, spacing, step_mm)
    pad = 4
    # Thick slices are smoothed over their own thickness, or they would show as stairs.
    widths = [
        max(SMOOTHING * max(step_mm, wide), THICK_SMOOTHING * fine) / wide
        for fine, wide in zip(spacing, coarse, strict=True)
    ]
    field = ndimage.gaussian_filter(np.pad(share, pad), widths)
    _keep_small_parts(field, np.pad(share, pad))
    if field.max() <= 0.5:
        return None
    vertices, faces, _, _ = marching_cubes(  # type: ignore[no-untyped-call]
        field, 0.5, spacing=coarse
    )
    # The centre of the first coarse voxel, seen from the centre of the first fine one.
    offset = [
        index * fine - pad * wide + (wide - fine) / 2
        for index, fine, wide in zip(start, spacing, coarse, strict=True)
    ]
    moved = vertices.astype(np.float32) + np.array(offset, np.float32)
    return Mesh(moved, faces.astype(np.int32))


def _crop(
    mask: NDArray[np.uint8], structure: int
) -> tuple[NDArray[np.bool_], tuple[int, int, int]] | None:
    per_slice = np.flatnonzero([(plane == structure).any() for plane in mask])
    if per_slice.size == 0:
        return None
    z0, z1 = int(per_slice[0]), int(per_slice[-1]) + 1
    inside = mask[z0:z1] == structure
    rows = np.flatnonzero(inside.any(axis=(0, 2)))
    columns = np.flatnonzero(inside.any(axis=(0, 1)))
    y0, x0 = int(rows[0]), int(columns[0])
    crop = inside[:, y0 : int(rows[-1]) + 1, x0 : int(columns[-1]) + 1]
    return crop, (z0, y0, x0)


def _reduced(
    inside: NDArray[np.bool_], spacing: Triple, step_mm: float
) -> tuple[NDArray[np.float32], Triple]:
    """Return how much of each voxel of a new grid is inside, and the new voxel size: fine
    voxels are averaged, thick ones split."""
    share = inside.astype(np.float32)
    coarse = list(spacing)
    for axis, size in enumerate(spacing):
        factor = max(1, int(step_mm / size + 0.25))
        parts = max(1, round(size / step_mm))
        if parts > 1:
            share = np.repeat(share, parts, axis=axis)
            coarse[axis] = size / parts
        if factor > 1:
            missing = -share.shape[axis] % factor
            share = np.pad(share, [(0, missing if a == axis else 0) for a in range(3)])
            shape = list(share.shape)
            shape[axis : axis + 1] = [shape[axis] // factor, factor]
            share = share.reshape(shape).mean(axis=axis + 1, dtype=np.float32)
            coarse[axis] = size * factor
    return share, (coarse[0], coarse[1], coarse[2])


def _keep_small_parts(field: NDArray[np.float32], share: NDArray[np.float32]) -> None:
    """Raise the parts that smoothing would make vanish: a small tumor must stay visible."""
    parts, count = ndimage.label(share > 0)
    if count == 0:
        return
    peaks = ndimage.maximum(field, parts, np.arange(1, count + 1))
    lost = np.flatnonzero(np.asarray(peaks) <= 0.5) + 1
    if lost.size:
        voxels = np.isin(parts, lost)
        field[voxels] = np.maximum(field[voxels], LOST_LEVEL)
