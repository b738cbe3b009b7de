"""A hundred batches of augmented phantoms, made once by our own batch source and saved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from trainer.contract.presets import preset
from trainer.datasets.training_set import read_training_set
from trainer.phantoms.phantom_set import PhantomRequest, make_phantom_set
from trainer.preprocessing.cache import prepare_case
from trainer.training.augment import AUGMENTATIONS
from trainer.training.batches import BatchSettings, BatchSource

PLAN = preset("demo").plan
CPU = torch.device("cpu")


@dataclass(frozen=True, eq=False)
class RecordedBatches:
    """Batches that are given out in their order; stands where a BatchSource does."""

    images: Tensor
    masks: Tensor

    def batches(self, epoch: int, first: int, steps: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield image (2, 1, S, A, R) float32 and mask (2, S, A, R) uint8."""
        for index in range(epoch * steps + first, (epoch + 1) * steps):
            yield self.images[index], self.masks[index]

    def cases(self, epoch: int, step: int) -> Sequence[str]:
        """Name the samples."""
        return (f"{epoch}-{step}-a", f"{epoch}-{step}-b")


def record_batches(folder: Path, number: int) -> RecordedBatches:
    """Make six phantoms, prepare them, draw `number` batches, save and read them back."""
    phantoms = folder / "phantoms"
    make_phantom_set(
        PhantomRequest(phantoms, cases=6, seed=11, shape=(40, 96, 96), spacing=(7.0, 3.8, 3.8))
    )
    cases = [
        prepare_case(case, PLAN, folder / "prepared") for case in read_training_set(phantoms).cases
    ]
    settings = BatchSettings(PLAN.patch, 2, 0.5, 3, seed=1, fold=0, stream=0)
    source = BatchSource(cases, settings, AUGMENTATIONS["paper"], CPU)
    images, masks = zip(*source.batches(0, 0, number), strict=True)
    path = folder / "batches.npz"
    np.savez(path, images=torch.stack(images).numpy(), masks=torch.stack(masks).numpy())
    with np.load(path) as file:
        return RecordedBatches(torch.from_numpy(file["images"]), torch.from_numpy(file["masks"]))
