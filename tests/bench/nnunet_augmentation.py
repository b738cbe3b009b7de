"""Seconds per 80x160x160 sample of nnU-Net v2's own augmentation; run by `augmentation.py`.

    PYTHON_WITH_NNUNET nnunet_augmentation.py --samples 200

Its default trainer's transforms for a 3D plan, deep supervision of the paper's layout
included, on tensors in memory, in this one process. Prints one JSON line.
"""

from __future__ import annotations

import argparse
import json
import os
import time

import numpy as np

for variable in ("nnUNet_raw", "nnUNet_preprocessed", "nnUNet_results"):
    os.environ.setdefault(variable, "unused")

import torch
from nnunetv2.training.data_augmentation.compute_initial_patch_size import get_patch_size
from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer

PATCH = (80, 160, 160)
ANGLES = (-np.pi / 6, np.pi / 6)
HEADS = [[1, 1, 1], [1, 1 / 2, 1 / 2], *([f, f / 2, f / 2] for f in (1 / 2, 1 / 4, 1 / 8))]


def main() -> None:
    """Time the samples one by one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--samples", type=int, default=200)
    samples = parser.parse_args().samples
    torch.set_num_threads(1)
    torch.manual_seed(0)
    np.random.seed(0)  # noqa: NPY002 - nnU-Net draws from this generator
    # What the trainer itself reads, so that no corner of a turned patch is empty.
    size = [int(n) for n in get_patch_size(PATCH, ANGLES, ANGLES, ANGLES, (0.85, 1.25))]
    transforms = nnUNetTrainer.get_training_transforms(
        PATCH,
        ANGLES,
        HEADS,
        (0, 1, 2),
        False,
        use_mask_for_norm=[False],
        is_cascaded=False,
        foreground_labels=[1, 2],
        regions=None,
        ignore_label=None,
    )
    image = torch.randn(1, *size)
    mask = torch.randint(0, 3, (1, *size), dtype=torch.int16)
    seconds = []
    for _ in range(samples):
        began = time.perf_counter()
        transforms(image=image.clone(), segmentation=mask.clone())
        seconds.append(time.perf_counter() - began)
    figures = {"samples": samples, "mean_s": float(np.mean(seconds)), "max_s": max(seconds)}
    print(json.dumps(figures))


main()
