"""What an installation would do here: checked before anything is downloaded."""

from __future__ import annotations

import re
import shutil
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from kitsdesk import __version__
from kitsdesk.background.gpu.cuda_builds import INDEX_VARIABLE, choose_build
from kitsdesk.background.gpu.nvidia_cards import KEPT, Card, NoGpuSupport, nvidia_cards
from kitsdesk.paths import gpu_environment, resources
from trainer.contract.programs import is_frozen, outside_environment

# A venv with a CUDA 13 torch and nothing else of ours held 5.6 GB (x86-64, torch 2.14.1); the
# trainer's other libraries add 1, and pip unpacks its downloads on the same disk.
INSTALLED_GB, NEEDED_GB = 6.6, 10.0
DOWNLOAD_GB = 2.9
_PYTHONS = ("python3.13", "python3.12", "python3.11", "python3", "python")
_OLDEST, _NEWEST = (3, 11), (3, 14)
_UV_PYTHON = "3.12"
_ASKED = "import sys, venv, ensurepip; print(*sys.version_info[:2])"
_PATIENCE_S = 15


@dataclass(frozen=True)
class GpuPlan:
    """Everything the installation needs to know.

    `make` is the command that makes the environment; `torch` and `program` are requirements
    for pip; `needs_gpu` refuses an environment whose torch sees no card.
    """

    folder: Path
    build: str
    index: str
    make: tuple[str, ...]
    torch: str
    program: str
    constraints: Path
    cards: tuple[Card, ...]
    download_gb: float = DOWNLOAD_GB
    needs_gpu: bool = True


def plan_gpu_support() -> GpuPlan:
    """Look at cards, driver, Python, disk and network, in this order; takes seconds.

    Raises
    ------
    NoGpuSupport : the first thing that is missing, with numbers.
    """
    cards = nvidia_cards()
    build = choose_build(cards)
    folder = gpu_environment()
    make = environment_maker(folder)
    require_disk(folder)
    require_network(build.index())
    return GpuPlan(
        folder=folder,
        build=build.name,
        index=build.index(),
        make=make,
        torch=f"torch=={pinned('torch')}",
        program=program_requirement(),
        constraints=carried("constraints.txt"),
        cards=tuple(cards),
    )


def environment_maker(folder: Path) -> tuple[str, ...]:
    """Return the command that makes an environment with pip in `folder`: a Python's own, or
    uv's, which brings a Python along.

    Raises
    ------
    NoGpuSupport : this computer has neither.
    """
    names = _PYTHONS if is_frozen() else (sys.executable, *_PYTHONS)
    seen = []
    for name in names:
        program = shutil.which(name)
        version = _version(program) if program else None
        if program and version and _OLDEST <= version <= _NEWEST:
            return (program, "-m", "venv", str(folder))
        if version:
            seen.append(f"{name} {version[0]}.{version[1]}")
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path.home() / ".local" / "bin"))
    if uv:
        return (uv, "venv", "--seed", "--python", _UV_PYTHON, str(folder))
    found = f" (found: {', '.join(dict.fromkeys(seen))})" if seen else ""
    raise NoGpuSupport(
        f"Neither a Python 3.11 to 3.14 with venv and pip nor uv was found{found}.",
        kept=KEPT,
        advice="Install one of them: python3-venv on Debian and Ubuntu, Python from python.org, "
        "or uv.",
    )


def require_disk(folder: Path, needed_gb: float = NEEDED_GB) -> None:
    """Raise NoGpuSupport where the disk of `folder` has less than `needed_gb` (10⁹ bytes)."""
    place = folder
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free / 1e9
    if free < needed_gb:
        raise NoGpuSupport(
            f"GPU support needs {needed_gb:.0f} GB while it is installed ({INSTALLED_GB:.1f} GB "
            f"after that); the disk of {place} has {free:.1f} GB free.",
            kept=KEPT,
            advice="Free space there, or put the data folder elsewhere with KITSDESK_HOME.",
        )


def require_network(index: str) -> None:
    """Raise NoGpuSupport where the index of packages does not answer."""
    url = f"{index.rstrip('/')}/torch/"
    try:
        with urllib.request.urlopen(url, timeout=_PATIENCE_S) as answer:
            answer.read(1)
    except (urllib.error.URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        # A bundle may not find this system's certificates; pip brings its own and decides.
        if isinstance(reason, ssl.SSLCertVerificationError):
            return
        raise NoGpuSupport(
            f"{url} cannot be reached from here: {reason}.",
            kept=KEPT,
            advice="Connect to the network (a proxy goes into HTTPS_PROXY), or name a mirror in "
            f"{INDEX_VARIABLE}.",
        ) from error


def carried(name: str) -> Path:
    """Return a file that installations need: beside the resources, or in a checkout."""
    beside = resources().parent
    places = (beside / "wheel" / name, beside / "installer" / name)
    return next((place for place in places if place.is_file()), places[0])


def program_requirement() -> str:
    """Return the wheel of this program that the bundle carries (in a checkout the one that
    `make wheel` made), else its name and version for the index."""
    beside = resources().parent
    for folder in (beside / "wheel", beside / "dist"):
        wheels = sorted(folder.glob(f"kitsdesk-{__version__}-*.whl"))
        if wheels:
            return str(wheels[-1])
    return f"kitsdesk=={__version__}"


def pinned(package: str) -> str:
    """Return the exact version of `package` in the constraints that are carried.

    Raises
    ------
    NoGpuSupport : the installation of the program is not complete.
    """
    file = carried("constraints.txt")
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    found = re.search(rf"^{re.escape(package)}==(\S+)$", text, re.MULTILINE)
    if found is None:
        raise NoGpuSupport(
            f"{file} is missing or names no version of {package}.",
            kept=KEPT,
            advice="Install KiTSDesk again.",
        )
    return found[1]


def _version(program: str) -> tuple[int, int] | None:
    try:
        said = subprocess.run(
            [program, "-c", _ASKED],
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=True,
            env=outside_environment(),
        )
        major, minor = said.stdout.split()
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return int(major), int(minor)
