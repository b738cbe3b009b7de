"""From a torch network to OpenVINO's own form of it, for one patch."""

from __future__ import annotations

import gc
import hashlib
import json
import warnings
from pathlib import Path
from typing import Any

import torch

from trainer.contract.network_config import NetworkConfig
from trainer.contract.tiling import Triple
from trainer.inference.openvino_door import openvino
from trainer.nets.unet import UNet

# Raised when the conversion itself changes, so that older files are made anew.
_CONVERSION = 2


def conversion_key(weights_sha256: str, config: NetworkConfig, patch: Triple) -> str:
    """Return what a converted network is filed under.

    The precision is not part of it: the file is float32, from which bf16 is compiled too.
    """
    facts = {
        "conversion": _CONVERSION,
        "weights": weights_sha256,
        "network": config.model_dump(mode="json"),
        "patch": patch,
        "openvino": openvino().get_version(),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def converted(network: UNet, patch: Triple) -> Any:
    """Return OpenVINO's model of `network` (in evaluation mode, on the CPU) for single tiles
    of `patch` voxels.

    It is traced with the smallest input, which takes 4 s and 0.4 GB for a full-size network
    where one of the patch's size takes 51 s and 5.6 GB. Raises RuntimeError where it refuses.
    """
    z, y, x = (2 * step for step in network.config.divisor)
    channels = network.config.input_channels
    example = torch.zeros(1, channels, z, y, x)
    with torch.inference_mode(), warnings.catch_warnings():
        # torch warns of what a trace keeps fixed; the shapes are what is to be kept.
        warnings.simplefilter("ignore")
        return openvino().convert_model(network, example_input=example, input=[1, channels, *patch])


def save_converted(network: UNet, patch: Triple, path: Path) -> None:
    """Convert and write `path` (.xml) with its .bin, in float32."""
    openvino().save_model(converted(network, patch), str(path), compress_to_fp16=False)
    # What the trace leaves behind refers to itself and would keep the weights in memory.
    gc.collect()
