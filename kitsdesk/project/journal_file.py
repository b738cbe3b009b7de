"""What a journal asks of the file system."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO


def write_whole(file: BinaryIO, data: bytes) -> None:
    """Write all of `data` to an unbuffered file, which may take it in parts.

    Raises
    ------
    OSError : the disk is full or gone; a part may have been written.
    """
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]


def write_new(path: Path, data: bytes) -> None:
    """Write `data` as the whole content of `path`."""
    path.write_bytes(data)


def free_name(path: Path, ending: str) -> Path:
    """Return `path` with `ending` behind its name, numbered where that is taken."""
    free = path.with_name(f"{path.name}.{ending}")
    number = 2
    while free.exists():
        free = path.with_name(f"{path.name}.{ending}-{number}")
        number += 1
    return free


def sync_folder(folder: Path) -> None:
    """Make new names in `folder` survive a power cut, where the system can be asked to."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
