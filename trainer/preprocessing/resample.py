"""Volumes onto another grid, axis by axis (method.md, Resampling).

Equal to what nnU-Net does with scikit-image and scipy; every function works on the device
its input is on. Shapes and axes are those of the array that comes in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor

from trainer.preprocessing.operators import Kind, axis_operator, nearest_index

ANISOTROPY_THRESHOLD = 3.0
_TIE = 1e-6

Shape = tuple[int, int, int]
Spacing = Sequence[float]


def separate_axis(spacing: Spacing, target: Spacing) -> int | None:
    """Return the axis that is resampled apart from the others, or None.

    It is the axis of largest spacing where `spacing` (mm) is anisotropic by more than 3,
    else where `target` is; with two axes tied for the largest there is none. The way back
    asks with the arguments exchanged, as nnU-Net does.
    """
    for candidate in (spacing, target):
        if max(candidate) / min(candidate) > ANISOTROPY_THRESHOLD:
            # Written as nnU-Net does, so that spacings one rounding apart tie there and here.
            largest = [axis for axis, value in enumerate(candidate) if max(candidate) / value == 1]
            return largest[0] if len(largest) == 1 else None
    return None


def axis_operators(
    shape: Sequence[int], new_shape: Sequence[int], kind: Kind, separate: int | None
) -> tuple[Tensor, Tensor, Tensor]:
    """Return one (new, old) matrix per axis: `kind`, and nearest along the separate axis.

    A slice of rows gives a slice of the result; a slice of columns is enough where the
    input is zero outside it.
    """
    first, second, third = (
        axis_operator("nearest" if axis == separate else kind, old, new)
        for axis, (old, new) in enumerate(zip(shape, new_shape, strict=True))
    )
    return (first, second, third)


def apply_operators(volume: Tensor, operators: Sequence[Tensor]) -> Tensor:
    """Apply one matrix per axis of a 3D volume, the strongest reduction first."""
    order = sorted(range(3), key=lambda axis: operators[axis].shape[0] / operators[axis].shape[1])
    for axis in order:
        volume = apply_operator(volume, operators[axis], axis)
    return volume


def apply_operator(volume: Tensor, operator: Tensor, axis: int) -> Tensor:
    """Apply an (new, old) matrix along one axis of a 3D volume, in full float32 wherever."""
    operator = operator.to(volume.device, volume.dtype)
    with _full_precision(volume.device):
        if axis == 2:
            return volume @ operator.T
        if axis == 1:
            return torch.matmul(operator, volume)
        rest = volume.shape[1:]
        return (operator @ volume.reshape(volume.shape[0], -1)).reshape(-1, *rest)


@contextmanager
def _full_precision(device: torch.device) -> Iterator[None]:
    """Keep a GPU from TF32 and autocast: their ten bits are up to 1 HU of 1000."""
    tf32 = torch.backends.cuda.matmul.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = False
    try:
        with torch.autocast(device.type, enabled=False):
            yield
    finally:
        torch.backends.cuda.matmul.allow_tf32 = tf32


def resample_image(volume: Tensor, new_shape: Sequence[int], separate: int | None) -> Tensor:
    """Resample by cubic splines, clipped to the input's range.

    Parameters
    ----------
    volume : float32, three axes.
    new_shape : the voxels along each axis.
    separate : this axis takes the nearest slice, and every slice is clipped to its own
        range; None: three cubic axes, clipped to the range of the whole volume.
    """
    if tuple(volume.shape) == tuple(new_shape):
        return volume
    if separate is None:
        operators = axis_operators(volume.shape, new_shape, "cubic", None)
        return apply_operators(volume, operators).clamp_(volume.min(), volume.max())
    in_plane = [axis for axis in range(3) if axis != separate]
    chosen = torch.from_numpy(nearest_index(volume.shape[separate], new_shape[separate]))
    chosen = chosen.to(volume.device)
    fewer = new_shape[separate] < volume.shape[separate]
    if fewer:
        volume = volume.index_select(separate, chosen)
    low, high = volume.amin(in_plane, keepdim=True), volume.amax(in_plane, keepdim=True)
    for axis in in_plane:
        operator = axis_operator("cubic", volume.shape[axis], new_shape[axis])
        volume = apply_operator(volume, operator, axis)
    volume = volume.clamp(low, high)
    return volume if fewer else volume.index_select(separate, chosen)


def resample_mask(mask: Tensor, new_shape: Sequence[int], separate: int | None) -> Tensor:
    """Resample a mask: each structure's indicator linearly, the largest weight wins and
    ties go to the nearest voxel's structure.

    Parameters
    ----------
    mask : uint8, three axes. `new_shape`, `separate` : as for images.
    """
    if tuple(mask.shape) == tuple(new_shape):
        return mask
    operators = axis_operators(mask.shape, new_shape, "linear", separate)
    weights = {}
    for label in range(1, int(mask.max()) + 1):
        inside = mask == label
        if inside.any():
            weights[label] = indicator_weights(inside, operators)
    background = torch.ones(tuple(new_shape), device=mask.device)
    for weight in weights.values():
        background -= weight
    result = mask
    for axis, (old, new) in enumerate(zip(mask.shape, new_shape, strict=True)):
        nearest = torch.from_numpy(nearest_index(old, new)).to(mask.device)
        result = result.index_select(axis, nearest)
    result = result.clone()
    best = background.clone()
    for label, weight in weights.items():
        best = torch.where(result == label, weight, best)
    for label, weight in {0: background, **weights}.items():
        wins = weight > best + _TIE
        result[wins] = label
        best = torch.where(wins, weight, best)
    return result


def indicator_weights(inside: Tensor, operators: Sequence[Tensor]) -> Tensor:
    """Return the linear weights of a boolean volume, computed from its bounding box only."""
    cut = inside
    columns = []
    for axis, operator in enumerate(operators):
        others = [other for other in range(3) if other != axis]
        occupied = torch.nonzero(cut.any(others[1]).any(others[0])).flatten()
        low, high = int(occupied[0]), int(occupied[-1]) + 1
        cut = cut.narrow(axis, low, high - low)
        columns.append(operator[:, low:high])
    return apply_operators(cut.to(torch.float32), columns)
