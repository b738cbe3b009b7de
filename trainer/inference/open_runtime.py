"""The fastest runtime for a fold, found by measurement, and why where it is not the wished one.

Two cores with AVX-512, s a tile, by OpenVINO and by torch: 2.9 and 6.4 (the full-size residual
network, 80x160x160). OpenVINO runs on CPUs alone; everywhere else torch does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from trainer.contract.errors import KitsDeskError
from trainer.inference.converted_networks import ConvertedNetworks
from trainer.inference.cpu_arrangement import cpu_arrangement
from trainer.inference.fold_source import FoldSource, expected_shapes, fold_network
from trainer.inference.gpu_arrangement import gpu_arrangement
from trainer.inference.network_runtime import NetworkRuntime, Precision
from trainer.inference.openvino_conversion import conversion_key, converted, save_converted
from trainer.inference.openvino_door import OpenVinoMissing, computes_bf16
from trainer.inference.openvino_runtime import CompilationRefused, OpenVinoRuntime
from trainer.inference.torch_runtime import EAGER, TorchRuntime

NO_BFLOAT16 = "This CPU has no bfloat16."
FLOAT32_IS_FASTER = "float32 was measured to be faster here."
TORCH_IS_FASTER = "torch was measured to be faster here."


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
        arrangement = gpu_arrangement(source, network, precision)
    return TorchRuntime(network, device, precision, arrangement=arrangement, reason=reason)


def _no_half(source: FoldSource) -> str:
    return "torch computes in float32 on a CPU." if source.half else ""


def _with_openvino(source: FoldSource) -> NetworkRuntime:
    """Raises OpenVinoMissing, CompilationRefused."""
    patch, config = source.manifest.plan.patch, source.manifest.network
    key = conversion_key(source.entry.sha256, config, patch)
    try:
        try:
            saved = ConvertedNetworks().get(
                key, lambda path: save_converted(fold_network(source), patch, path)
            )
        except OSError:
            # No place for it on the disk: it is converted again next time.
            return _compiled(source, converted(fold_network(source), patch))
        return _arranged(source, saved)
    except KitsDeskError:
        raise
    except RuntimeError as error:
        line = str(error).strip().splitlines()[-1]
        raise CompilationRefused(f"OpenVINO does not convert the network: {line}") from error


def _arranged(source: FoldSource, saved: Path) -> NetworkRuntime:
    """Return the network as it was measured to be fastest here."""
    way = cpu_arrangement(source, saved)
    if way.runtime == "torch":
        return _with_torch(source, TORCH_IS_FASTER)
    reason = ""
    if source.half and way.precision == "f32":
        reason = FLOAT32_IS_FASTER if computes_bf16() else NO_BFLOAT16
    return OpenVinoRuntime(
        saved, _weight_bytes(source), way.precision, reason, tiles=way.tiles, threads=way.threads
    )


def _compiled(source: FoldSource, network: Any) -> NetworkRuntime:
    """Return a network that is not kept, as it usually runs fastest."""
    half = source.half and computes_bf16()
    reason = NO_BFLOAT16 if source.half and not half else ""
    return OpenVinoRuntime(network, _weight_bytes(source), "bf16" if half else "f32", reason)


def _weight_bytes(source: FoldSource) -> int:
    shapes = expected_shapes(source.manifest.network).values()
    return 4 * sum(int(torch.Size(shape).numel()) for shape in shapes)
