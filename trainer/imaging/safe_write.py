"""One way to write a file that matters: whole and proved, or not at all."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

from trainer.contract.errors import KitsDeskError

_SPARE_BYTES = 1_000_000


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
    temporary = path.with_name(f".{uuid.uuid4().hex}.tmp.{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _require_space(path.parent, expected_bytes)
        write(temporary)
        if verify is not None:
            verify(temporary)
        _sync(temporary)
        os.replace(temporary, path)
        _sync(path.parent)
    except WriteFailed:
        raise
    except Exception as error:
        raise WriteFailed(
            f"{path.name} could not be written: {error}.",
            kept="The file that was there before is unchanged.",
            advice=f"Check the free space and the permissions of {path.parent}, then save again.",
        ) from error
    finally:
        if temporary.exists():
            temporary.unlink()


def _require_space(folder: Path, expected: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < expected + _SPARE_BYTES:
        raise OSError(f"{free / 1e6:.0f} MB free, {expected / 1e6:.0f} MB needed")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
