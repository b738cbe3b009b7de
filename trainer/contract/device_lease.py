"""Leases of GPUs: one file per device for all programs and users of this computer.

Whoever computes on a GPU holds `device_lease_file(identity)` by `lease`; the identity is the
device's own UUID, the same whatever CUDA_VISIBLE_DEVICES makes of its number. A task that an
engine started inherits the lease, which ends with it.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from trainer.contract.lease import is_held

LEASES_VARIABLE = "KITSDESK_DEVICE_LEASES"


def device_leases_folder() -> Path:
    """Return the folder of the leases: KITSDESK_DEVICE_LEASES, else one that all users of
    this computer share. It is made."""
    given = os.environ.get(LEASES_VARIABLE)
    folder = Path(given) if given else Path(tempfile.gettempdir()) / "kitsdesk-devices"
    folder.mkdir(parents=True, exist_ok=True)
    with suppress(PermissionError):
        # As /tmp itself: everybody may hold a lease, nobody may remove another's.
        folder.chmod(0o1777)
    return folder


def gpu_identity(uuid: object) -> str:
    """Return the identity of a GPU from its UUID, as torch or nvidia-smi gives it."""
    return "GPU-" + str(uuid).removeprefix("GPU-")


def device_lease_file(identity: str) -> Path:
    """Return the lease of the device `identity` (`gpu_identity`); it exists, and every user
    of this computer may lock it."""
    name = re.sub(r"[^A-Za-z0-9._-]", "_", identity) or "device"
    file = device_leases_folder() / f"{name}.lock"
    if not file.exists():
        file.touch()
    with suppress(PermissionError):
        file.chmod(0o666)
    return file


def device_holder(identity: str) -> dict[str, Any] | None:
    """Return who holds the device now: pid, host, since and, where a run does, its `run` and
    `task`; None where nobody does."""
    file = device_lease_file(identity)
    if not is_held(file):
        return None
    try:
        holder = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return holder if isinstance(holder, dict) else {}
