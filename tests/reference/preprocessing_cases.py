"""Small CTs with masks, and what this program prepares of them in both orders.

Inputs come from numpy's RandomState, so that only nnU-Net's results are stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from trainer.contract.presets import PreprocessingPlan
from trainer.imaging.geometry import Geometry
from trainer.imaging.volume import Volume
from trainer.preprocessing.prepare import prepare_image, prepare_mask

FILE = Path(__file__).parent / "preprocessing.npz"
LPS = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
KITS = (3.2164, 1.6153, 1.6153)

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Example:
    """A volume's shape and spacing (z, y, x), the target spacing, and the voxels of exactly
    0 HU around it."""

    shape: tuple[int, int, int]
    spacing: Triple
    target: Triple = KITS
    border: int = 0


EXAMPLES = {
    "separate z": Example((9, 34, 30), (5.0, 0.78, 0.78)),
    "ratio above 3": Example((9, 26, 27), (3.0001, 1.0, 1.0)),
    "ratio of 3": Example((9, 26, 27), (3.0, 1.0, 1.0)),
    "isotropic": Example((29, 23, 19), (1.0, 1.0, 1.0)),
    "upsampled": Example((4, 9, 7), (6.4, 3.2, 3.2)),
    "three slices": Example((3, 31, 37), (5.0, 0.78125, 0.78125)),
    "one slice": Example((1, 31, 37), (2.0, 0.9, 0.9)),
    "coarse along x": Example((17, 19, 6), (1.5, 1.5, 6.0)),
    "target decides": Example((11, 19, 17), (2.0, 1.0, 1.0), target=(4.0, 1.2, 1.2)),
    "two coarse axes": Example((19, 9, 8), (0.7, 3.0, 3.0)),
    "border of 0 HU": Example((9, 20, 17), (2.5, 1.5, 1.5), border=2),
}


def plan_of(example: Example, *, normalize_first: bool) -> PreprocessingPlan:
    """Return KiTS2019's plan at the example's target spacing."""
    return PreprocessingPlan(
        spacing=example.target, patch=(8, 8, 8), normalize_first=normalize_first
    )


def volumes(example: Example) -> tuple[Volume, Volume]:
    """Return a CT (edges of 1000 HU, noise, no voxel of 0 HU inside) and its mask."""
    random = np.random.RandomState(sum(example.shape))
    field = ndimage.gaussian_filter(random.normal(size=example.shape), 2, mode="nearest")
    field /= field.std()
    noise = random.normal(0, 20, example.shape)
    image = np.choose(np.digitize(field, (-0.3, 0.8)), (-900.0, 40.0, 250.0)) + noise
    array = np.round(image).astype(np.int16)
    array[array == 0] = 1
    mask = np.digitize(field, (0.2, 0.9)).astype(np.uint8)
    around = [(example.border, example.border)] * 3
    return tuple(  # type: ignore[return-value]
        volume_of(np.pad(part, around), example.spacing) for part in (array, mask)
    )


def volume_of(array: NDArray[np.generic], spacing: Triple) -> Volume:
    """Return voxels (S, P, L) with a spacing (z, y, x) in mm at the origin."""
    z, y, x = array.shape
    sz, sy, sx = spacing
    return Volume(
        np.ascontiguousarray(array), Geometry((x, y, z), (sx, sy, sz), (0.0, 0.0, 0.0), LPS)
    )


def ours(example: Example, *, normalize_first: bool) -> tuple[NDArray[np.float32], NDArray]:
    """Return image and mask (S, A, R) as this program prepares them."""
    plan = plan_of(example, normalize_first=normalize_first)
    ct, mask = volumes(example)
    prepared = prepare_image(ct, plan)
    return prepared.array, prepare_mask(mask, prepared, plan)


def assert_prepared_alike(
    image: NDArray[np.float32],
    mask: NDArray[np.generic],
    theirs: NDArray[np.float32],
    their_mask: NDArray[np.generic],
) -> None:
    """Compare within method.md's tolerances: 1e-4, and 0.1 % of the foreground voxels."""
    assert image.shape == theirs.shape
    assert mask.shape == their_mask.shape
    assert np.abs(image - theirs).max() < 1e-4
    assert np.count_nonzero(mask != their_mask) <= 1e-3 * np.count_nonzero(their_mask)
