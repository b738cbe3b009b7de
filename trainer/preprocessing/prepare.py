"""From a CT and its mask in HU on the source grid to what the network sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from trainer.contract.errors import KitsDeskError
from trainer.contract.presets import PreprocessingPlan
from trainer.contract.tiling import resampled_shape
from trainer.imaging.volume import Volume
from trainer.preprocessing.axes import NetworkAxes, network_axes
from trainer.preprocessing.normalise import normalise
from trainer.preprocessing.resample import Shape, resample_image, resample_mask, separate_axis

Box = tuple[tuple[int, int], tuple[int, int], tuple[int, int]]


class UnknownStructure(KitsDeskError):
    """A mask has a value that stands for no structure of the plan."""


@dataclass(frozen=True, eq=False)
class PreparedImage:
    """A CT as the network sees it, with what the way back needs, all in the network's axes.

    axes : how these lie in (S, P, L); (S, A, R) for our own models.
    array : float32, normalised, at the plan's spacing.
    source_shape : the CT's voxels before anything.
    crop : (low, high) per axis of the box that holds every voxel other than 0 HU; the
        array is this box resampled, everything outside it is background.
    separate : the axis that was resampled apart (nearest), None for three cubic axes.
    restore_separate : the same for the way back, which nnU-Net decides anew.
    """

    axes: NetworkAxes
    array: NDArray[np.float32]
    source_shape: Shape
    crop: Box
    separate: int | None
    restore_separate: int | None

    @property
    def cropped_shape(self) -> Shape:
        """Return the source voxels inside the crop."""
        a, b, c = (high - low for low, high in self.crop)
        return (a, b, c)


def prepare_image(
    volume: Volume, plan: PreprocessingPlan, device: str | torch.device = "cpu"
) -> PreparedImage:
    """Crop, resample and normalise a CT (normalise first where the plan says so).

    Parameters
    ----------
    volume : HU, (S, P, L).
    plan : target spacing in mm and intensities.
    device : where to compute; the result is on the CPU.
    """
    axes = network_axes(plan, volume.geometry)
    array = axes.to_network(volume.array)
    crop = nonzero_box(array)
    cut = torch.from_numpy(np.ascontiguousarray(array[_slices(crop)], np.float32)).to(device)
    spacing = axes.spacing(volume.spacing)
    shape = resampled_shape(cut.shape, spacing, plan.spacing)
    separate = separate_axis(spacing, plan.spacing)
    if plan.normalize_first:
        prepared = resample_image(normalise(cut, plan), shape, separate)
    else:
        prepared = normalise(resample_image(cut, shape, separate), plan)
    z, y, x = array.shape
    return PreparedImage(
        axes=axes,
        array=prepared.cpu().numpy(),
        source_shape=(z, y, x),
        crop=crop,
        separate=separate,
        restore_separate=separate_axis(plan.spacing, spacing),
    )


def prepare_mask(
    volume: Volume,
    image: PreparedImage,
    plan: PreprocessingPlan,
    device: str | torch.device = "cpu",
) -> NDArray[np.uint8]:
    """Return the mask of a prepared CT on the same resampled grid, uint8, network's axes.

    The plan's `label_map` is applied first.

    Raises
    ------
    UnknownStructure : the mask has a value that the plan does not map to a structure.
    """
    table = _label_table(volume, plan)
    array = np.ascontiguousarray(table[image.axes.to_network(volume.array)][_slices(image.crop)])
    mask = torch.from_numpy(array).to(device)
    return np.asarray(resample_mask(mask, image.array.shape, image.separate).cpu().numpy())


def _label_table(mask: Volume, plan: PreprocessingPlan) -> NDArray[np.uint8]:
    """Return the structure of each of the 256 mask values."""
    highest = int(mask.array.max(initial=0))
    present = [value for value in range(highest + 1) if (mask.array == value).any()]
    known = {
        source: target
        for source, target in plan.label_map.items()
        if 0 <= target < len(plan.structures)
    }
    unknown = [str(value) for value in present if value not in known]
    if unknown:
        raise UnknownStructure(
            f"The mask has the value {', '.join(unknown)}, and the plan knows only "
            f"{', '.join(str(source) for source in sorted(known))}.",
            advice="Train with a plan that has this structure, or correct the mask.",
        )
    table = np.zeros(256, np.uint8)
    for source, target in known.items():
        table[source] = target
    return table


def nonzero_box(array: NDArray[Any]) -> Box:
    """Return the box of all voxels other than 0; the whole array where all are 0.

    nnU-Net takes the box of these voxels with their holes filled, which is the same box. (It
    also keeps the 0 HU corners inside it apart from background until the mask is resampled;
    a CT's air is no 0, so here they are background from the start.)
    """
    box = []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        occupied = np.flatnonzero(array.any(axis=others))
        bounds = (int(occupied[0]), int(occupied[-1]) + 1) if occupied.size else None
        box.append(bounds or (0, array.shape[axis]))
    return (box[0], box[1], box[2])


def _slices(box: Box) -> tuple[slice, slice, slice]:
    first, second, third = (slice(low, high) for low, high in box)
    return (first, second, third)
