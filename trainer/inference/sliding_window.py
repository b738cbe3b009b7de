"""One network over a whole image, tile by tile, with fp32 accumulators."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import pad

from trainer.contract.tiling import STEP, Box, Triple, tile_corners, whole
from trainer.inference.network_runtime import Check, NetworkRuntime
from trainer.inference.tile_weight import gaussian_weight

Flip = tuple[int, ...]
NO_FLIP: Flip = ()
# All subsets of the axes (z, y, x), the unflipped pass first.
FLIPS: tuple[Flip, ...] = ((), (0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2))


@dataclass(frozen=True)
class WindowSettings:
    """How tiles go through a network; `average` is what is summed over tiles, passes and
    folds, `step` how far tiles are apart at most, in patches. `batch` is the most tiles at
    once, None for what the runtime wants; `sums` where they are summed, None for its device."""

    patch: Triple
    average: Literal["softmax", "logits"] = "softmax"
    step: float = STEP
    batch: int | None = None
    sums: torch.device | None = None


@torch.inference_mode()
def slide(
    runtime: NetworkRuntime,
    image: Tensor,
    structures: int,
    settings: WindowSettings,
    *,
    flip: Flip = NO_FLIP,
    box: Box | None = None,
    tick: Callable[[int], None] = lambda tiles: None,
) -> Tensor:
    """Return the weighted mean over tiles of the network's output for one flipped pass.

    Parameters
    ----------
    image : (z, y, x) normalised voxels in the network's axes, on the network's device.
    flip : axes of (z, y, x) mirrored on the way in and back on the way out.
    box : only the tiles that reach into it are run; outside the values mean nothing.
    tick : called with the number of tiles that are new since the last call: before every
        batch, and with 0 while it computes; what it raises ends the pass.

    Returns
    -------
    (structures, z, y, x) float32 softmax or logits (`settings.average`), on `settings.sums`.
    """
    kept, at_once = settings.sums or image.device, runtime.facts.batch
    shape = (image.shape[0], image.shape[1], image.shape[2])
    padded, offset = _pad_to_patch(image, settings.patch)
    total = torch.zeros((structures, *padded.shape), device=kept)
    weights = torch.zeros(padded.shape, device=kept)
    gaussian = gaussian_weight(settings.patch).to(kept)
    reach = _moved(box or whole(shape), offset)
    corners = tile_corners(_triple(padded), settings.patch, reach, settings.step)
    finished = 0
    for batch in _batches(corners, min(settings.batch or at_once, at_once)):
        tick(finished)
        outputs = _forward(runtime, padded, batch, settings, flip, lambda: tick(0))
        finished = len(batch)
        for corner, output in zip(batch, outputs, strict=True):
            place = _moved(whole(settings.patch), corner)
            total[(slice(None), *place)].addcmul_(output.to(kept), gaussian)
            weights[place] += gaussian
    tick(finished)
    total /= weights.clamp_min_(torch.finfo(torch.float32).tiny)
    return total[(slice(None), *_moved(whole(shape), offset))]


def _triple(image: Tensor) -> Triple:
    z, y, x = image.shape
    return z, y, x


def _moved(box: Box, by: Triple) -> Box:
    z, y, x = (slice(one.start + n, one.stop + n) for one, n in zip(box, by, strict=True))
    return z, y, x


def _pad_to_patch(image: Tensor, patch: Triple) -> tuple[Tensor, Triple]:
    """Pad with 0 (after normalisation) evenly to at least one patch; return the shift too."""
    missing = [max(length - size, 0) for size, length in zip(image.shape, patch, strict=True)]
    before = [gap // 2 for gap in missing]
    sides = [side for b, m in zip(before[::-1], missing[::-1], strict=True) for side in (b, m - b)]
    return pad(image, sides), (before[0], before[1], before[2])


def _batches(corners: list[Triple], size: int) -> Iterator[list[Triple]]:
    for start in range(0, len(corners), size):
        yield corners[start : start + size]


def _forward(
    runtime: NetworkRuntime,
    image: Tensor,
    corners: list[Triple],
    settings: WindowSettings,
    flip: Flip,
    check: Check,
) -> Tensor:
    """Return softmax or logits (tile, channel, z, y, x) of the tiles at `corners`."""
    d, h, w = settings.patch
    tiles = torch.stack([image[z : z + d, y : y + h, x : x + w] for z, y, x in corners])[:, None]
    axes = [axis + 2 for axis in flip]
    outputs = runtime.logits(tiles.flip(axes) if axes else tiles, check)
    if settings.average == "softmax":
        outputs = outputs.softmax(dim=1)
    return outputs.flip(axes) if axes else outputs
