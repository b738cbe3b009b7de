"""Trained-model folders in nnU-Net v2's form, tiny, written without nnU-Net."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import torch

from trainer.contract.model_manifest import FoldEntry, ModelManifest, write_manifest
from trainer.contract.network_config import NetworkConfig
from trainer.contract.presets import PreprocessingPlan
from trainer.models.model_store import write_weights
from trainer.nets.build import build_network
from trainer.nets.nnunet_export import export_nnunet

Json = dict[str, Any]


def guest_network(architecture: str = "residual", channels: int = 3) -> NetworkConfig:
    """Return a tiny network of nnU-Net's."""
    plain = architecture == "plain"
    return NetworkConfig.model_validate(
        {
            "architecture": architecture,
            "features": (4, 6),
            "strides": ((1, 1, 1), (1, 2, 2)),
            "blocks": (2, 2) if plain else (1, 2),
            "decoder_blocks": 2 if plain else 1,
            "structures": channels,
            "nonlinearity": "leaky_relu",
            "skip": "strided" if plain else "avgpool",
            "zero_last_norm": not plain,
            "convolution_bias": True,
            "transposed_bias": True,
        }
    )


def our_guest(
    folder: Path,
    *,
    folds: int = 2,
    architecture: str = "residual",
    channels: int = 3,
    **changes: Any,
) -> Path:
    """Write a model of ours that nnU-Net can have; `changes` are of its plan."""
    network = guest_network(architecture, channels)
    entries = []
    for fold in range(folds):
        weights = build_network(network, seed=fold).state_dict()
        for name, tensor in weights.items():
            if tensor.ndim == 1:
                weights[name] = torch.rand(tensor.shape, generator=torch.Generator().manual_seed(1))
        digest = write_weights(folder / f"fold_{fold}.safetensors", weights)
        entries.append(
            FoldEntry(fold=fold, file=f"fold_{fold}.safetensors", sha256=digest, trained_on="none")
        )
    plan = {"spacing": (4, 2, 2), "patch": (8, 16, 16), "normalize_first": True} | changes
    manifest = ModelManifest(
        name=folder.name,
        created="2026-01-01",
        preset="nnunet-v2",
        network=network,
        plan=PreprocessingPlan.model_validate(plan),
        fold_average="logits",
        checkpoint="final",
        folds=tuple(entries),
    )
    write_manifest(folder, manifest)
    return folder


def guest_folder(folder: Path, *, folds: int = 2, architecture: str = "residual") -> Path:
    """Write what nnU-Net's training leaves: TRAINER__PLANS__CONFIGURATION in `folder`."""
    ours = our_guest(folder / "ours", folds=folds, architecture=architecture)
    return export_nnunet(ours, folder / "results")


def change(file: Path, *path: str, to: Any) -> None:
    """Change one value of a JSON file; `to` None removes it."""
    content = json.loads(file.read_text())
    place = content
    for key in path[:-1]:
        place = place[key]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    file.write_text(json.dumps(content))


def in_old_plans(plans: Json) -> Json:
    """Return the same plans as nnU-Net 2.0 and 2.1 wrote them."""
    old = copy.deepcopy(plans)
    (configuration,) = old["configurations"].values()
    described = configuration.pop("architecture")
    arguments = described["arch_kwargs"]
    plain = described["network_class_name"].endswith("PlainConvUNet")
    blocks = arguments["n_conv_per_stage" if plain else "n_blocks_per_stage"]
    configuration |= {
        "UNet_class_name": described["network_class_name"].rpartition(".")[2],
        "UNet_base_num_features": arguments["features_per_stage"][0],
        "unet_max_num_features": max(arguments["features_per_stage"]),
        "n_conv_per_stage_encoder": blocks,
        "n_conv_per_stage_decoder": arguments["n_conv_per_stage_decoder"],
        "num_pool_per_axis": [0, 1, 1],
        "pool_op_kernel_sizes": arguments["strides"],
        "conv_kernel_sizes": arguments["kernel_sizes"],
    }
    return old
