"""One sitting of ours: seconds per sample, read from a prepared case and augmented."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from statistics import mean, median

import torch

from trainer.contract.presets import PRESETS
from trainer.preprocessing.cached_case import open_case
from trainer.training.augment import AUGMENTATIONS
from trainer.training.batches import BatchSettings, BatchSource

# Batches before the clock runs: the first ones load kernels and pages.
WARM_UP = 5


def seconds_per_sample(folder: Path, name: str, device: torch.device, samples: int) -> list[float]:
    """Return the seconds from each batch to the next, divided by its samples."""
    preset = PRESETS[name]
    size = preset.schedule.batch
    settings = BatchSettings(
        preset.plan.patch,
        size,
        preset.schedule.foreground_fraction,
        len(preset.plan.structures),
        seed=0,
        fold=0,
        stream=0,
    )
    table = AUGMENTATIONS[preset.schedule.augmentation]
    source = BatchSource([open_case(folder / name, "phantom")], settings, table, device)
    batches = source.batches(0, 0, WARM_UP + samples // size)
    for _ in range(WARM_UP):
        next(batches)
    seconds = []
    began = time.perf_counter()
    for _ in batches:
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        now = time.perf_counter()
        seconds.append((now - began) / size)
        began = now
    return seconds


def main() -> None:
    """Measure and print one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--preset", required=True)
    parser.add_argument("--device", required=True)
    parser.add_argument("--samples", type=int, required=True)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    seconds = seconds_per_sample(
        chosen.folder, chosen.preset, torch.device(chosen.device), chosen.samples
    )
    print(json.dumps({"mean_s": mean(seconds), "median_s": median(seconds)}))


if __name__ == "__main__":
    main()
