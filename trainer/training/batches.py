"""Batches that depend on (run seed, fold, epoch, step) alone, read one step ahead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
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
from trainer.training.sampler import PatchDraw, PatchSampler, Triple
from trainer.training.spatial import PatchBlock, read_block, warp_block

_Read = tuple[BatchDraw, list[PatchBlock]]


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
        # One thread for all batches, which ends with this source: to start one where no memory
        # is left can wait for ever.
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="read-ahead")

    def draw(self, epoch: int, step: int) -> tuple[list[PatchDraw], BatchDraw]:
        """Return what the batch of a step is made of; the same whenever it is asked for."""
        own = self._settings
        rng = np.random.default_rng([own.seed, own.fold, own.stream, epoch, step])
        return self._sampler.draw(rng), draw_batch(self._augmentation, own.batch, rng)

    def batches(self, epoch: int, first: int, steps: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield the batches of `epoch` from step `first` to `steps` (exclusive).

        Each is an image (samples, 1, S, A, R) float32 and a mask (samples, S, A, R) uint8
        on the device. The next one is read from the cache while the last one is used.
        """
        if first >= steps:
            return
        coming = self._start_reading(epoch, first)
        for step in range(first, steps):
            read = coming.result()
            if step + 1 < steps:
                coming = self._start_reading(epoch, step + 1)
            yield self._finish(*read)

    def _start_reading(self, epoch: int, step: int) -> Future[_Read]:
        return self._reader.submit(self._read, epoch, step)

    def cases(self, epoch: int, step: int) -> tuple[str, ...]:
        """Return whose patches the samples of one batch are, in their order."""
        return tuple(patch.case.id for patch in self.draw(epoch, step)[0])

    def _read(self, epoch: int, step: int) -> _Read:
        patches, draw = self.draw(epoch, step)
        blocks = [
            read_block(patch, self._settings.patch, draw.matrix(sample))
            for sample, patch in enumerate(patches)
        ]
        return draw, blocks

    def _finish(self, draw: BatchDraw, blocks: list[PatchBlock]) -> tuple[Tensor, Tensor]:
        own = self._settings
        shape = (len(blocks), *own.patch)
        images = torch.empty(shape, dtype=torch.float32, device=self._device)
        masks = torch.empty(shape, dtype=torch.uint8, device=self._device)
        for sample, block in enumerate(blocks):
            image, mask = warp_block(block, own.patch, own.structures, self._device)
            images[sample], masks[sample] = image, mask
        images = images[:, None]
        apply_intensities(images, draw)
        apply_mirroring(images, masks, draw)
        return images, masks
