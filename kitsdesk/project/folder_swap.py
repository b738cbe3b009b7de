"""A folder of files that belong together replaces another one at once."""

from __future__ import annotations

import os
import shutil
import uuid
from pathlib import Path

from kitsdesk.project.journal_file import sync_folder


def fresh_beside(target: Path) -> Path:
    """Return an unused hidden name beside `target`, to be filled and swapped in."""
    return target.with_name(f".{target.name[-60:]}.{uuid.uuid4().hex}.new")


def swap_in(fresh: Path, target: Path) -> None:
    """Give the finished folder `fresh` the name of `target`; what was there before goes.

    Raises
    ------
    OSError : `target` could not be replaced; it is as it was.
    """
    sync_folder(fresh)
    if not target.exists():
        os.replace(fresh, target)
        sync_folder(target.parent)
        return
    old = fresh_beside(target)
    os.replace(target, old)
    try:
        os.replace(fresh, target)
    except OSError:
        os.replace(old, target)
        raise
    sync_folder(target.parent)
    shutil.rmtree(old, ignore_errors=True)
