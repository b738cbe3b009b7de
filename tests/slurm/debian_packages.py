"""Programs from Debian's packages, unpacked into a folder and not installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path


class CannotStart(Exception):
    """A real server cannot be run here; says why."""


def unpack(packages: Sequence[str], debs: Path, root: Path) -> None:
    """Download the packages with apt-get and unpack them below `root`, nothing else.

    Raises
    ------
    CannotStart : this is no Debian, the user is not root, or the download failed.
    """
    if os.getuid() != 0:
        raise CannotStart("make test-slurm starts servers that must be root here.")
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise CannotStart("make test-slurm takes its servers from Debian's packages: no apt-get.")
    debs.mkdir(parents=True, exist_ok=True)
    download = ["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", *packages]
    done = subprocess.run(download, cwd=debs, capture_output=True, text=True)
    if done.returncode:
        subprocess.run(["apt-get", "-qq", "update"], capture_output=True)
        done = subprocess.run(download, cwd=debs, capture_output=True, text=True)
    if done.returncode:
        raise CannotStart(f"{packages[0]} cannot be downloaded: {done.stderr.strip()}")
    for deb in debs.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", str(deb), str(root)], check=True)


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
