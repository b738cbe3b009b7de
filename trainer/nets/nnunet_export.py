"""A model of this program as a trained-model folder that nnU-Net v2 predicts with."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import write_json
from trainer.contract.model_manifest import ModelManifest, read_manifest
from trainer.contract.network_config import NetworkConfig
from trainer.contract.presets import PreprocessingPlan
from trainer.imaging.safe_write import WriteFailed
from trainer.models.model_store import read_weights
from trainer.nets.build import build_network
from trainer.nets.nnunet_import import TargetExists
from trainer.nets.nnunet_names import NoSuchNetwork, nnunet_names, to_nnunet

_CLASSES = {"plain": "PlainConvUNet", "residual": "ResidualEncoderUNet"}
_IMPORTS = ["conv_op", "norm_op", "dropout_op", "nonlin"]
_CONFIGURATION = "3d_fullres"


class NotForNnunet(KitsDeskError):
    """nnU-Net v2 would not predict with this model as this program does."""


def export_nnunet(model: Path, out: Path) -> Path:
    """Write `out`/TRAINER__PLANS__CONFIGURATION and return it, whole or not at all.

    Raises
    ------
    NoSuchNetwork : nnU-Net v2 has no network like the model's.
    NotForNnunet : it has none that prepares images or averages folds like it.
    DamagedFile, ModelRefused : the model itself is not in order.
    TargetExists, WriteFailed : nothing is left of the attempt.
    """
    manifest = read_manifest(model)
    nnunet_names(manifest.network)
    _require_alike(manifest)
    target = out / f"nnUNetTrainer__{_plans_name(manifest)}__{_CONFIGURATION}"
    if target.exists():
        raise TargetExists(f"{target} already exists.", advice="Choose another folder.")
    temporary = out / f".{uuid.uuid4().hex}.tmp"
    try:
        plans, dataset = plans_of(manifest), _dataset_of(manifest)
        write_json(temporary / "plans.json", plans)
        write_json(temporary / "dataset.json", dataset)
        for entry in manifest.folds:
            weights = read_weights(model, entry, _shapes(manifest.network))
            begun_with = {
                "plans": plans,
                "configuration": _CONFIGURATION,
                "fold": entry.fold,
                "dataset_json": dataset,
            }
            folder = temporary / f"fold_{entry.fold}"
            folder.mkdir()
            torch.save(_checkpoint(manifest, weights, begun_with), folder / "checkpoint_final.pth")
        os.replace(temporary, target)
    except (OSError, RuntimeError) as error:
        raise WriteFailed(f"The folder could not be written: {error}.") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return target


def _checkpoint(
    manifest: ModelManifest, weights: Mapping[str, Tensor], init_args: dict[str, Any]
) -> dict[str, Any]:
    """Return a fold's weights as the checkpoint of a training that has ended."""
    return {
        "network_weights": to_nnunet(weights, manifest.network),
        "optimizer_state": None,
        "grad_scaler_state": None,
        "logging": {},
        "_best_ema": None,
        "current_epoch": 0,
        "init_args": init_args,
        "trainer_name": "nnUNetTrainer",
        "inference_allowed_mirroring_axes": manifest.mirror_axes or None,
    }


def _require_alike(manifest: ModelManifest) -> None:
    """nnU-Net v2 normalises before it resamples, and averages the folds' logits."""
    reasons = {
        "resamples before it normalises": not manifest.plan.normalize_first,
        "averages its folds' softmax": manifest.fold_average == "softmax"
        and len(manifest.folds) > 1,
        "has no finished fold": not manifest.folds,
    }
    found = [reason for reason, holds in reasons.items() if holds]
    if found:
        raise NotForNnunet(
            f"{manifest.name} {' and '.join(found)}, and nnU-Net v2 does not.",
            kept="Nothing was written.",
            advice="Models of the preset nnunet-v2 can be exchanged with nnU-Net.",
        )


def _shapes(network: NetworkConfig) -> dict[str, tuple[int, ...]]:
    with torch.device("meta"):
        state = build_network(network).state_dict()
    return {name: tuple(tensor.shape) for name, tensor in state.items()}


def _plans_name(manifest: ModelManifest) -> str:
    return manifest.guest.plans if manifest.guest else "KiTSDeskPlans"


