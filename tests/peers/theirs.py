"""What nnU-Net v2's own functions give for the inputs of tests/reference/ours.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from batchgeneratorsv2.transforms.utils.deep_supervision_downsampling import (
    DownsampleSegForDSTransform,
)
from nnunetv2.inference.sliding_window_prediction import (
    compute_gaussian,
    compute_steps_for_sliding_window,
)
from nnunetv2.training.lr_scheduler.polylr import PolyLRScheduler
from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer
from nnunetv2.utilities.crossval_split import generate_crossval_split

from tests.peers.nnunet_plans import build_theirs
from tests.reference.ours import (
    CASES,
    HEADS,
    LOSS_SEEDS,
    MASK,
    MASK_SIZES,
    PATCHES,
    RATES,
    WINDOWS,
    Arrays,
    case_names,
    loss_inputs,
    masks,
    network_config,
    network_input,
    network_weights,
)
from trainer.nets.nnunet_names import from_nnunet, to_nnunet


def deep_loss(heads: int) -> Any:
    """Return the loss that nnU-Net's trainer builds for this many heads."""
    trainer = SimpleNamespace(
        label_manager=SimpleNamespace(has_regions=False, ignore_label=None),
        configuration_manager=SimpleNamespace(batch_dice=False),
        is_ddp=False,
        enable_deep_supervision=True,
        _do_i_compile=lambda: False,
        _get_deep_supervision_scales=lambda: [1] * heads,
    )
    return nnUNetTrainer._build_loss(trainer)


def targets(mask: torch.Tensor, sizes: Sequence[Sequence[int]]) -> list[torch.Tensor]:
    """Return (samples, 1, S, A, R) masks at every size, by nnU-Net's own transform."""
    whole = mask.shape[1:]
    scales = [[new / old for new, old in zip(size, whole, strict=True)] for size in sizes]
    samples = [
        DownsampleSegForDSTransform(scales)(segmentation=sample[None])["segmentation"]
        for sample in mask.to(torch.int16)
    ]
    return [torch.stack(parts) for parts in zip(*samples, strict=True)]


def _loss() -> Arrays:
    values, gradients = [], []
    for seed in LOSS_SEEDS:
        heads, mask = loss_inputs(seed)
        for head in heads:
            head.requires_grad_()
        loss = deep_loss(len(heads))(heads, targets(mask, HEADS))
        loss.backward()
        values.append(np.float32(loss.item()))
        gradients += [head.grad.flatten()[::37] for head in heads if head.grad is not None]
    return {"loss": np.array(values), "gradient": torch.cat(gradients).numpy()}


def _weights() -> Arrays:
    return {f"heads_{n}": np.array(deep_loss(n).weight_factors) for n in (2, 3, 4, 5, 6)}


def _targets() -> Arrays:
    assert masks().shape[1:] == MASK
    return {
        "x".join(map(str, size)): array[:, 0].to(torch.uint8).numpy()
        for size, array in zip(MASK_SIZES, targets(masks(), MASK_SIZES), strict=True)
    }


def _rates() -> Arrays:
    arrays: Arrays = {}
    for rate, epochs in RATES:
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], rate)
        scheduler = PolyLRScheduler(optimizer, rate, epochs)
        values = []
        for epoch in range(epochs):
            scheduler.step(epoch)
            values.append(optimizer.param_groups[0]["lr"])
        arrays[f"{rate}_{epochs}"] = np.array(values)
    return arrays


def _importance() -> Arrays:
    return {
        "x".join(map(str, patch)): compute_gaussian(
            patch, 1 / 8, 1, torch.float32, torch.device("cpu")
        ).numpy()
        for patch in PATCHES
    }


def _windows() -> Arrays:
    return {
        f"{size}_{patch}": np.array(compute_steps_for_sliding_window((size,), (patch,), 0.5)[0])
        for size, patch in WINDOWS
    }


def _folds() -> Arrays:
    arrays: Arrays = {}
    for number in CASES:
        splits = generate_crossval_split(case_names(number))
        fold_of = {case: fold for fold, split in enumerate(splits) for case in split["val"]}
        arrays[str(number)] = np.array([fold_of[case] for case in case_names(number)], np.int8)
    return arrays


def _network(architecture: str) -> Arrays:
    config = network_config(architecture)
    weights = to_nnunet(from_nnunet(network_weights(config), config), config)
    network = build_theirs(config)
    network.load_state_dict(weights, strict=True)
    with torch.no_grad():
        heads = network(network_input())
    return {f"head_{level}": head.numpy() for level, head in enumerate(heads)}


THEIRS: dict[str, Callable[[], Arrays]] = {
    "loss": _loss,
    "supervision_weights": _weights,
    "targets": _targets,
    "learning_rates": _rates,
    "importance_map": _importance,
    "tile_starts": _windows,
    "folds": _folds,
    "plain_network": lambda: _network("plain"),
    "residual_network": lambda: _network("residual"),
}
