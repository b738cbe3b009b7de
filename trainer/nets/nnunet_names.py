"""Our tensors under the names that nnU-Net v2's networks give them, and back.

Its plain and residual U-Nets (dynamic-network-architectures) are ours with other names:
decoder stages begin at the lowest resolution, and every tensor of a convolution block and
of the encoder is listed once more under an alias.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from trainer.contract.errors import KitsDeskError
from trainer.contract.network_config import UNIT, NetworkConfig
from trainer.nets.build import build_network

_ALIASES = ("decoder.encoder.", ".all_modules.")
_MODULE_NUMBER = {"conv": 0, "norm": 1}


class NoSuchNetwork(KitsDeskError):
    """nnU-Net v2 has no network like this one."""


class ForeignWeights(KitsDeskError):
    """Weights from nnU-Net do not fit the network they are said to belong to."""


def nnunet_names(config: NetworkConfig) -> dict[str, str]:
    """Return nnU-Net v2's name for each tensor of the network of `config`.

    Raises
    ------
    NoSuchNetwork : nnU-Net has none like it (pre-activation, or strided skips).
    """
    if config.architecture == "preact" or (
        config.architecture == "residual" and config.skip != "avgpool"
    ):
        raise NoSuchNetwork(
            f"nnU-Net v2 has no {config.architecture} network with {config.skip} skips.",
            advice="Train with the preset nnunet-v2 to exchange weights with nnU-Net.",
        )
    with torch.device("meta"):
        return {name: _their_name(name, config) for name in build_network(config).state_dict()}


def from_nnunet(weights: Mapping[str, Tensor], config: NetworkConfig) -> dict[str, Tensor]:
    """Return nnU-Net's `network_weights` under our names; aliases are left out.

    Raises
    ------
    NoSuchNetwork : nnU-Net has none like `config`.
    ForeignWeights : a tensor is missing, left over or has another shape.
    """
    names = nnunet_names(config)
    given = {name for name in weights if not any(alias in name for alias in _ALIASES)}
    odd = sorted(given.symmetric_difference(names.values()))
    if odd:
        raise ForeignWeights(
            f"The weights do not fit this network: {odd[0]} is "
            f"{'left over' if odd[0] in given else 'missing'}.",
            advice="Check that the weights and the plans belong together.",
        )
    with torch.device("meta"):
        shapes = {name: tensor.shape for name, tensor in build_network(config).state_dict().items()}
    for ours, theirs in names.items():
        if weights[theirs].shape != shapes[ours]:
            raise ForeignWeights(
                f"{theirs} has the shape {tuple(weights[theirs].shape)} and not "
                f"{tuple(shapes[ours])}.",
                advice="Check that the weights and the plans belong together.",
            )
    return {ours: weights[theirs] for ours, theirs in names.items()}


def to_nnunet(weights: Mapping[str, Tensor], config: NetworkConfig) -> dict[str, Tensor]:
    """Return our weights as nnU-Net's `network_weights`, aliases included.

    nnU-Net's heads always have a bias, and its transposed convolutions where the others
    do; where ours have none, zeros are written.

    Raises
    ------
    NoSuchNetwork : nnU-Net has none like `config`.
    """
    theirs = config.model_copy(
        update={"head_bias": True, "transposed_bias": config.convolution_bias}
    )
    if config.transposed_bias and not config.convolution_bias:
        raise NoSuchNetwork("nnU-Net v2 has no biases in transposed convolutions alone.")
    names, out = nnunet_names(theirs), {}
    for ours, name in names.items():
        tensor = weights.get(ours)
        if tensor is None:
            sibling = ours.removesuffix("bias") + "weight"
            axis = 1 if ".up." in ours else 0
            tensor = torch.zeros(weights[sibling].shape[axis])
        for alias in _with_aliases(name):
            out[alias] = tensor
    return out


def _their_name(name: str, config: NetworkConfig) -> str:
    """Return nnU-Net's name of one tensor of ours."""
    part, rest = name.split(".", 1)
    if part == "decoder":
        level, rest = rest.split(".", 1)
        place = len(config.features) - 2 - int(level)
        rest = re.sub(r"^up\.", f"transpconvs.{place}.", rest)
        rest = re.sub(r"^head\.", f"seg_layers.{place}.", rest)
        return f"decoder.{re.sub(r'^blocks[.]', f'stages.{place}.convs.', rest)}"
    if rest.startswith("stem."):
        return f"encoder.stem.convs.0.{rest.removeprefix('stem.')}"
    _, stage, block, rest = rest.split(".", 3)
    if config.architecture == "plain":
        return f"encoder.stages.{stage}.0.convs.{block}.{rest}"
    pooled = int(block) == 0 and config.strides[int(stage)] != UNIT
    rest = re.sub(r"^conv2\.", "conv2.conv.", rest)
    rest = re.sub(r"^norm2\.", "conv2.norm.", rest)
    rest = re.sub(r"^skip\.", f"skip.{int(pooled)}.", rest)
    return f"encoder.stages.{stage}.blocks.{block}.{rest}"


def _with_aliases(name: str) -> Iterator[str]:
    """Yield a name of nnU-Net's and its aliases."""
    found = re.fullmatch(r"(.*)\.(conv|norm)\.(weight|bias)", name)
    names = [name]
    if found is not None:
        block, module, kind = found.groups()
        names.append(f"{block}.all_modules.{_MODULE_NUMBER[module]}.{kind}")
    yield from names
    if name.startswith("encoder."):
        yield from (f"decoder.{each}" for each in names)
