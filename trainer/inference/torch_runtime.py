"""A fold's network run by torch itself."""

from __future__ import annotations

import time
from typing import Any

import torch
from torch import Tensor, nn

from trainer.inference.network_runtime import (
    CHECK_EVERY_S,
    Check,
    Precision,
    RuntimeFacts,
    no_check,
)

_GPU_BATCH = 4
# torch's CPU kernels fall back to one that is five times slower for a single small map.
_CPU_BATCH = 2
_PRECISIONS: dict[Precision, torch.dtype] = {"fp16": torch.float16, "bf16": torch.bfloat16}


class TorchRuntime:
    """Eager torch, on a CPU the fallback, elsewhere what there is."""

    def __init__(
        self,
        network: nn.Module,
        device: torch.device,
        precision: Precision = "f32",
        *,
        batch: int | None = None,
        reason: str = "",
    ) -> None:
        own = _CPU_BATCH if device.type == "cpu" else _GPU_BATCH
        self._network = network.to(device=device, dtype=torch.float32).eval()
        self._autocast = _PRECISIONS.get(precision)
        self._facts = RuntimeFacts("torch", precision, str(device), batch or own, reason)
        self._device = device
        self._watch = _Watch()
        for module in self._network.modules():
            if not any(module.children()):
                module.register_forward_pre_hook(self._watch)

    @property
    def facts(self) -> RuntimeFacts:
        """Return what runs."""
        return self._facts

    @property
    def memory_bytes(self) -> int:
        """Return the size of the weights."""
        return sum(each.numel() * each.element_size() for each in self._network.parameters())

    @torch.inference_mode()
    def logits(self, tiles: Tensor, check: Check = no_check) -> Tensor:
        """Run the tiles as one batch; see `NetworkRuntime.logits`."""
        number = len(tiles)
        if number == 1 and self._device.type == "cpu":
            tiles = tiles.expand(_CPU_BATCH, -1, -1, -1, -1).contiguous()
        with self._watch.calling(check):
            return self._forward(tiles, self._autocast)[:number]

    def _forward(self, tiles: Tensor, precision: torch.dtype | None) -> Tensor:
        with torch.autocast(self._device.type, precision, enabled=precision is not None):
            logits: Tensor = self._network(tiles)
        return logits.float()

    def rest(self) -> None:
        """Give unused memory of a GPU back; a CPU's is torch's at once."""
        if self._device.type == "cuda":
            torch.cuda.empty_cache()


class _Watch:
    """Lets a check look in between two layers."""

    def __init__(self) -> None:
        self._check: Check = no_check
        self._last = 0.0

    def calling(self, check: Check) -> _Watch:
        """Look in on `check` from now on, until the block ends."""
        self._check, self._last = check, time.monotonic()
        return self

    def __enter__(self) -> None:
        return None

    def __exit__(self, *error: object) -> None:
        self._check = no_check

    def __call__(self, module: nn.Module, inputs: Any) -> None:
        now = time.monotonic()
        if now - self._last >= CHECK_EVERY_S:
            self._last = now
            self._check()
