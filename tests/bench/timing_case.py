"""The volume that both programs show: a CT-like ramp with noise and a ball as its mask."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np

SHAPE = (107, 512, 512)
SPACING = (3.0, 0.78, 0.78)


def volume_and_mask() -> tuple[np.ndarray, np.ndarray]:
    """Return int16 HU and a uint8 mask, (z, y, x)."""
    rng = np.random.default_rng(0)
    image = rng.normal(40, 60, SHAPE).astype(np.int16)
    z, y, x = np.ogrid[: SHAPE[0], : SHAPE[1], : SHAPE[2]]
    distance = ((z - 53) * 3.0) ** 2 + ((y - 256) * 0.78) ** 2 + ((x - 200) * 0.78) ** 2
    mask = np.where(distance < 50**2, 1, 0).astype(np.uint8)
    mask[distance < 20**2] = 2
    return image, mask


def median_ms(action: Callable[[int], None], settle: Callable[[], None], count: int) -> float:
    """Return the median ms of `action(i)` and the events it causes."""
    times = []
    for index in range(count):
        begin = time.perf_counter()
        action(index)
        settle()
        times.append(1000 * (time.perf_counter() - begin))
    return median(times)
