"""Batches that depend on (run seed, fold, epoch, step) alone, read one step ahead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from trainer.preprocessing.cached_case import CachedCase
from trainer.training.augment import (
    Augmentation,
    BatchDraw,
    apply_intensities,
    apply_mirroring,
    draw_batch,
)
from trainer.training.sampler import PatchSampler, Triple
from trainer.training.spatial import PatchBlock, read_block, warp_block


@dataclass(frozen=True)
class BatchSettings:
    """What a stream of batches is made with. `stream` keeps training (0) and validation
    (1) apart; `structures` counts background."""

    patch: Triple
    batch: int
    foreground_fraction: float
    structures: int
    seed: int
    fold: int
    stream: int


class BatchSource:
    """Makes batches of some cases for one device."""

    def __init__(
        self,
        cases: Sequence[CachedCase],
        settings: BatchSettings,
        augmentation: Augmentation,
        device: torch.device,
    ) -> None:
        self._settings = settings
        self._augmentation = augmentation
        self._device = device
        self._sampler = PatchSampler(
            cases, settings.patch, settings.batch, settings.foreground_fraction
        )

    def batches(self, epoch: int, first: int, steps: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield the batches of `epoch` from step `first` to `steps` (exclusive).

        Each is an image (samples, 1, S, A, R) float32 and a mask (samples, S, A, R) uint8
        on the device. The next one is read from the cache while the last one is used.
        """
        if first >= steps:
            return
        with ThreadPoolExecutor(1) as reader:
            coming = reader.submit(self._read, epoch, first)
            for step in range(first, steps):
                draw, blocks = coming.result()
                if step + 1 < steps:
                    coming = reader.submit(self._read, epoch, step + 1)
                yield self._finish(draw, blocks)

    def _read(self, epoch: int, step: int) -> tuple[BatchDraw, list[PatchBlock]]:
        own = self._settings
        rng = np.random.default_rng([own.seed, own.fold, own.stream, epoch, step])
        patches = self._sampler.draw(rng)
        draw = draw_batch(self._augmentation, len(patches), rng)
        blocks = [
            read_block(patch, own.patch, matrix)
            for patch, matrix in zip(patches, draw.matrices, strict=True)
        ]
        return draw, blocks

    def _finish(self, draw: BatchDraw, blocks: list[PatchBlock]) -> tuple[Tensor, Tensor]:
        own = self._settings
        pairs = [warp_block(block, own.patch, own.structures, self._device) for block in blocks]
        images = torch.stack([image for image, _ in pairs])
        masks = torch.stack([mask for _, mask in pairs])
        return apply_mirroring(apply_intensities(images, draw), masks, draw)
