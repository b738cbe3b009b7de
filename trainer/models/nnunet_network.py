"""nnU-Net's description of a network, in its old and its new form, as our configuration."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from trainer.contract.network_config import Architecture, NetworkConfig, Stride
from trainer.models.nnunet_refusals import UnknownNetwork

_FAMILY = "dynamic_network_architectures.architectures."
_ARCHITECTURES: dict[str, Architecture] = {
    "PlainConvUNet": "plain",
    "ResidualEncoderUNet": "residual",
}
_ADVICE = "KiTSDesk takes nnU-Net's plain and residual-encoder U-Nets."
# What each argument may be besides being left out; what is not named here is refused.
_ALLOWED: dict[str, tuple[Any, ...]] = {
    "conv_op": ("torch.nn.modules.conv.Conv3d", "torch.nn.Conv3d"),
    "norm_op": (
        "torch.nn.modules.instancenorm.InstanceNorm3d",
        "torch.nn.InstanceNorm3d",
    ),
    "nonlin_first": (False,),
    "bottleneck_channels": (None,),
    "block": (None, "dynamic_network_architectures.building_blocks.residual.BasicBlockD"),
}
# Dropout does nothing when predicting; deep supervision only adds outputs in training.
_WITHOUT_EFFECT = {"dropout_op", "dropout_op_kwargs", "deep_supervision"}
_OURS = {
    "n_stages",
    "features_per_stage",
    "kernel_sizes",
    "strides",
    "n_conv_per_stage",
    "n_blocks_per_stage",
    "n_conv_per_stage_decoder",
    "conv_bias",
    "norm_op_kwargs",
    "nonlin",
    "nonlin_kwargs",
    "stem_channels",
}
_NONLINEARITIES = {
    "torch.nn.LeakyReLU": "leaky_relu",
    "torch.nn.modules.activation.LeakyReLU": "leaky_relu",
    "torch.nn.ReLU": "relu",
    "torch.nn.modules.activation.ReLU": "relu",
}


def guest_network(configuration: dict[str, Any], outputs: int) -> NetworkConfig:
    """Return the network that a configuration of plans.json describes.

    Parameters
    ----------
    configuration : resolved, with "architecture" (since nnU-Net 2.2) or "UNet_class_name".
    outputs : channels of the last convolution.

    Raises
    ------
    UnknownNetwork : another class, or an argument that changes what is computed.
    """
    name, arguments = _class_and_arguments(configuration)
    short = name.rpartition(".")[2]
    if short not in _ARCHITECTURES or not name.startswith(_FAMILY):
        raise UnknownNetwork(f"This model's network is {name or 'not named'}.", advice=_ADVICE)
    architecture = _ARCHITECTURES[short]
    _require_known(arguments)
    try:
        return _network(architecture, arguments, outputs)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        reason = str(error)
        if isinstance(error, ValidationError):
            reason = error.errors()[0]["msg"].removeprefix("Value error, ")
        elif isinstance(error, KeyError):
            reason = f"{error.args[0]} is missing"
        raise UnknownNetwork(
            f"This model's {short} is of a kind that is not known here: {reason}.", advice=_ADVICE
        ) from error


def _class_and_arguments(configuration: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    described = configuration.get("architecture")
    if isinstance(described, dict):
        arguments = described.get("arch_kwargs")
        return str(described.get("network_class_name", "")), (
            arguments if isinstance(arguments, dict) else {}
        )
    return _from_old_plans(configuration)


def _from_old_plans(old: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """nnU-Net 2.0 and 2.1 named the class and counted features; the rest was fixed."""
    name = str(old.get("UNet_class_name", ""))
    residual = name == "ResidualEncoderUNet"
    try:
        blocks = list(old["n_conv_per_stage_encoder"])
        base, most = int(old["UNet_base_num_features"]), int(old["unet_max_num_features"])
        features = [min(base * 2**level, most) for level in range(min(len(blocks), 64))]
        arguments = {
            "features_per_stage": features,
            "kernel_sizes": old["conv_kernel_sizes"],
            "strides": old["pool_op_kernel_sizes"],
            "n_blocks_per_stage" if residual else "n_conv_per_stage": blocks,
            "n_conv_per_stage_decoder": old["n_conv_per_stage_decoder"],
            "conv_bias": True,
            "nonlin": "torch.nn.LeakyReLU",
        }
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise UnknownNetwork(
            f"The plans do not describe the network: {error} is missing or odd.", advice=_ADVICE
        ) from error
    return f"{_FAMILY}{name}" if name else "", arguments


def _require_known(arguments: dict[str, Any]) -> None:
    for key, value in arguments.items():
        if key in _OURS or key in _WITHOUT_EFFECT:
            continue
        if key not in _ALLOWED or value not in _ALLOWED[key]:
            raise UnknownNetwork(
                f"This model's network has {key} = {value}, which is not known here.",
                advice=_ADVICE,
            )
    norm = arguments.get("norm_op_kwargs") or {}
    if norm.get("eps", 1e-5) != 1e-5 or norm.get("affine", True) is not True:
        raise UnknownNetwork(f"This model's norms are {norm}.", advice=_ADVICE)
    slope = (arguments.get("nonlin_kwargs") or {}).get("negative_slope", 0.01)
    if arguments.get("nonlin") not in _NONLINEARITIES or slope != 0.01:
        raise UnknownNetwork(
            f"This model's nonlinearity is {arguments.get('nonlin')} (slope {slope}).",
            advice=_ADVICE,
        )


def _network(architecture: Architecture, given: dict[str, Any], outputs: int) -> NetworkConfig:
    strides = [_triple(stride) for stride in given["strides"]]
    levels = len(strides)
    features = _each(given["features_per_stage"], levels)
    kernels = given["kernel_sizes"]
    kernels = [kernels] * levels if isinstance(kernels, int) else kernels
    plain = architecture == "plain"
    decoder = set(_each(given["n_conv_per_stage_decoder"], levels - 1))
    if len(decoder) != 1:
        raise ValueError("the stages of its decoder differ in their convolutions")
    if given.get("stem_channels") not in (None, features[0]):
        raise ValueError("its stem has other channels than its first stage")
    bias = bool(given.get("conv_bias", False))
    return NetworkConfig(
        architecture=architecture,
        features=tuple(features),
        strides=tuple(strides),
        blocks=tuple(_each(given["n_conv_per_stage" if plain else "n_blocks_per_stage"], levels)),
        kernels=_kernels([_triple(kernel) for kernel in kernels]),
        decoder_blocks=decoder.pop(),
        structures=outputs,
        nonlinearity="relu" if _NONLINEARITIES[given["nonlin"]] == "relu" else "leaky_relu",
        skip="strided" if plain else "avgpool",
        zero_last_norm=not plain,
        convolution_bias=bias,
        transposed_bias=bias,
        head_bias=True,
    )


def _each(value: Any, levels: int) -> list[int]:
    values = [value] * levels if isinstance(value, int) else list(value)
    if len(values) != levels or any(not isinstance(each, int) for each in values):
        raise ValueError("its stages are not counted one by one")
    return values


def _triple(value: Any) -> Stride:
    z, y, x = [value] * 3 if isinstance(value, int) else value
    return (int(z), int(y), int(x))


def _kernels(kernels: list[Stride]) -> tuple[Stride, ...] | None:
    return None if set(kernels) == {(3, 3, 3)} else tuple(kernels)
