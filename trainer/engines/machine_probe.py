"""What this computer offers to a run."""

from __future__ import annotations

import importlib
import os
import platform
import shutil
from pathlib import Path
from typing import Any

from trainer.contract.device_lease import device_holder, gpu_identity


def probe_machine(folder: Path, *, gpus: bool = False) -> dict[str, Any]:
    """Return cores that may be used, memory and free disk in GB (10⁹ bytes), as JSON values.

    Parameters
    ----------
    folder : where a run would write; its nearest existing parent is asked for free space.
    gpus : also list CUDA devices, which loads torch (seconds).
    """
    place = folder.resolve()
    while not place.exists():
        place = place.parent
    total, available = _memory_gb()
    found: dict[str, Any] = {
        "system": platform.platform(),
        "cpus": usable_cpus(),
        "memory_gb": total,
        "memory_free_gb": available,
        "disk_free_gb": round(shutil.disk_usage(place).free / 1e9, 2),
    }
    return found | {"gpus": _gpus()} if gpus else found


def usable_cpus() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory_gb() -> tuple[float | None, float | None]:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return _total_by_sysconf(), None
    values = {line.split(":")[0]: int(line.split()[1]) * 1024 / 1e9 for line in lines}
    return round(values["MemTotal"], 2), round(values["MemAvailable"], 2)


def _total_by_sysconf() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 2)
    except (AttributeError, ValueError, OSError):
        return None


def _gpus() -> list[dict[str, Any]]:
    # Imported by name here: everything else about runs must start without torch.
    cuda = importlib.import_module("torch").cuda
    if not cuda.is_available():
        return []
    devices = []
    for number in range(cuda.device_count()):
        free, total = cuda.mem_get_info(number)
        identity = gpu_identity(cuda.get_device_properties(number).uuid)
        devices.append(
            {
                "id": identity,
                "free": device_holder(identity) is None,
                "device": f"cuda:{number}",
                "name": cuda.get_device_name(number),
                "memory_gb": round(total / 1e9, 2),
                "memory_free_gb": round(free / 1e9, 2),
            }
        )
    return devices
