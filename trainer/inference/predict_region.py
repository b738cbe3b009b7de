"""A box of a case, with only the tiles that reach into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.contract.errors import KitsDeskError
from trainer.imaging.hashing import volume_hash
from trainer.imaging.volume import Volume
from trainer.inference.case_prediction import Seconds
from trainer.inference.fold_average import FoldAverage
from trainer.inference.forward_passes import ForwardPasses, Job, Tick
from trainer.inference.grid_map import Box
from trainer.inference.loaded_model import LoadedModel
from trainer.inference.members import members_of
from trainer.inference.network_grid import NetworkGrid, Region, grids_of
from trainer.inference.prediction_group import allowed_flips
from trainer.inference.restore import restore_mask


class EmptyRegion(KitsDeskError):
    """A region holds no voxel of the image."""


def predict_region(
    volume: Volume,
    region: Region,
    models: Sequence[LoadedModel],
    tick: Tick,
    seconds: Seconds,
) -> NDArray[np.uint8]:
    """Return the mask of the box, uint8 (z, y, x) on the source's grid, 0 outside it.

    Inside, every voxel is what predicting the whole case with all mirrored passes would give:
    all tiles that reach into the box, in full precision. The folds that did not see the case
    make it; where all saw it, all do.

    Parameters
    ----------
    region : (z0, z1, y0, y1, x0, x1) in voxels of the (z, y, x) grid, the ends excluded.

    Raises
    ------
    EmptyRegion : the box is empty or outside the image.
    """
    cut = _within(region, volume.shape)
    members = members_of(models, volume_hash(volume))
    members = [member for member in members if not member.saw] or members
    tick("resample", 0, 0)
    with seconds.timed("resample"):
        grids = grids_of(volume, models)
    boxes = _boxes(grids, region)
    if boxes is None:
        return np.zeros(volume.shape, np.uint8)
    passes = ForwardPasses(grids, tick, seconds, half=False)
    jobs = [Job(member, allowed_flips(member.model.manifest.mirror_axes)) for member in members]
    passes.expect(jobs, boxes)
    average = _average(passes, jobs, boxes)
    passes.announce("restore")
    with seconds.timed("restore"):
        maps = average.maps({model.manifest.name: model for model in models}, grids)
        mask = next(iter(grids.values())).to_source(restore_mask(maps))
    return _inside(mask, cut)


def _boxes(grids: Mapping[str, NetworkGrid], region: Region) -> dict[str, Box] | None:
    """Return the region on each model's grid, None where a model sees nothing of it."""
    boxes = {name: box for name, grid in grids.items() if (box := grid.box_of(region))}
    return boxes if len(boxes) == len(grids) else None


def _average(passes: ForwardPasses, jobs: Sequence[Job], boxes: Mapping[str, Box]) -> FoldAverage:
    """Run every job's mirrored passes and return the means of the folds."""
    average = FoldAverage()
    for job in jobs:
        name = job.member.model.manifest.name
        values = passes.run(job.member, job.flips[0], boxes[name]).clone()
        for flip in job.flips[1:]:
            values += passes.run(job.member, flip, boxes[name])
        average.add(name, values.div_(len(job.flips)))
    return average


def _within(region: Region, shape: tuple[int, int, int]) -> Box:
    pairs = zip(region[::2], region[1::2], shape, strict=True)
    z, y, x = (slice(max(low, 0), min(high, size)) for low, high, size in pairs)
    if any(part.start >= part.stop for part in (z, y, x)):
        raise EmptyRegion("The region holds no voxel of the image.", advice="Draw a larger box.")
    return z, y, x


def _inside(mask: NDArray[Any], cut: Box) -> NDArray[np.uint8]:
    result = np.zeros(mask.shape, np.uint8)
    result[cut] = mask[cut]
    return result
