"""A disk that is really full: a small file system where mounting is allowed, else a shim that
is preloaded and refuses what does not fit (`full_disk_shim.c`, built by the C compiler).

Tests that use it run here where mounting works; where it is refused, `test_full_disk_shim.py`
runs the same tests under the shim.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SHIM_ONLY = "KITSDESK_FULL_DISK_SHIM"
READ_ONLY = "ro"
FILLER = "filler.bin"


@contextmanager
def small_disk(folder: Path, kilobytes: int, *options: str) -> Iterator[None]:
    """Make `folder` a disk of that size (with "ro": one that cannot be written).

    Skips, with words, where this can neither be mounted nor preloaded in this process: then
    the test runs in the process that `test_full_disk_shim.py` starts.
    """
    folder.mkdir(exist_ok=True)
    shim = _shim()
    if shim is not None:
        size = -1 if READ_ONLY in options else kilobytes * 1024
        shim.full_disk_set(os.fsencode(folder), ctypes.c_long(size))
        try:
            yield
        finally:
            shim.full_disk_set(b"", ctypes.c_long(0))
        return
    if not _mount(folder, kilobytes, options):
        pytest.skip("mounting is refused here: test_full_disk_shim.py runs this under the shim")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Make a folder that has files one that cannot be written, and take it back."""
    shim = _shim()
    if shim is not None:
        shim.full_disk_set(os.fsencode(folder), ctypes.c_long(-1))
        try:
            yield
        finally:
            shim.full_disk_set(b"", ctypes.c_long(0))
        return
    bound = ["mount", "--bind", str(folder), str(folder)]
    again = ["mount", "-o", "remount,ro,bind", str(folder)]
    if not (_runs(bound) and _runs(again)):
        pytest.skip("mounting is refused here: test_full_disk_shim.py runs this under the shim")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, leave: int = 0) -> None:
    """Fill the disk that `folder` is to its last page but for `leave` bytes."""
    spare = folder / "spare.bin"
    if leave:
        spare.write_bytes(b"\xff" * leave)
    with (folder / FILLER).open("ab", buffering=0) as file:
        for size in (1 << 20, 1 << 16, 1 << 12):
            with contextlib.suppress(OSError):
                while file.write(b"\xff" * size) == size:
                    pass
    spare.unlink(missing_ok=True)


def make_room(folder: Path) -> None:
    """Take away what `fill` wrote."""
    (folder / FILLER).unlink()


def mounting_works(folder: Path) -> bool:
    """Return whether this process may mount a small disk."""
    folder.mkdir(exist_ok=True)
    if not _mount(folder, 100, ()):
        return False
    subprocess.run(["umount", "-l", str(folder)], check=True)
    return True


def _mount(folder: Path, kilobytes: int, options: tuple[str, ...]) -> bool:
    wanted = ",".join([f"size={kilobytes}k", *options])
    return _runs(["mount", "-t", "tmpfs", "-o", wanted, "tmpfs", str(folder)])


def _runs(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, check=False, capture_output=True)
    except OSError:
        return False
    return os.name == "posix" and done.returncode == 0


def _shim() -> ctypes.CDLL | None:
    """Return the shim that was preloaded into this process, None without one."""
    if os.environ.get(SHIM_ONLY) is None:
        return None
    loaded = ctypes.CDLL(None)
    assert hasattr(loaded, "full_disk_set"), "the shim was not preloaded"
    return loaded
