"""Where the program keeps what is not a project: settings, scratch projects, logs."""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import platformdirs

_APPLICATION = "kitsdesk"
_chosen: list[Path] = []


def _home(default: str, name: str) -> Path:
    override = os.environ.get("KITSDESK_HOME")
    folder = Path(override) / name if override else Path(default)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def config_dir() -> Path:
    """Return the folder of the settings file; KITSDESK_HOME/config where that is set."""
    return _home(platformdirs.user_config_dir(_APPLICATION, appauthor=False), "config")


def data_dir() -> Path:
    """Return the folder of new scratch and demo projects: the chosen one, else the system's,
    KITSDESK_HOME/data where that is set. A chosen one that is not there now is passed over."""
    for folder in _chosen[:1]:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            break
        return folder
    return _home(platformdirs.user_data_dir(_APPLICATION, appauthor=False), "data")


def data_dirs() -> list[Path]:
    """Return every folder that may hold scratch projects, the one for new ones first."""
    own = _home(platformdirs.user_data_dir(_APPLICATION, appauthor=False), "data")
    return list(dict.fromkeys([data_dir(), *_chosen, own]))


def use_data_folders(folders: Sequence[Path]) -> None:
    """Keep new scratch and demo projects in the first folder; look for old ones in all."""
    _chosen[:] = [folder.absolute() for folder in folders]


def gpu_environment() -> Path:
    """Return where the Python environment with the CUDA build of torch is, or would be."""
    return _home(platformdirs.user_data_dir(_APPLICATION, appauthor=False), "data") / "gpu"


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


def demo_model() -> Path:
    """Return the folder of the demo model that ships with the program."""
    return resources() / "demo" / "model"


def docs() -> Path:
    """Return the folder of the guide's pages as Markdown, which the window's reader shows.

    It lies beside the resources: in a checkout, in the wheel's share/kitsdesk, in a bundle.
    """
    return resources().parent / "docs"


def guide() -> Path | None:
    """Return the folder of the guide as HTML, None where it was not built (`make guide`)."""
    beside = resources().parent
    for folder in (beside / "guide", beside / "build" / "guide"):
        if (folder / "index.html").is_file():
            return folder
    return None
