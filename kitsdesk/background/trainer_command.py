"""How the desk calls `kitsdesk-trainer`: this interpreter, the trainer as a module."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PyQt6.QtCore import QProcessEnvironment

_CHECKOUT = Path(__file__).resolve().parent.parent.parent


def trainer_command() -> tuple[str, list[str]]:
    """Return the program and its first arguments; the command's own follow."""
    return sys.executable, ["-m", "trainer"]


def trainer_environment(threads: int = 0) -> QProcessEnvironment:
    """Return the environment for the trainer: this one, able to import the same packages,
    without Qt's variables (the trainer has no Qt), with so many CPU threads (0 = its own way)."""
    environment = QProcessEnvironment.systemEnvironment()
    path = [str(_CHECKOUT), os.environ.get("PYTHONPATH", "")]
    environment.insert("PYTHONPATH", os.pathsep.join(part for part in path if part))
    environment.insert("PYTHONUNBUFFERED", "1")
    if threads:
        environment.insert("OMP_NUM_THREADS", str(threads))
    for name in [key for key in environment.toStringList() if key.startswith("QT_")]:
        environment.remove(name.partition("=")[0])
    return environment
