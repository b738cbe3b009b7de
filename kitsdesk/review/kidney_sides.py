"""Which side of the body a voxel is on, and where along its kidney it lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects, label

from kitsdesk.review.foreground_box import box_of, foreground_box, slices_of
from trainer.imaging.volume import Volume

Side = Literal["left", "right"]
Pole = Literal["upper pole", "middle", "lower pole", ""]
BODY_HU = -300.0
SMALLEST_KIDNEY_ML = 10.0
SECOND_TO_FIRST = 0.15
APART_MM = 40.0
SPANS_KIDNEY = 0.6


@dataclass(frozen=True)
class KidneySides:
    """The midline, as an x index (voxels beyond it are the patient's left), and for each
    side the (first, last + 1) slices of its kidney, None where it has none."""

    midline: float
    left: tuple[int, int] | None
    right: tuple[int, int] | None

    def side_of(self, x: float) -> Side:
        """Return the patient's side of an x index."""
        return "left" if x > self.midline else "right"

    def pole_of(self, side: Side, z0: int, z1: int, centre_z: float) -> Pole:
        """Return which third of the side's kidney `centre_z` lies in; "" where the slices
        z0 to z1 take most of the kidney, or there is no kidney to measure against."""
        kidney = self.left if side == "left" else self.right
        if kidney is None:
            return ""
        low, high = kidney
        if min(z1, high) - max(z0, low) > SPANS_KIDNEY * (high - low):
            return ""
        height = (centre_z + 0.5 - low) / (high - low)
        if height > 2 / 3:
            return "upper pole"
        return "lower pole" if height < 1 / 3 else "middle"


def kidney_sides(volume: Volume, masks: list[NDArray[Any]]) -> KidneySides:
    """Return the sides of a CT by its masks (z, y, x), x growing to the patient's left.

    The kidneys are where all masks have foreground, where they share none where any has. The
    midline is halfway between the two largest parts when both are of kidney size, lie at
    least 40 mm apart and on either side of the body's centre, else the body's centre.
    """
    box = foreground_box(masks) if masks else None
    if box is None:
        return KidneySides(body_centre(volume), None, None)
    inner = [mask[slices_of(box)] > 0 for mask in masks]
    kidneys = np.logical_and.reduce(inner)
    if not kidneys.any():
        kidneys = np.logical_or.reduce(inner)
    middle = _midline(volume, kidneys, box[4])
    cut = int(np.clip(np.floor(middle) + 1 - box[4], 0, kidneys.shape[2]))
    right, left = kidneys[..., :cut], kidneys[..., cut:]
    return KidneySides(middle, _slices(left, box[0]), _slices(right, box[0]))


def body_centre(volume: Volume) -> float:
    """Return the x index of the body's centre: of what is denser than −300 HU, of which
    the largest part alone counts, so that the table and an arm do not pull."""
    step = tuple(max(1, length // 64) for length in volume.shape)
    coarse = volume.array[:: step[0], :: step[1], :: step[2]] > BODY_HU
    labels, count = label(coarse)
    if count == 0:
        return (volume.shape[2] - 1) / 2
    sizes = np.bincount(labels.ravel())
    columns = np.nonzero(labels == 1 + int(sizes[1:].argmax()))[2]
    return float(columns.mean() * step[2])


def _midline(volume: Volume, kidneys: NDArray[np.bool_], start: int) -> float:
    centre = body_centre(volume)
    labels, count = label(kidneys)
    if count < 2:
        return centre
    sizes = np.bincount(labels.ravel())[1:]
    first, second = (int(number) for number in np.argsort(-sizes, kind="stable")[:2])
    smallest = max(SECOND_TO_FIRST * sizes[first], SMALLEST_KIDNEY_ML / volume.voxel_ml)
    if sizes[second] < smallest:
        return centre
    found = find_objects(labels)
    low, high = sorted(_mean_column(labels, found[n], n + 1) + start for n in (first, second))
    apart = (high - low) * volume.spacing[2]
    return (low + high) / 2 if apart >= APART_MM and low < centre < high else centre


def _mean_column(labels: NDArray[Any], part: tuple[slice, ...], number: int) -> float:
    counts = np.count_nonzero(labels[part] == number, axis=(0, 1))
    return float(np.average(np.arange(len(counts)), weights=counts) + part[2].start)


def _slices(kidney: NDArray[np.bool_], start: int) -> tuple[int, int] | None:
    """Return the slices of the largest part, so that a crumb elsewhere is no pole."""
    labels, count = label(kidney)
    if count == 0:
        return None
    number = int(np.bincount(labels.ravel())[1:].argmax())
    box = box_of(find_objects(labels)[number], (start, 0, 0))
    return box[0], box[1]
