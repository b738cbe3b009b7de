"""Where the trainer keeps what it can make again."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_APPLICATION = "kitsdesk"


def cache_folder(name: str) -> Path:
    """Return the folder `name` of KITSDESK_CACHE, else of KITSDESK_HOME/cache, else of the
    user's cache as the system has it. It is not made."""
    own, home = os.environ.get("KITSDESK_CACHE"), os.environ.get("KITSDESK_HOME")
    if own:
        return Path(own) / name
    if home:
        return Path(home) / "cache" / name
    return _system_cache() / name


def _system_cache() -> Path:
    home = Path.home()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else home / "AppData" / "Local") / _APPLICATION / "Cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / _APPLICATION
    given = os.environ.get("XDG_CACHE_HOME")
    return (Path(given) if given else home / ".cache") / _APPLICATION
