"""A disk that is really full: a small file system where mounting is allowed, else a real
limit of the system on how long a file may grow."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def small_disk(folder: Path, kilobytes: int, *options: str) -> Iterator[bool]:
    """Mount a tmpfs of that size on `folder`; yield False where mounting is refused."""
    folder.mkdir(exist_ok=True)
    wanted = ",".join([f"size={kilobytes}k", *options])
    command = ["mount", "-t", "tmpfs", "-o", wanted, "tmpfs", str(folder)]
    try:
        mounted = os.name == "posix" and subprocess.run(command, check=False).returncode == 0
    except OSError:
        mounted = False
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)
