"""Cross entropy plus soft Dice, at every head of the network.

Everything is computed sample by sample in float32, and a batch's loss is the mean over its
samples: the gradient of a batch is the mean of its samples' gradients, so that a batch may
also be taken one sample at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

SMOOTH = 1e-5


def supervision_weights(heads: int) -> tuple[float, ...]:
    """Return the weight of each head, finest first: 1/2^i, the lowest head 0, sum 1."""
    raw = [0.5**level for level in range(heads)]
    if heads > 1:
        raw[-1] = 0.0
    total = sum(raw)
    return tuple(weight / total for weight in raw)


def downsample_masks(masks: Tensor, size: Sequence[int]) -> Tensor:
    """Return (samples, S, A, R) masks at a head's size by nearest-exact voxels."""
    for axis, new in enumerate(size, start=1):
        old = masks.shape[axis]
        if old == new:
            continue
        centres = (torch.arange(new, device=masks.device) + 0.5) * (old / new)
        masks = masks.index_select(axis, centres.to(torch.int64))
    return masks


def _sample_dice(probabilities: Tensor, masks: Tensor) -> Tensor:
    """Return (samples,) the mean soft Dice over structures; probabilities have no
    background."""
    structures = torch.arange(1, probabilities.shape[1] + 1, device=masks.device)
    truth = (masks[:, None] == structures.view(1, -1, 1, 1, 1)).to(probabilities.dtype)
    overlap = (probabilities * truth).sum((2, 3, 4))
    total = probabilities.sum((2, 3, 4)) + truth.sum((2, 3, 4))
    return ((2 * overlap + SMOOTH) / (total + SMOOTH)).mean(1)


def soft_dice(logits: Tensor, masks: Tensor) -> Tensor:
    """Return the mean soft Dice over samples and structures, without background.

    Parameters
    ----------
    logits : (samples, structures, S, A, R) float32.
    masks : (samples, S, A, R) integers.

    Each sample has its own Dice, (2 TP + 1e-5) / (2 TP + FP + FN + 1e-5), so a structure
    that is neither there nor predicted counts as 1.
    """
    return _sample_dice(logits.softmax(1)[:, 1:], masks).mean()


def sample_losses(logits: Tensor, masks: Tensor) -> Tensor:
    """Return (samples,) each sample's cross entropy (mean over voxels) minus soft Dice."""
    shares = logits.float().log_softmax(1)
    entropy = functional.nll_loss(shares, masks.long(), reduction="none").mean((1, 2, 3))
    return entropy - _sample_dice(shares[:, 1:].exp(), masks)


def dice_and_cross_entropy(logits: Tensor, masks: Tensor) -> Tensor:
    """Return cross entropy (mean over voxels) minus soft Dice, in float32."""
    return sample_losses(logits, masks).mean()


@dataclass(frozen=True, eq=False)
class HeadLosses:
    """Losses of each sample, (samples,): of all heads together, and of the finest alone."""

    supervised: Tensor
    finest: Tensor


def head_losses(heads: Sequence[Tensor], masks: Tensor) -> HeadLosses:
    """Return each sample's loss; heads of weight 0 are not computed."""
    weights = supervision_weights(len(heads))
    finest = sample_losses(heads[0], masks)
    supervised = weights[0] * finest
    for weight, head in zip(weights[1:], heads[1:], strict=True):
        if weight > 0:
            targets = downsample_masks(masks, head.shape[2:])
            supervised = supervised + weight * sample_losses(head, targets)
    return HeadLosses(supervised, finest.detach())


def supervised_loss(heads: Sequence[Tensor], masks: Tensor) -> Tensor:
    """Return the weighted loss of all heads, the mean over the samples."""
    return head_losses(heads, masks).supervised.mean()
