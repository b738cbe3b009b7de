"""Help: a report of the system without patient data, the notice."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version

from PyQt6.QtGui import QGuiApplication

from kitsdesk import __version__
from kitsdesk.background.gpu.gpu_installation import trainer_words
from kitsdesk.paths import log_dir

NOTICE = "Research use only. Not a medical device."
_PACKAGES = ("PyQt6", "napari", "numpy", "SimpleITK", "torch")


def about_text() -> str:
    """Return the one line about the program."""
    return f"KiTSDesk {__version__}, GPL-3.0-or-later. {NOTICE}"


def system_report() -> str:
    """Copy a report of versions and machine to the clipboard; return what was done."""
    lines = [
        f"KiTSDesk {__version__}",
        f"Python {platform.python_version()} on {platform.platform()}",
        f"{os.cpu_count()} processors",
        *(f"{name} {_version(name)}" for name in _PACKAGES),
        f"Trainer: {trainer_words()}",
        f"Log: {log_dir()}",
    ]
    clipboard = QGuiApplication.clipboard()
    if clipboard is not None:
        clipboard.setText("\n".join(lines))
    return "The system report was copied; it holds no patient data."


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
