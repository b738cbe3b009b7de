"""Every number of the method's three presets, and that a network's choices follow from them."""

from __future__ import annotations

import pytest

from trainer.contract.network_config import Architecture
from trainer.contract.presets import PRESETS, preset

HU = {"clip_low": -79, "clip_high": 304, "mean": 101, "deviation": 76.9}
FULL_GRID = {"spacing": (3.2164, 1.6153, 1.6153), "patch": (80, 160, 160)}
WINNER = {
    "epochs": 1000,
    "steps": 250,
    "validation_steps": 50,
    "batch": 2,
    "learning_rate": 0.01,
    "warm_learning_rate": None,
    "momentum": 0.99,
    "weight_decay": 3e-5,
    "clip_norm": 12,
    "decay_power": 0.9,
    "augmentation": "paper",
    "foreground_fraction": 0.5,
    "checkpoint": "best",
}
SCHEDULES = {
    "kits2019": WINNER,
    "nnunet-v2": WINNER | {"augmentation": "nnunet-v2", "checkpoint": "final"},
    "demo": WINNER
    | {"epochs": 36, "steps": 50, "validation_steps": 5, "momentum": 0.9}
    | {"learning_rate": 0.1, "warm_learning_rate": 0.01},
}
GRIDS = {
    "kits2019": FULL_GRID | {"normalize_first": False},
    "nnunet-v2": FULL_GRID | {"normalize_first": True},
    "demo": {"spacing": (6.44, 3.24, 3.24), "patch": (24, 48, 48), "normalize_first": False},
}
LAYOUT = ((1, 1, 1), (1, 2, 2), (2, 2, 2), (2, 2, 2), (2, 2, 2), (2, 2, 2))
TWOS, BLOCKS = (2, 2, 2, 2, 2, 2), (1, 2, 3, 4, 4, 4)
NETWORKS: dict[tuple[str, Architecture], dict[str, object]] = {
    ("kits2019", "plain"): {
        "features": (30, 60, 120, 240, 320, 320),
        "strides": LAYOUT,
        "blocks": TWOS,
        "decoder_blocks": 2,
    },
    ("kits2019", "residual"): {"features": (24, 48, 96, 192, 320, 320), "strides": LAYOUT},
    ("kits2019", "preact"): {"features": (24, 48, 96, 192, 320, 320), "strides": LAYOUT},
    ("nnunet-v2", "plain"): {
        "features": (32, 64, 128, 256, 320, 320),
        "strides": LAYOUT,
        "blocks": TWOS,
        "decoder_blocks": 2,
        "nonlinearity": "leaky_relu",
    },
    ("nnunet-v2", "residual"): {
        "features": (24, 48, 96, 192, 320, 320),
        "strides": LAYOUT,
        "nonlinearity": "leaky_relu",
        "skip": "avgpool",
        "zero_last_norm": True,
    },
    ("demo", "residual"): {
        "features": (8, 16, 32, 48),
        "strides": LAYOUT[:4],
        "blocks": (1, 1, 2, 2),
    },
}
COMMON = {
    "blocks": BLOCKS,
    "decoder_blocks": 1,
    "kernels": None,
    "structures": 3,
    "nonlinearity": "relu",
    "skip": "strided",
    "zero_last_norm": False,
    "deep_supervision": True,
}


def test_the_presets_and_their_networks_are_these() -> None:
    assert {(name, kind) for name, one in PRESETS.items() for kind in one.features} == set(NETWORKS)


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_schedule_is_the_methods(name: str) -> None:
    assert preset(name).schedule.model_dump() == SCHEDULES[name]


@pytest.mark.parametrize("name", GRIDS)
def test_grid_and_intensities_are_the_methods(name: str) -> None:
    plan = preset(name).plan.model_dump()
    expected = GRIDS[name] | HU | {"axes": "SAR", "transpose": (0, 1, 2), "regions": False}
    assert {key: plan[key] for key in expected} == expected
    assert preset(name).plan.structures == ("background", "kidney", "tumor")


@pytest.mark.parametrize(("name", "architecture"), NETWORKS)
def test_the_network_is_the_methods(name: str, architecture: Architecture) -> None:
    config = preset(name).network(architecture).model_dump()
    expected = COMMON | NETWORKS[name, architecture]
    assert {key: config[key] for key in expected} == expected


def test_folds_are_averaged_as_softmax_but_nnunets_as_logits() -> None:
    averages = {name: one.fold_average for name, one in PRESETS.items()}
    assert averages == {"kits2019": "softmax", "nnunet-v2": "logits", "demo": "softmax"}
