"""What this program computes where nnU-Net v2 computes the same, from the same inputs.

Inputs come from numpy's RandomState, whose numbers never change, so that only nnU-Net's
results need storing. The values of `THEIRS` (tests/peers) have the same names.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from trainer.contract.network_config import NetworkConfig
from trainer.contract.presets import Schedule
from trainer.contract.tiling import tile_starts
from trainer.datasets.folds import assign_folds
from trainer.inference.tile_weight import gaussian_weight
from trainer.nets.build import build_network
from trainer.nets.nnunet_names import from_nnunet, nnunet_names
from trainer.training.loss import downsample_masks, supervised_loss, supervision_weights

Arrays = dict[str, NDArray[np.generic]]

FOLDER = Path(__file__).parent
HEADS = ((8, 16, 16), (8, 8, 8), (4, 4, 4), (2, 2, 2))
LOSS_SEEDS = (0, 1, 2, 3)
MASK = (16, 24, 20)
MASK_SIZES = ((16, 12, 10), (8, 12, 5), (4, 6, 5), (2, 3, 5))
PATCHES = ((16, 32, 24), (8, 8, 8), (6, 10, 4))
WINDOWS = ((80, 80), (128, 80), (137, 80), (248, 160), (161, 160), (1059, 24), (110, 64))
CASES = (5, 6, 21, 206, 210)
RATES = ((0.01, 1000), (0.05, 12))
SHAPE = (8, 16, 16)


def network_config(architecture: str) -> NetworkConfig:
    """Return a small network that nnU-Net has too."""
    plain = architecture == "plain"
    return NetworkConfig.model_validate(
        {
            "architecture": architecture,
            "features": (4, 6, 8),
            "strides": ((1, 1, 1), (1, 2, 2), (2, 2, 2)),
            "blocks": (2, 2, 2) if plain else (1, 2, 2),
            "decoder_blocks": 2 if plain else 1,
            "nonlinearity": "leaky_relu",
            "skip": "strided" if plain else "avgpool",
            "convolution_bias": True,
            "transposed_bias": True,
        }
    )


def network_weights(config: NetworkConfig) -> dict[str, torch.Tensor]:
    """Return weights under nnU-Net's names."""
    random = np.random.RandomState(7)
    with torch.device("meta"):
        shapes = {name: t.shape for name, t in build_network(config).state_dict().items()}
    weights = {}
    for ours, theirs in sorted(nnunet_names(config).items(), key=lambda pair: pair[1]):
        values = random.normal(0, 0.3, shapes[ours])
        if theirs.endswith("norm.weight"):
            values = 1 + values
        weights[theirs] = torch.from_numpy(values.astype(np.float32))
    return weights


def network_input() -> torch.Tensor:
    """Return (2, 1, *SHAPE) float32."""
    values = np.random.RandomState(8).normal(0, 1, (2, 1, *SHAPE))
    return torch.from_numpy(values.astype(np.float32))


def loss_inputs(seed: int) -> tuple[list[torch.Tensor], torch.Tensor]:
    """Return logits of every head, finest first, and the mask (samples, S, A, R) uint8; in
    the last seed one sample has no tumor."""
    random = np.random.RandomState(seed)
    heads = [
        torch.from_numpy(random.normal(0, 2, (2, 3, *shape)).astype(np.float32)) for shape in HEADS
    ]
    mask = random.randint(0, 3, (2, *HEADS[0])).astype(np.uint8)
    if seed == LOSS_SEEDS[-1]:
        mask[1][mask[1] == 2] = 0
    return heads, torch.from_numpy(mask)


def masks() -> torch.Tensor:
    """Return (2, *MASK) uint8."""
    return torch.from_numpy(np.random.RandomState(9).randint(0, 3, (2, *MASK)).astype(np.uint8))


def case_names(number: int) -> list[str]:
    """Return sorted case ids."""
    return [f"case_{index:05d}" for index in range(number)]


def _loss() -> Arrays:
    values, gradients = [], []
    for seed in LOSS_SEEDS:
        heads, mask = loss_inputs(seed)
        for head in heads:
            head.requires_grad_()
        loss = supervised_loss(heads, mask)
        loss.backward()
        values.append(loss.item())
        gradients += [head.grad.flatten()[::37] for head in heads if head.grad is not None]
    return {"loss": np.array(values), "gradient": torch.cat(gradients).numpy()}


def _weights() -> Arrays:
    return {f"heads_{n}": np.array(supervision_weights(n)) for n in (2, 3, 4, 5, 6)}


def _targets() -> Arrays:
    return {
        "x".join(map(str, size)): downsample_masks(masks(), size).numpy() for size in MASK_SIZES
    }


def _rates() -> Arrays:
    arrays: Arrays = {}
    for rate, epochs in RATES:
        schedule = Schedule(epochs=epochs, steps=1, validation_steps=1, learning_rate=rate)
        arrays[f"{rate}_{epochs}"] = np.array([schedule.rate(epoch) for epoch in range(epochs)])
    return arrays


def _importance() -> Arrays:
    return {"x".join(map(str, patch)): gaussian_weight(patch).numpy() for patch in PATCHES}


def _windows() -> Arrays:
    return {f"{size}_{patch}": np.array(tile_starts(size, patch)) for size, patch in WINDOWS}


def _folds() -> Arrays:
    arrays: Arrays = {}
    for number in CASES:
        folds = assign_folds(case_names(number))
        arrays[str(number)] = np.array([folds[case] for case in case_names(number)], np.int8)
    return arrays


def _network(architecture: str) -> Arrays:
    config = network_config(architecture)
    network = build_network(config)
    network.load_state_dict(from_nnunet(network_weights(config), config))
    with torch.no_grad():
        heads = network(network_input())
    return {f"head_{level}": head.numpy() for level, head in enumerate(heads)}


OURS: dict[str, Callable[[], Arrays]] = {
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


def stored(name: str) -> Arrays:
    """Return what nnU-Net gave when the arrays were written."""
    with np.load(FOLDER / f"{name}.npz") as file:
        return {key: file[key] for key in file.files}


def assert_equal(ours: Arrays, theirs: Arrays) -> None:
    """Compare with 1e-5 absolute for float32, 1e-12 relative for float64, exactly else."""
    assert ours.keys() == theirs.keys()
    for key, array in theirs.items():
        if array.dtype == np.float32:
            np.testing.assert_allclose(ours[key], array, rtol=1e-5, atol=1e-5, err_msg=key)
        elif array.dtype == np.float64:
            np.testing.assert_allclose(ours[key], array, rtol=1e-12, err_msg=key)
        else:
            np.testing.assert_array_equal(ours[key], array, err_msg=key)
