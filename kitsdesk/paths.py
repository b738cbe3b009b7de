"""Where the program keeps what is not a project: settings, scratch projects, logs."""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

import platformdirs

_APPLICATION = "kitsdesk"


def _home(default: str, name: str) -> Path:
    override = os.environ.get("KITSDESK_HOME")
    folder = Path(override) / name if override else Path(default)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def config_dir() -> Path:
    """Return the folder of the settings file; KITSDESK_HOME/config where that is set."""
    return _home(platformdirs.user_config_dir(_APPLICATION, appauthor=False), "config")


def data_dir() -> Path:
    """Return the folder of scratch and demo projects; KITSDESK_HOME/data where that is set."""
    return _home(platformdirs.user_data_dir(_APPLICATION, appauthor=False), "data")


def log_dir() -> Path:
    """Return the folder of the rotating log; KITSDESK_HOME/log where that is set."""
    return _home(platformdirs.user_log_dir(_APPLICATION, appauthor=False), "log")


def resources() -> Path:
    """Return the folder of icons, style and the demo model.

    In a checkout it lies beside the packages; from the wheel under share/kitsdesk, of the
    environment or (pip's --target) of the folder that the packages are in.

    Raises
    ------
    FileNotFoundError : the installation is not complete.
    """
    packages = Path(__file__).resolve().parent.parent
    shared = Path("share") / "kitsdesk" / "resources"
    places = (packages / "resources", packages / shared, Path(sysconfig.get_path("data")) / shared)
    for folder in places:
        if (folder / "style").is_dir():
            return folder
    raise FileNotFoundError(f"KiTSDesk's resources are in none of {', '.join(map(str, places))}")
