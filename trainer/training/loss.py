"""Cross entropy plus soft Dice, at every head of the network."""

from __future__ import annotations

from collections.abc import Sequence

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


def soft_dice(logits: Tensor, masks: Tensor) -> Tensor:
    """Return the mean soft Dice over samples and structures, without background.

    Parameters
    ----------
    logits : (samples, structures, S, A, R) float32.
    masks : (samples, S, A, R) integers.

    Each sample has its own Dice, (2 TP + 1e-5) / (2 TP + FP + FN + 1e-5), so a structure
    that is neither there nor predicted counts as 1.
    """
    probabilities = logits.softmax(1)[:, 1:]
    structures = torch.arange(1, logits.shape[1], device=masks.device).view(1, -1, 1, 1, 1)
    truth = (masks[:, None] == structures).to(probabilities.dtype)
    overlap = (probabilities * truth).sum((2, 3, 4))
    total = probabilities.sum((2, 3, 4)) + truth.sum((2, 3, 4))
    return ((2 * overlap + SMOOTH) / (total + SMOOTH)).mean()


def dice_and_cross_entropy(logits: Tensor, masks: Tensor) -> Tensor:
    """Return cross entropy (mean over voxels) minus soft Dice, in float32."""
    logits = logits.float()
    return functional.cross_entropy(logits, masks.long()) - soft_dice(logits, masks)


def supervised_loss(heads: Sequence[Tensor], masks: Tensor) -> Tensor:
    """Return the weighted loss of all heads; heads of weight 0 are not computed."""
    weights = supervision_weights(len(heads))
    losses = [
        weight * dice_and_cross_entropy(head, downsample_masks(masks, head.shape[2:]))
        for weight, head in zip(weights, heads, strict=True)
        if weight > 0
    ]
    return torch.stack(losses).sum()
