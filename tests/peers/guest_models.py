"""Trained-model folders as nnU-Net v2 writes them, with seeded weights and random norms."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from nnunetv2.utilities.get_network_from_plans import get_network_from_plans

from tests.peers.nnunet_plans import CONFIGURATION, plans
from trainer.contract.network_config import NetworkConfig
from trainer.contract.presets import PreprocessingPlan

LABELS = {"background": 0, "kidney": 1, "tumor": 2}
REGIONS = {"background": 0, "kidney": [1, 2, 3], "masses": [2, 3], "tumor": 2}
_TWO = (2, 2, 2)


@dataclass(frozen=True)
class GuestKind:
    """What a model of nnU-Net's is like; `regions` are KiTS23's, painted 1, 3, 2."""

    net: str = "residual"
    folds: int = 1
    reader: str = "SimpleITKIO"
    transpose: tuple[int, int, int] = (0, 1, 2)
    regions: bool = False
    patch: tuple[int, int, int] = (24, 48, 48)
    spacing: tuple[float, float, float] = (6.44, 3.24, 3.24)
    mirror_axes: tuple[int, ...] | None = (0, 1, 2)
    full_size: bool = False

    @property
    def network(self) -> NetworkConfig:
        """Return the network: small, or the paper's own."""
        plain = self.net == "plain"
        levels = 6 if self.full_size else 4
        base = 24 if self.full_size else 8
        blocks = (2,) * levels if plain else (1, 2, 3, 4, 4, 4)[:levels]
        return NetworkConfig.model_validate(
            {
                "architecture": self.net,
                "features": [min(320, base * 2**level) for level in range(levels)],
                "strides": [(1, 1, 1), (1, 2, 2), *[_TWO] * (levels - 2)],
                "blocks": blocks,
                "decoder_blocks": 2 if plain else 1,
                "nonlinearity": "leaky_relu",
                "skip": "strided" if plain else "avgpool",
                "convolution_bias": True,
                "transposed_bias": True,
                "structures": 3,
            }
        )


def write_guest(folder: Path, kind: GuestKind) -> Path:
    """Write the model into `folder`/nnUNetTrainer__… and return that folder."""
    plan = PreprocessingPlan(spacing=kind.spacing, patch=kind.patch)
    described = plans(kind.network, plan, 2)
    described["image_reader_writer"] = kind.reader
    described["transpose_forward"] = list(kind.transpose)
    described["transpose_backward"] = [kind.transpose.index(axis) for axis in range(3)]
    dataset: dict[str, Any] = {
        "channel_names": {"0": "CT"},
        "labels": REGIONS if kind.regions else LABELS,
        "numTraining": 6,
        "file_ending": ".nii.gz",
    }
    if kind.regions:
        dataset["regions_class_order"] = [1, 3, 2]
    model = folder / f"nnUNetTrainer__recorded__{CONFIGURATION}"
    model.mkdir(parents=True)
    (model / "plans.json").write_text(json.dumps(described))
    (model / "dataset.json").write_text(json.dumps(dataset))
    for fold in range(kind.folds):
        write_checkpoint(model, fold, described, dataset, kind)
    return model


def write_checkpoint(
    model: Path, fold: int, described: dict[str, Any], dataset: dict[str, Any], kind: GuestKind
) -> None:
    """Write fold_k/checkpoint_final.pth with what nnU-Net's trainer puts into it."""
    architecture = copy.deepcopy(described["configurations"][CONFIGURATION]["architecture"])
    torch.manual_seed(fold)
    network = get_network_from_plans(
        architecture["network_class_name"],
        architecture["arch_kwargs"],
        architecture["_kw_requires_import"],
        1,
        3,
        allow_init=True,
        deep_supervision=True,
    )
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, torch.nn.InstanceNorm3d):
                module.weight.uniform_(0.5, 1.5)
                module.bias.uniform_(-0.3, 0.3)
    content = {
        "network_weights": network.state_dict(),
        "optimizer_state": None,
        "grad_scaler_state": None,
        "logging": {},
        "_best_ema": None,
        "current_epoch": 1000,
        "init_args": {
            "plans": described,
            "configuration": CONFIGURATION,
            "fold": fold,
            "dataset_json": dataset,
        },
        "trainer_name": "nnUNetTrainer",
        "inference_allowed_mirroring_axes": kind.mirror_axes,
    }
    (model / f"fold_{fold}").mkdir()
    torch.save(content, model / f"fold_{fold}" / "checkpoint_final.pth")
