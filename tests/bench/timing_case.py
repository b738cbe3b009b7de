"""The phantom that both programs show, made once per sitting, and how a step is timed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.phantoms.abdomen import make_phantom

SHAPE = (611, 512, 512)
SPACING = (0.5, 0.78, 0.78)
# Both windows have the size of the Xvfb screen, as a radiologist's window fills his.
WINDOW = (1600, 1000)
COARSER = (3, 2, 2)
WARM_UP = 3


def write_case(folder: Path) -> None:
    """Make the phantom and write it as arrays that load at once.

    It is made on a grid of a twelfth of the voxels and enlarged: a phantom of the full size
    takes minutes and 5 GB.
    """
    coarse = tuple(-(-n // f) for n, f in zip(SHAPE, COARSER, strict=True))
    spacing = tuple(s * f for s, f in zip(SPACING, COARSER, strict=True))
    phantom = make_phantom(coarse, spacing, (0, 3))
    for name, array in (("image", phantom.image), ("mask", phantom.mask)):
        for axis, factor in enumerate(COARSER):
            array = array.repeat(factor, axis=axis)
        whole = array[: SHAPE[0], : SHAPE[1], : SHAPE[2]]
        np.save(folder / f"{name}.npy", np.ascontiguousarray(whole))


def read_case(folder: Path) -> tuple[NDArray[np.int16], NDArray[np.uint8]]:
    """Return int16 HU and a uint8 mask, (z, y, x), in memory."""
    return np.load(folder / "image.npy"), np.load(folder / "mask.npy")


def fullest_slice(mask: NDArray[np.uint8]) -> tuple[int, int, int]:
    """Return a voxel (z, y, x) in the middle of the slice that holds most of the mask."""
    z = int(np.count_nonzero(mask, axis=(1, 2)).argmax())
    places = np.argwhere(mask[z])
    y, x = places[len(places) // 2]
    return z, int(y), int(x)


def timed(action: Callable[[int], None], settle: Callable[[], None], count: int) -> list[float]:
    """Return the ms of each `action(i)` with the events it causes, after a warm-up."""
    times = []
    for index in range(-WARM_UP, count):
        begin = time.perf_counter()
        action(index)
        settle()
        if index >= 0:
            times.append(1000 * (time.perf_counter() - begin))
    return times


def report(figures: dict[str, list[float]]) -> None:
    """Print the figures for the script that compares the two programs."""
    print(json.dumps(figures), flush=True)
