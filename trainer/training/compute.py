"""Device, precision and threads of this process."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Literal

import torch

from trainer.contract.errors import KitsDeskError

Precision = Literal["fp32", "amp"]


class NoSuchDevice(KitsDeskError):
    """A device was asked for that this computer does not have."""


@dataclass(frozen=True)
class Compute:
    """Where and how training computes. `amp` is the autocast type, None for float32."""

    device: torch.device
    amp: torch.dtype | None

    def autocast(self) -> AbstractContextManager[Any]:
        """Return the context for a forward pass."""
        if self.amp is None:
            return nullcontext()
        return torch.autocast(self.device.type, dtype=self.amp)

    @property
    def precision(self) -> str:
        """Return the precision in words."""
        return "fp32" if self.amp is None else str(self.amp).removeprefix("torch.")

    def memory_gb(self) -> float:
        """Return the peak memory so far: the GPU's where one is used, else the process's."""
        if self.device.type == "cuda":
            return torch.cuda.max_memory_allocated(self.device) / 1e9
        return _peak_process_bytes() / 1e9


def _peak_process_bytes() -> int:
    """Return the most memory this process ever held; 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def choose_compute(device: str, precision: Precision | None) -> Compute:
    """Return the device called `device` ("auto", "cpu", "cuda", "cuda:1") with a precision.

    By default a GPU computes in mixed precision (bfloat16 where it can, else float16) and
    a CPU in float32. In fp32 TF32 is off, so that results can be compared.

    Raises
    ------
    NoSuchDevice : this computer does not have it.
    """
    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if device == "auto":
        device = "cuda:0" if gpus else "cpu"
    kind, _, number = device.partition(":")
    if kind not in ("cpu", "cuda") or (kind == "cuda" and int(number or 0) >= gpus):
        raise NoSuchDevice(f"This computer has no device {device}.", advice="Choose cpu, or auto.")
    chosen = torch.device(device)
    precision = precision or ("amp" if kind == "cuda" else "fp32")
    if precision == "fp32":
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        return Compute(chosen, None)
    if kind == "cuda":
        torch.backends.cudnn.benchmark = True
        half = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
        return Compute(chosen, half)
    return Compute(chosen, torch.bfloat16)


def use_available_threads() -> int:
    """Let torch use every core this process may use, unless OMP_NUM_THREADS says
    otherwise; return how many it uses. Results are bit-equal for one number of threads."""
    if "OMP_NUM_THREADS" not in os.environ:
        available = (
            len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        )
        torch.set_num_threads(available or 1)
    return torch.get_num_threads()
