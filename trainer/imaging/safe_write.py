"""One way to write a file that matters: whole and proved, or not at all."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import shutil
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from trainer.contract.errors import KitsDeskError
from trainer.contract.fault_points import reach

_SPARE_BYTES = 1_000_000
# The end of the target's name: its extension matters to writers, its length to the disk.
_NAME_END = 60
_ABANDONED_SECONDS = 3600.0
_WINDOWS_PATIENCE_SECONDS = 2.5


class WriteFailed(KitsDeskError):
    """A file could not be written whole; what was there before is unchanged."""


def safe_write(
    path: Path,
    write: Callable[[Path], None],
    verify: Callable[[Path], None] | None = None,
    *,
    expected_bytes: int = 0,
) -> None:
    """Write `path` through a temporary file beside it, prove it, sync it, rename it.

    A kill at any moment leaves the old file or the new one whole; a temporary file that a
    killed process left is removed by the next write of the same target an hour later. The
    permissions of the old file are kept.

    Parameters
    ----------
    write : writes the temporary file it is given (which has the target's extension).
    verify : reopens that file and raises if it is not what was meant; SimpleITK reports
        success on a full disk, so nothing is trusted unread.
    expected_bytes : upper estimate of the size, checked against the free space first.

    Raises
    ------
    WriteFailed : no space, no permission, or the file read back differs.
    """
    path = path.absolute()
    temporary = path.with_name(f".{uuid.uuid4().hex}.tmp.{path.name[-_NAME_END:]}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _require_space(path.parent, expected_bytes)
        _sweep(path)
        reach("safe_write.begun", path.name)
        write(temporary)
        reach("safe_write.written", path.name)
        if verify is not None:
            verify(temporary)
        reach("safe_write.verified", path.name)
        _put_in_place(temporary, path)
    except WriteFailed:
        raise
    except Exception as error:
        raise WriteFailed(
            f"{path.name} could not be written: {_reason(error)}.",
            kept="The file that was there before is unchanged.",
            advice=f"Check the free space and the permissions of {path.parent}, then save again.",
        ) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _put_in_place(temporary: Path, path: Path) -> None:
    """Make a proved file last, and `path` be it."""
    if path.exists():
        shutil.copymode(path, temporary)
    _sync(temporary, os.O_RDWR)
    reach("safe_write.synced", path.name)
    _replace(temporary, path)
    reach("safe_write.renamed", path.name)
    _sync_folder(path.parent)
    reach("safe_write.done", path.name)


def _reason(error: Exception) -> str:
    strerror = error.strerror if isinstance(error, OSError) else None
    return strerror or str(error).rstrip(".")


def _require_space(folder: Path, expected: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < expected + _SPARE_BYTES:
        said = f"{free / 1e6:.0f} MB free, {expected / 1e6:.0f} MB needed"
        raise OSError(errno.ENOSPC, said)


def _sweep(path: Path) -> None:
    """Remove what a killed process left of an earlier write of this target."""
    for rest in path.parent.glob(f".*.tmp.{glob.escape(path.name[-_NAME_END:])}"):
        if time.time() - rest.stat().st_mtime > _ABANDONED_SECONDS:
            rest.unlink(missing_ok=True)


def _replace(temporary: Path, path: Path) -> None:
    """Rename; where Windows holds the target open (a virus scanner, a viewer), wait a little."""
    end, pause = time.monotonic() + _WINDOWS_PATIENCE_SECONDS, 0.05
    while True:
        try:
            os.replace(temporary, path)
        except PermissionError:
            if os.name != "nt" or time.monotonic() > end:
                raise
            time.sleep(pause)
            pause *= 2
        else:
            return


def _sync_folder(folder: Path) -> None:
    """Make the rename itself last; Windows has no such call and needs none."""
    if os.name != "nt":
        _sync(folder, os.O_RDONLY)


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
