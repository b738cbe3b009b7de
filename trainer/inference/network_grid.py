"""A CT on a model's grid, and the way from there to the source's voxels and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trainer.contract.presets import PreprocessingPlan
from trainer.imaging.volume import Volume
from trainer.inference.grid_map import Box, GridMap
from trainer.inference.loaded_model import LoadedModel
from trainer.preprocessing.prepare import PreparedImage, prepare_image
from trainer.preprocessing.resample import axis_operators

Region = tuple[int, int, int, int, int, int]


@dataclass(frozen=True, eq=False)
class NetworkGrid:
    """The normalised image in the network's axes on the device, and per axis of (S, P, L)
    the linear matrix (source voxels inside the crop, network voxels)."""

    image: Tensor
    prepared: PreparedImage
    operators: tuple[Tensor, Tensor, Tensor]
    plan: PreprocessingPlan

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return the voxels of the network's grid."""
        z, y, x = self.image.shape
        return z, y, x

    def class_map(self, values: Tensor, *, channels: bool = True) -> GridMap:
        """Return `values` with the way to the source grid.

        Parameters
        ----------
        values : (channels, …) in the network's axes; with `channels` they are the network's
            outputs, else one map per structure.
        """
        z, y, x = (axis + 1 for axis in self.prepared.axes.places)
        heads = self.plan.heads if channels else ()
        regions = channels and self.plan.regions
        first, second, third = (matrix.to(values.device) for matrix in self.operators)
        return GridMap(values.permute(0, z, y, x), (first, second, third), heads, regions)

    def to_source(self, cropped: NDArray[Any]) -> NDArray[Any]:
        """Return an (S, P, L) array of the crop as one of the whole source; the same array
        where the crop is all of it."""
        z, y, x = (self.prepared.source_shape[axis] for axis in self.prepared.axes.places)
        if cropped.shape == (z, y, x):
            return cropped
        full = np.zeros((z, y, x), cropped.dtype)
        full[tuple(slice(low, high) for low, high in self.source_crop())] = cropped
        return full

    def box_of(self, region: Region) -> Box | None:
        """Return the network voxels that the source box (z0, z1, y0, y1, x0, x1) in
        (S, P, L) is interpolated from; None where it lies outside the crop."""
        parts = [slice(0)] * 3
        for axis, place in enumerate(self.prepared.axes.places):
            low, high = region[2 * axis : 2 * axis + 2]
            start, stop = self.source_crop()[axis]
            matrix = self.operators[axis]
            rows = matrix[max(low - start, 0) : max(min(high, stop) - start, 0)]
            columns = torch.nonzero((rows != 0).any(dim=0)).flatten()
            if columns.numel() == 0:
                return None
            parts[place] = slice(int(columns[0]), int(columns[-1]) + 1)
        return parts[0], parts[1], parts[2]

    def source_crop(self) -> list[tuple[int, int]]:
        """Return (low, high) of the crop along S, P, L."""
        prepared, crop = self.prepared, []
        for place in prepared.axes.places:
            low, high = prepared.crop[place]
            size = prepared.source_shape[place]
            flipped = prepared.axes.flipped[place]
            crop.append((size - high, size - low) if flipped else (low, high))
        return crop


def network_grid(volume: Volume, plan: PreprocessingPlan, device: torch.device) -> NetworkGrid:
    """Prepare a CT for models of `plan` on `device`."""
    prepared = prepare_image(volume, plan, device)
    image = torch.from_numpy(prepared.array).to(device)
    operators = axis_operators(
        image.shape, prepared.cropped_shape, "linear", prepared.restore_separate
    )
    # Reading the rows of a matrix backwards is the flip on the way back.
    z, y, x = (
        (operators[place].flip(0) if prepared.axes.flipped[place] else operators[place]).to(device)
        for place in prepared.axes.places
    )
    return NetworkGrid(image, prepared, (z, y, x), plan)


def grids_of(volume: Volume, models: Sequence[LoadedModel]) -> dict[str, NetworkGrid]:
    """Prepare a CT for every model, by name; models of one plan share one grid."""
    made: list[tuple[PreprocessingPlan, NetworkGrid]] = []
    grids: dict[str, NetworkGrid] = {}
    for model in models:
        plan = model.manifest.plan
        grid = next((grid for known, grid in made if known == plan), None)
        if grid is None:
            grid = network_grid(volume, plan, model.device)
            made.append((plan, grid))
        grids[model.manifest.name] = grid
    return grids
