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
from trainer.inference.loaded_model import LoadedModel
from trainer.inference.restore import Box, GridMap
from trainer.preprocessing.axes import from_network
from trainer.preprocessing.prepare import PreparedImage, prepare_image
from trainer.preprocessing.resample import axis_operators

Region = tuple[int, int, int, int, int, int]


@dataclass(frozen=True, eq=False)
class NetworkGrid:
    """The normalised image (z, y, x) in the network's axes on the device, and per axis the
    linear matrix (source voxels inside the crop, network voxels)."""

    image: Tensor
    prepared: PreparedImage
    operators: tuple[Tensor, Tensor, Tensor]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return the voxels of the network's grid."""
        z, y, x = self.image.shape
        return z, y, x

    def class_map(self, values: Tensor) -> GridMap:
        """Return `values` (structures, z, y, x) with the way to the source grid."""
        return GridMap(values, self.operators)

    def to_source(self, cropped: NDArray[Any]) -> NDArray[Any]:
        """Return an array of the crop, in the network's axes, as the source's (S, P, L)."""
        full = np.zeros(self.prepared.source_shape, cropped.dtype)
        full[tuple(slice(low, high) for low, high in self.prepared.crop)] = cropped
        return from_network(full)

    def box_of(self, region: Region) -> Box | None:
        """Return the network voxels that the source box (z0, z1, y0, y1, x0, x1) in
        (S, P, L) is interpolated from; None where it lies outside the crop."""
        _, height, width = self.prepared.source_shape
        z0, z1, y0, y1, x0, x1 = region
        # The network's second and third axes run the other way: S, A, R.
        bounds = ((z0, z1), (height - y1, height - y0), (width - x1, width - x0))
        parts = []
        for (low, high), (start, stop), matrix in zip(
            bounds, self.prepared.crop, self.operators, strict=True
        ):
            rows = matrix[max(low - start, 0) : max(min(high, stop) - start, 0)]
            columns = torch.nonzero((rows != 0).any(dim=0)).flatten()
            if columns.numel() == 0:
                return None
            parts.append(slice(int(columns[0]), int(columns[-1]) + 1))
        return parts[0], parts[1], parts[2]


def network_grid(volume: Volume, plan: PreprocessingPlan, device: torch.device) -> NetworkGrid:
    """Prepare a CT for models of `plan` on `device`."""
    prepared = prepare_image(volume, plan, device)
    image = torch.from_numpy(prepared.array).to(device)
    first, second, third = (
        matrix.to(device)
        for matrix in axis_operators(
            image.shape, prepared.cropped_shape, "linear", prepared.restore_separate
        )
    )
    return NetworkGrid(image, prepared, (first, second, third))


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
