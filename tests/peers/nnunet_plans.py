"""A network of ours as nnU-Net v2's plans describe it, and built by nnU-Net from them."""

from __future__ import annotations

from typing import Any

from torch import nn

from trainer.contract.network_config import NetworkConfig
from trainer.contract.presets import PreprocessingPlan

CONFIGURATION = "3d_fullres"
DATASET = {
    "channel_names": {"0": "CT"},
    "labels": {"background": 0, "kidney": 1, "tumor": 2},
    "numTraining": 6,
    "file_ending": ".nii.gz",
}
_CLASSES = {"plain": "PlainConvUNet", "residual": "ResidualEncoderUNet"}
_IMPORTS = ["conv_op", "norm_op", "dropout_op", "nonlin"]


def architecture(config: NetworkConfig) -> dict[str, Any]:
    """Return the `architecture` entry of plans.json for `config`."""
    levels = len(config.features)
    blocks = "n_conv_per_stage" if config.architecture == "plain" else "n_blocks_per_stage"
    leaky = config.nonlinearity == "leaky_relu"
    arguments = {
        "n_stages": levels,
        "features_per_stage": list(config.features),
        "conv_op": "torch.nn.modules.conv.Conv3d",
        "kernel_sizes": [list(config.kernel(level)) for level in range(levels)],
        "strides": [list(stride) for stride in config.strides],
        blocks: list(config.blocks),
        "n_conv_per_stage_decoder": [config.decoder_blocks] * (levels - 1),
        "conv_bias": config.convolution_bias,
        "norm_op": "torch.nn.modules.instancenorm.InstanceNorm3d",
        "norm_op_kwargs": {"eps": 1e-5, "affine": True},
        "dropout_op": None,
        "dropout_op_kwargs": None,
        "nonlin": "torch.nn.LeakyReLU" if leaky else "torch.nn.ReLU",
        "nonlin_kwargs": {"inplace": True},
    }
    name = f"dynamic_network_architectures.architectures.unet.{_CLASSES[config.architecture]}"
    return {
        "network_class_name": name,
        "arch_kwargs": arguments,
        "_kw_requires_import": _IMPORTS,
    }


def build_theirs(config: NetworkConfig) -> nn.Module:
    """Return nnU-Net's own network for `config`, in training mode with all heads."""
    from nnunetv2.utilities.get_network_from_plans import get_network_from_plans

    described = architecture(config)
    network: nn.Module = get_network_from_plans(
        described["network_class_name"],
        described["arch_kwargs"],
        described["_kw_requires_import"],
        config.input_channels,
        config.structures,
        allow_init=True,
        deep_supervision=True,
    )
    return network


def plans(config: NetworkConfig, plan: PreprocessingPlan, batch: int) -> dict[str, Any]:
    """Return a minimal plans.json with one configuration."""
    resampling = {
        f"resampling_fn_{what}{ending}": value
        for what, seg, order in (("data", False, 3), ("seg", True, 1), ("probabilities", False, 1))
        for ending, value in (
            ("", "resample_data_or_seg_to_shape"),
            ("_kwargs", {"is_seg": seg, "order": order, "order_z": 0, "force_separate_z": None}),
        )
    }
    configuration = {
        "data_identifier": "recorded",
        "preprocessor_name": "DefaultPreprocessor",
        "batch_size": batch,
        "patch_size": list(plan.patch),
        "median_image_size_in_voxels": list(plan.patch),
        "spacing": list(plan.spacing),
        "normalization_schemes": ["CTNormalization"],
        "use_mask_for_norm": [False],
        "batch_dice": False,
        "architecture": architecture(config),
        **resampling,
    }
    intensities = {
        "max": 3071.0,
        "min": -1024.0,
        "median": plan.mean,
        "mean": plan.mean,
        "std": plan.deviation,
        "percentile_00_5": plan.clip_low,
        "percentile_99_5": plan.clip_high,
    }
    return {
        "dataset_name": "Dataset064_KiTS",
        "plans_name": "recorded",
        "original_median_spacing_after_transp": list(plan.spacing),
        "original_median_shape_after_transp": list(plan.patch),
        "image_reader_writer": "NibabelIOWithReorient",
        "transpose_forward": [0, 1, 2],
        "transpose_backward": [0, 1, 2],
        "experiment_planner_used": "ExperimentPlanner",
        "label_manager": "LabelManager",
        "foreground_intensity_properties_per_channel": {"0": intensities},
        "configurations": {CONFIGURATION: configuration},
    }
