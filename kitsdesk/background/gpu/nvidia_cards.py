"""Which NVIDIA cards this computer has, by the driver's own tool and by the PCI bus."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from trainer.contract.errors import KitsDeskError
from trainer.contract.programs import outside_environment

KEPT = "The program predicts and trains as before."
_PCI = Path("/sys/bus/pci/devices")
_DISPLAY, _ACCELERATOR = "0x03", "0x12"
_NVIDIA = "0x10de"
_PATIENCE_S = 30
_FIELDS = ("name", "driver_version", "memory.total", "compute_cap")


class NoGpuSupport(KitsDeskError):
    """GPU support cannot be installed here; the sentence says why, with numbers."""


@dataclass(frozen=True)
class Card:
    """One card as `nvidia-smi` tells it. `capability` is its compute capability, None where
    the driver is too old to tell."""

    name: str
    driver: str
    memory_gb: float
    capability: tuple[int, int] | None


def nvidia_cards() -> list[Card]:
    """Return the cards that the NVIDIA driver offers; at least one.

    Raises
    ------
    NoGpuSupport : there is none, or its driver is missing or does not answer.
    """
    if sys.platform == "darwin":
        raise NoGpuSupport(
            "CUDA does not exist on macOS, so there is no GPU support to install.", kept=KEPT
        )
    program = _nvidia_smi()
    if program is None:
        raise _no_driver(_displays())
    found = _ask(program, _FIELDS)
    if found.returncode != 0 and "compute_cap" in found.stdout + found.stderr:
        found = _ask(program, _FIELDS[:3])
    cards = [_card(line) for line in found.stdout.splitlines() if line.count(",") >= 2]
    if found.returncode != 0 or not cards:
        said = (found.stdout + found.stderr).strip().splitlines()[:1] or ["no card was listed"]
        raise NoGpuSupport(
            f"The NVIDIA driver does not answer (nvidia-smi ended with {found.returncode}): "
            f"{said[0]}",
            kept=KEPT,
            advice="Restart the computer or install NVIDIA's driver again.",
        )
    return cards


def _nvidia_smi() -> str | None:
    system = os.environ.get("SYSTEMROOT", "")
    beside = [str(Path(system) / "System32")] if system else []
    return shutil.which("nvidia-smi", path=os.pathsep.join([os.environ.get("PATH", ""), *beside]))


def _ask(program: str, fields: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    command = [program, f"--query-gpu={','.join(fields)}", "--format=csv,noheader,nounits"]
    try:
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE_S,
            check=False,
            env=outside_environment(),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoGpuSupport(
            f"nvidia-smi gave no answer within {_PATIENCE_S} s: {type(error).__name__}.",
            kept=KEPT,
            advice="Restart the computer or install NVIDIA's driver again.",
        ) from error


def _card(line: str) -> Card:
    name, driver, memory, *rest = [part.strip() for part in line.split(",")]
    major, _, minor = (rest[0] if rest else "").partition(".")
    known = major.isdigit() and minor.isdigit()
    memory_gb = float(memory) * 2**20 / 1e9 if memory.replace(".", "", 1).isdigit() else 0.0
    return Card(name, driver, memory_gb, (int(major), int(minor)) if known else None)


def _displays() -> list[str]:
    """Return the vendor of every display or accelerator on the PCI bus; Linux only."""
    found = []
    for device in sorted(_PCI.glob("*")):
        try:
            kind = (device / "class").read_text(encoding="ascii")
            vendor = (device / "vendor").read_text(encoding="ascii").strip()
        except OSError:
            continue
        if kind.startswith((_DISPLAY, _ACCELERATOR)):
            found.append(vendor)
    return found


def _no_driver(displays: list[str]) -> NoGpuSupport:
    count = displays.count(_NVIDIA)
    if count:
        cards = "1 NVIDIA card" if count == 1 else f"{count} NVIDIA cards"
        return NoGpuSupport(
            f"This computer has {cards}, but no driver for it: nvidia-smi was not found.",
            kept=KEPT,
            advice="Install NVIDIA's driver, version 580 or newer, then ask again.",
        )
    shown = f"none of its {len(displays)} graphics devices is NVIDIA's" if displays else ""
    return NoGpuSupport(
        f"This computer has no NVIDIA GPU: {shown or 'it shows no graphics device'}, and "
        "nvidia-smi is not installed.",
        kept=f"{KEPT[:-1]}, on the CPU.",
        advice="GPU support needs an NVIDIA GPU with its driver, version 525 or newer.",
    )
