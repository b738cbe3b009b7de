"""What is odd about a volume that calls itself a CT, in sentences; nothing is rescaled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.imaging.volume import Volume

# Air is −1000 HU and water 0 by definition; scanners pad outside the circle with −1024 to
# −3024, and dense metal is clipped at 3071 or 32767.
_AIR = -700
_PADDING = -4000
_UNSIGNED_WRAP = 60_000
_SAMPLE = 2_000_000


def odd_things(volume: Volume) -> tuple[str, ...]:
    """Return notes on values and extents that a CT in HU does not have (none is usual)."""
    step = max(1, round((volume.array.size / _SAMPLE) ** (1 / 3)))
    return (*_odd_values(volume.array, step), *_odd_extents(volume))


def _odd_values(array: NDArray[Any], step: int) -> list[str]:
    low, high = float(array.min()), float(array.max())
    if low == high:
        return [f"every voxel has the value {low:g}: the image is empty"]
    if high >= _UNSIGNED_WRAP:
        return [f"values up to {high:g}: negative HU were stored unsigned, 64512 stands for −1024"]
    if low >= -1 and high <= 1:
        return [f"values from {low:.3g} to {high:.3g}: scaled to 0..1, not HU"]
    if low >= 0 and high <= 255:
        return [f"values from {low:g} to {high:g}: 8-bit grey values, not HU"]
    if low < 0 and max(-low, high) < 20:
        return [f"values from {low:.3g} to {high:.3g}: normalised, not HU"]
    if low >= 0:
        return [_all_positive(array[::step, ::step, ::step], low, high)]
    notes = []
    if low > _AIR:
        notes.append(f"no air: the lowest value is {low:g} HU; cropped, or not HU")
    if low < _PADDING:
        notes.append(f"values down to {low:g}: more than the −3024 that scanners pad with")
    return notes


def _all_positive(sample: NDArray[Any], low: float, high: float) -> str:
    """Tell a CT stored with +1024 by its air near 0 and its soft tissue near 1064."""
    tissue = float(np.mean((sample > 900) & (sample < 1300)))
    if tissue > 0.1:
        return f"values from {low:g} to {high:g}: probably HU + 1024, the offset was not taken off"
    return f"values from {low:g} to {high:g}: no air below 0, so not HU (MR, or rescaled)"


def _odd_extents(volume: Volume) -> list[str]:
    notes = []
    if max(volume.spacing) > 20 or min(volume.spacing) < 0.1:
        shown = "×".join(f"{value:g}" for value in volume.spacing)
        notes.append(f"a spacing of {shown} mm (z, y, x) is unusual")
    extent = [n * step for n, step in zip(volume.shape, volume.spacing, strict=True)]
    if max(extent) > 2500:
        notes.append(f"it is {max(extent) / 1000:.1f} m long: its spacing is probably wrong")
    if min(volume.shape) < 8:
        notes.append(f"only {min(volume.shape)} voxels along one axis")
    return notes
