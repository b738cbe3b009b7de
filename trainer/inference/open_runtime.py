"""The fastest runtime for a fold where it runs, and why where it is not the wished one.

Two cores with AVX-512, s a tile, by OpenVINO and by torch: 2.9 and 6.4 (the full-size residual
network, 80x160x160). OpenVINO runs on CPUs alone; everywhere else torch does.
"""

from __future__ import annotations

from copy import deepcopy
from functools import partial

import torch

from trainer.contract.errors import KitsDeskError
from trainer.inference.converted_networks import ConvertedNetworks
from trainer.inference.fold_source import FoldSource, expected_shapes, fold_network
from trainer.inference.gpu_arrangement import (
    CANDIDATES,
    EAGER,
    Arrangement,
    arrangement_key,
    fastest,
    remembered,
)
from trainer.inference.network_runtime import NetworkRuntime, Precision
from trainer.inference.openvino_conversion import conversion_key, converted, save_converted
from trainer.inference.openvino_door import OpenVinoMissing, computes_bf16
from trainer.inference.openvino_runtime import CompilationRefused, OpenVinoRuntime
from trainer.inference.torch_runtime import TorchRuntime
from trainer.nets.unet import UNet


def open_runtime(source: FoldSource) -> NetworkRuntime:
    """Return the fold's network, ready to run.

    Raises
    ------
    ModelRefused : the weights are missing, damaged or of another network.
    """
    if source.device.type != "cpu":
        reason = "OpenVINO runs on CPUs here." if source.wish == "openvino" else ""
        return _with_torch(source, reason)
    if source.wish == "torch":
        return _with_torch(source, _no_half(source))
    try:
        return _with_openvino(source)
    except (OpenVinoMissing, CompilationRefused) as error:
        return _with_torch(source, error.happened)


def _with_torch(source: FoldSource, reason: str) -> TorchRuntime:
    network, device = fold_network(source), source.device
    precision: Precision = "fp16" if source.half and device.type == "cuda" else "f32"
    arrangement = EAGER
    if device.type == "cuda":
        arrangement = _measured(source, network, precision)
    return TorchRuntime(network, device, precision, arrangement=arrangement, reason=reason)


def _measured(source: FoldSource, network: UNet, precision: Precision) -> Arrangement:
    """Return what is fastest on this GPU, tried out on the first network of its kind."""
    device, manifest = source.device, source.manifest
    patch, shape = manifest.plan.patch, manifest.network.model_dump_json()

    def measure() -> Arrangement:
        def runtime(arrangement: Arrangement) -> TorchRuntime:
            return TorchRuntime(deepcopy(network), device, precision, arrangement=arrangement)

        batch = runtime(EAGER).facts.batch
        tiles = torch.randn(batch, manifest.network.input_channels, *patch, device=device)
        runtimes = {each: partial(runtime, each) for each in CANDIDATES}
        return fastest(runtimes, tiles, precision)

    return remembered(arrangement_key(device, shape, patch, precision), measure)


def _no_half(source: FoldSource) -> str:
    return "torch computes in float32 on a CPU." if source.half else ""


def _with_openvino(source: FoldSource) -> OpenVinoRuntime:
    """Raises OpenVinoMissing, CompilationRefused."""
    bf16 = source.half and computes_bf16()
    reason = "This CPU has no bfloat16." if source.half and not bf16 else ""
    patch, config = source.manifest.plan.patch, source.manifest.network
    key = conversion_key(source.entry.sha256, config, patch)
    precision: Precision = "bf16" if bf16 else "f32"
    size = 4 * sum(_numel(shape) for shape in expected_shapes(config).values())
    try:
        try:
            saved = ConvertedNetworks().get(
                key, lambda path: save_converted(fold_network(source), patch, path)
            )
        except OSError:
            # No place for it on the disk: it is converted again next time.
            model = converted(fold_network(source), patch)
            return OpenVinoRuntime(model, size, precision, reason)
        return OpenVinoRuntime(saved, size, precision, reason)
    except KitsDeskError:
        raise
    except RuntimeError as error:
        line = str(error).strip().splitlines()[-1]
        raise CompilationRefused(f"OpenVINO does not convert the network: {line}") from error


def _numel(shape: tuple[int, ...]) -> int:
    return int(torch.Size(shape).numel())
