"""One model's class maps on its own grid, with the way from there to the source's voxels."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from trainer.inference.axis_part import axis_part

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
        # A maximum of bytes is many times as fast as `any` of booleans.
        seen = chosen.view(torch.uint8)
        plane = seen.amax(dim=0)
        along = (seen.flatten(1).amax(dim=1), plane.amax(dim=1), plane.amax(dim=0))
        parts = []
        for columns, matrix in zip(along, self.operators, strict=True):
            rows = torch.nonzero((matrix[:, columns.bool()] != 0).any(dim=1))
            if rows.numel() == 0:
                return None
            parts.append(slice(int(rows[0]), int(rows[-1]) + 1))
        return parts[0], parts[1], parts[2]

    def restore(self, structure: int, box: Box, *, above_background: bool = False) -> Tensor:
        """Return the map of `structure` on the source grid inside `box`, float32.

        With `above_background` the map of background is taken off first.
        """
        z, y, x = map(axis_part, self.operators, box)
        used = (z.used, y.used, x.used)
        part = self.values[structure][used]
        if above_background:
            part = part - self.values[0][used]
        # Few slices more are cheaper to make first than to copy in full size at the end.
        first = z.source <= _FEW_MORE * z.network
        # Rows last: they are copied at full length, where columns take a product.
        in_plane = y.slices(x.columns(z.slices(part, 0) if first else part), 1)
        return in_plane if first else z.slices(in_plane, 0)
