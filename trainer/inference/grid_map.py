"""One model's class maps on its own grid, with the way from there to the source's voxels."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

Box = tuple[slice, slice, slice]

_FEW_MORE = 1.5


@dataclass(frozen=True)
class GridMap:
    """Class maps (channels, z, y, x) on a network grid, and per axis the matrix
    (source voxels, network voxels) of linear weights that leads to the source grid: at most
    two neighbours a row, one on an axis that takes the nearest slice; all along S, P, L.

    `heads` is the structure of each channel, () where they are the same; with `regions` the
    channels are logits of overlapping regions, without background.
    """

    values: Tensor
    operators: tuple[Tensor, Tensor, Tensor]
    heads: tuple[int, ...] = ()
    regions: bool = False

    @property
    def target(self) -> tuple[int, int, int]:
        """Return the shape of the source grid."""
        z, y, x = (matrix.shape[0] for matrix in self.operators)
        return z, y, x

    def reach(self, chosen: Tensor) -> Box | None:
        """Return the source box that interpolates from a True voxel of `chosen` (z, y, x)."""
        parts = []
        # A maximum of bytes is many times as fast as `any` of booleans.
        seen = chosen.view(torch.uint8)
        for axis, matrix in enumerate(self.operators):
            others = [other for other in range(3) if other != axis]
            columns = seen.amax(dim=others).bool()
            rows = torch.nonzero((matrix[:, columns] != 0).any(dim=1))
            if rows.numel() == 0:
                return None
            parts.append(slice(int(rows[0]), int(rows[-1]) + 1))
        return parts[0], parts[1], parts[2]

    def restore(self, structure: int, box: Box, *, above_background: bool = False) -> Tensor:
        """Return the map of `structure` on the source grid inside `box`, float32.

        With `above_background` the map of background is taken off first.
        """
        z, y, x = (matrix[part] for matrix, part in zip(self.operators, box, strict=True))
        used = tuple(_used(rows) for rows in (z, y, x))
        part = self.values[structure][used]
        if above_background:
            part = part - self.values[0][used]
        slices = z[:, used[0]]
        # Few slices more are cheaper to make first than to copy in full size at the end.
        first = slices.shape[0] <= _FEW_MORE * slices.shape[1]
        if first:
            part = _between(part, slices, 0)
        in_rows = part @ x[:, used[2]].T.contiguous()
        in_plane = _between(in_rows, y[:, used[1]], 1)
        return in_plane if first else _between(in_plane, slices, 0)


def _used(rows: Tensor) -> slice:
    """Return the columns that `rows` (new, old) of an operator take anything from."""
    columns = torch.nonzero((rows != 0).any(dim=0))
    return slice(int(columns[0]), int(columns[-1]) + 1)


def _between(values: Tensor, rows: Tensor, axis: int) -> Tensor:
    """Apply an operator (new, old) by its one or two neighbours, faster than as a matrix."""
    first = (rows != 0).to(torch.uint8).argmax(dim=1)
    lower = values.index_select(axis, first)
    share = 1 - rows.gather(1, first[:, None])[:, 0]
    if not share.any():
        return lower
    upper = values.index_select(axis, (first + 1).clamp_(max=rows.shape[1] - 1))
    shape = [1, 1, 1]
    shape[axis] = -1
    return lower.lerp_(upper, share.reshape(shape))
