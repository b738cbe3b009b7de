"""What a stretch of the source grid takes from the network's grid along one axis.

A mask is restored slab by slab, each structure of each fold on its own, all by the same three
operators: what can be read off an operator is worked out once.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils.weak import WeakTensorKeyDictionary

# Source voxels in a band: wide enough for a matrix product, narrow enough for few zeros.
_BAND = 32
_KNOWN: MutableMapping[Tensor, dict[tuple[int, int], AxisPart]] = WeakTensorKeyDictionary()


@dataclass(frozen=True, eq=False)
class Band:
    """Some source voxels beside each other, and the network voxels that they take from:
    `weights` (network, source). An operator is zero but along its diagonal: a product with
    its bands has a tenth of the terms."""

    source: slice
    network: slice
    weights: Tensor


@dataclass(frozen=True, eq=False)
class AxisPart:
    """A stretch of an operator (source voxels, network voxels): the network voxels that are
    `used`; its bands, and by neighbours each of its rows as `lower` + `share` · (`upper` −
    `lower`), `share` None where every row is one voxel. All count from the first used."""

    used: slice
    bands: tuple[Band, ...]
    lower: Tensor
    upper: Tensor
    share: Tensor | None

    @property
    def source(self) -> int:
        """Return the number of source voxels."""
        return len(self.lower)

    @property
    def network(self) -> int:
        """Return the number of network voxels used."""
        return int(self.used.stop - self.used.start)

    def slices(self, values: Tensor, axis: int) -> Tensor:
        """Interpolate along `axis`, any but the last, where neighbours are copied whole."""
        lower = values.index_select(axis, self.lower)
        if self.share is None:
            return lower
        shape = [1, 1, 1]
        shape[axis] = -1
        upper = values.index_select(axis, self.upper)
        return lower.lerp_(upper, self.share.reshape(shape))

    def columns(self, values: Tensor) -> Tensor:
        """Interpolate (z, y, network) along its last axis to (z, y, source)."""
        z, y, _ = values.shape
        lines = values.reshape(z * y, self.network)
        made = values.new_empty((z * y, self.source))
        for band in self.bands:
            torch.mm(lines[:, band.network], band.weights, out=made[:, band.source])
        return made.reshape(z, y, self.source)


def axis_part(operator: Tensor, rows: slice) -> AxisPart:
    """Return what `rows` of an operator take, known for as long as the operator lives.

    Parameters
    ----------
    operator : (source voxels, network voxels), one or two neighbours a row; not to be
        changed any more.
    """
    known = _KNOWN.setdefault(operator, {})
    place = rows.start, rows.stop
    if place not in known:
        known[place] = _read(operator[rows])
    return known[place]


def _read(rows: Tensor) -> AxisPart:
    used = _taken(rows)
    weights = rows[:, used]
    lower = (weights != 0).to(torch.uint8).argmax(dim=1)
    share = 1 - weights.gather(1, lower[:, None])[:, 0]
    upper = (lower + 1).clamp_(max=weights.shape[1] - 1)
    between = share if bool(share.any()) else None
    return AxisPart(used, tuple(_bands(weights)), lower, upper, between)


def _bands(weights: Tensor) -> list[Band]:
    bands = []
    for start in range(0, len(weights), _BAND):
        source = slice(start, min(start + _BAND, len(weights)))
        network = _taken(weights[source])
        bands.append(Band(source, network, weights[source, network].T.contiguous()))
    return bands


def _taken(rows: Tensor) -> slice:
    columns = torch.nonzero((rows != 0).any(dim=0))
    return slice(int(columns[0]), int(columns[-1]) + 1)
