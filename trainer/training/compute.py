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
# As cuDNN writes its versions: major x 10,000 + minor x 100 + patch.
_GOOD_CUDNN = 91_500


class NoSuchDevice(KitsDeskError):
    """A device was asked for that this computer does not have."""


class SlowConvolutions(KitsDeskError):
    """The GPU library is one whose 3D convolutions are slow; said, not refused."""


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


def slow_convolutions(compute: Compute) -> SlowConvolutions | None:
    """Return what to say of this GPU library, None where there is nothing to say.

    With cuDNN before 9.15 mixed-precision 3D convolutions take four times as long and
    bfloat16 more memory (pytorch issues 166122 and 166643; fixed in torch 2.10's cuDNN).
    """
    if compute.device.type != "cuda" or compute.amp is None:
        return None
    version: int | None = torch.backends.cudnn.version()  # type: ignore[no-untyped-call]
    if version is None:
        return SlowConvolutions(
            "This torch has no cuDNN: convolutions are slow.", advice="Install torch for CUDA."
        )
    if version >= _GOOD_CUDNN:
        return None
    major, rest = divmod(version, 10_000)
    return SlowConvolutions(
        f"cuDNN {major}.{rest // 100} computes mixed-precision 3D convolutions about four "
        "times slower than 9.15.",
        advice="Update torch (2.10 or newer brings it), or train with --precision fp32.",
    )


def use_threads(threads: int | None = None) -> int:
    """Let torch use `threads` cores, at most those this process may use, by default all, or
    KITSDESK_THREADS where an engine shares the cores out; OMP_NUM_THREADS wins. Return how
    many it uses.

    Results are bit-equal for one number of threads, so a resumed fold asks for the number
    it was begun with.
    """
    if "OMP_NUM_THREADS" not in os.environ:
        available = (
            len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        )
        share = int(os.environ.get("KITSDESK_THREADS") or 0)
        torch.set_num_threads(min(threads or share or available or 1, available or 1))
    return torch.get_num_threads()


def processor() -> str:
    """Return the instruction set that torch's CPU kernels use, such as AVX512."""
    return str(torch.backends.cpu.get_cpu_capability())