def _dataset_of(manifest: ModelManifest) -> dict[str, Any]:
    plan, guest = manifest.plan, manifest.guest
    labels: dict[str, Any] = {name: value for value, name in enumerate(plan.structures)}
    dataset = {
        "channel_names": {"0": "CT"},
        "labels": labels,
        "numTraining": max((len(e.trained_on) for e in manifest.folds), default=0),
        "file_ending": guest.file_ending if guest else ".nii.gz",
    }
    if guest is not None:
        dataset["labels"] = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in guest.labels.items()
        }
    if plan.regions:
        order = guest.regions_class_order if guest else plan.heads
        dataset["regions_class_order"] = list(order)
    return dataset


def plans_of(manifest: ModelManifest) -> dict[str, Any]:
    """Return plans.json with one configuration that prepares and predicts as the model."""
    plan, guest = manifest.plan, manifest.guest
    transpose = list(plan.transpose)
    reader = "NibabelIOWithReorient" if plan.axes == "SAR" else "SimpleITKIO"
    intensities = {
        "max": plan.clip_high,
        "min": plan.clip_low,
        "median": plan.mean,
        "mean": plan.mean,
        "std": plan.deviation,
        "percentile_00_5": plan.clip_low,
        "percentile_99_5": plan.clip_high,
    }
    return {
        "dataset_name": guest.dataset if guest else "Dataset064_KiTS",
        "plans_name": _plans_name(manifest),
        "original_median_spacing_after_transp": list(plan.spacing),
        "original_median_shape_after_transp": list(plan.patch),
        "image_reader_writer": guest.reader if guest else reader,
        "transpose_forward": transpose,
        "transpose_backward": [transpose.index(axis) for axis in range(3)],
        "experiment_planner_used": "ExperimentPlanner",
        "label_manager": "LabelManager",
        "foreground_intensity_properties_per_channel": {"0": intensities},
        "configurations": {_CONFIGURATION: _configuration(manifest.network, plan)},
    }


def _configuration(network: NetworkConfig, plan: PreprocessingPlan) -> dict[str, Any]:
    resampling: dict[str, Any] = {}
    for what, is_seg, order in (("data", False, 3), ("seg", True, 1), ("probabilities", False, 1)):
        options = {"is_seg": is_seg, "order": order, "order_z": 0, "force_separate_z": None}
        resampling[f"resampling_fn_{what}"] = "resample_data_or_seg_to_shape"
        resampling[f"resampling_fn_{what}_kwargs"] = options
    return {
        "data_identifier": "KiTSDesk",
        "preprocessor_name": "DefaultPreprocessor",
        "batch_size": 2,
        "patch_size": list(plan.patch),
        "median_image_size_in_voxels": list(plan.patch),
        "spacing": list(plan.spacing),
        "normalization_schemes": ["CTNormalization"],
        "use_mask_for_norm": [False],
        "batch_dice": False,
        "architecture": architecture_of(network),
        **resampling,
    }


def architecture_of(network: NetworkConfig) -> dict[str, Any]:
    """Return the `architecture` of a configuration for a plain or ResNet-D network.

    Raises
    ------
    NoSuchNetwork : nnU-Net v2 has none like it.
    """
    if network.architecture not in _CLASSES:
        raise NoSuchNetwork(f"nnU-Net v2 has no {network.architecture} network.")
    levels = len(network.features)
    plain = network.architecture == "plain"
    leaky = network.nonlinearity == "leaky_relu"
    return {
        "network_class_name": "dynamic_network_architectures.architectures.unet."
        + _CLASSES[network.architecture],
        "arch_kwargs": {
            "n_stages": levels,
            "features_per_stage": list(network.features),
            "conv_op": "torch.nn.modules.conv.Conv3d",
            "kernel_sizes": [list(network.kernel(level)) for level in range(levels)],
            "strides": [list(stride) for stride in network.strides],
            "n_conv_per_stage" if plain else "n_blocks_per_stage": list(network.blocks),
            "n_conv_per_stage_decoder": [network.decoder_blocks] * (levels - 1),
            "conv_bias": network.convolution_bias,
            "norm_op": "torch.nn.modules.instancenorm.InstanceNorm3d",
            "norm_op_kwargs": {"eps": 1e-5, "affine": True},
            "dropout_op": None,
            "dropout_op_kwargs": None,
            "nonlin": "torch.nn.LeakyReLU" if leaky else "torch.nn.ReLU",
            "nonlin_kwargs": {"inplace": True},
        },
        "_kw_requires_import": _IMPORTS,
    }
