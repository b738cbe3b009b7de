"""Cases made in memory, as the cache would hold them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.trainer.training.tiny_folds import NETWORK, SCHEDULE, TrainerMaker
from trainer.contract.presets import Schedule
from trainer.nets.build import build_network
from trainer.nets.unet import UNet
from trainer.preprocessing.cached_case import STEPS_PER_UNIT, CachedCase, CaseRecord
from trainer.preprocessing.mask_bits import pack_mask
from trainer.training.augment import AUGMENTATIONS
from trainer.training.batches import BatchSettings, BatchSource
from trainer.training.compute import Compute
from trainer.training.fold_trainer import FoldTrainer
from trainer.training.interruption import Interruption
from trainer.training.task_record import TaskRecord

MakeCase = Callable[[str, NDArray[np.float32], NDArray[np.uint8]], CachedCase]


@pytest.fixture
def make_case() -> MakeCase:
    """Return a cached case from an image and a mask."""

    def make(case: str, image: NDArray[np.float32], mask: NDArray[np.uint8]) -> CachedCase:
        z, y, x = mask.shape
        record = CaseRecord(
            image_hash=case, mask_hash=case, plan_hash="", shape=(z, y, x), structures=(1, 2)
        )
        steps = np.rint(image * STEPS_PER_UNIT).astype(np.int16)
        places = {k: np.flatnonzero(mask == k).astype(np.int32) for k in (1, 2)}
        return CachedCase(case, record, steps, pack_mask(mask), places)

    return make


@pytest.fixture
def begin(make_case: MakeCase) -> TrainerMaker:
    """Make trainers of one tiny fold: two cases to learn from, one to validate on."""
    rng = np.random.default_rng(0)
    cases = []
    for name in "abc":
        mask = np.zeros((12, 16, 16), np.uint8)
        mask[3:9, 4:12, 4:12] = 1
        mask[4:7, 6:10, 6:10] = 2
        image = (mask - 1.0 + rng.normal(0, 0.2, mask.shape)).astype(np.float32)
        cases.append(make_case(name, image, mask))
    cpu = torch.device("cpu")

    def build(
        folder: Path,
        interruption: Interruption | None = None,
        schedule: Schedule = SCHEDULE,
        amp: torch.dtype | None = None,
        network: UNet | None = None,
    ) -> FoldTrainer:
        sources = tuple(
            BatchSource(
                part,
                BatchSettings((8, 8, 8), 2, 0.5, 3, seed=5, fold=1, stream=stream),
                AUGMENTATIONS[schedule.augmentation if stream == 0 else "none"],
                cpu,
            )
            for stream, part in enumerate((cases[:2], cases[2:]))
        )
        return FoldTrainer(
            network or build_network(NETWORK, seed=1),
            (sources[0], sources[1]),
            schedule,
            Compute(cpu, amp),
            TaskRecord(folder),
            interruption or Interruption(None),
        )

    return build
