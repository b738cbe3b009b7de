"""How the desk calls `kitsdesk-trainer`: its own, or that of the GPU environment."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PyQt6.QtCore import QProcessEnvironment

from kitsdesk import __version__
from kitsdesk.paths import gpu_environment
from trainer.contract import programs

GPU_READY_FILE = "kitsdesk-gpu.json"


def gpu_trainer() -> Path | None:
    """Return the `kitsdesk-trainer` of the GPU environment, None where there is none.

    The environment counts once its GPU_READY_FILE says {"version": this program's}: it is written
    last, so a half-made one is not used, and after an upgrade of the desk the old one is not.
    """
    folder = gpu_environment()
    windows = sys.platform == "win32"
    program = folder / ("Scripts/kitsdesk-trainer.exe" if windows else "bin/kitsdesk-trainer")
    try:
        ready = json.loads((folder / GPU_READY_FILE).read_text(encoding="utf-8"))
        fits = ready["version"] == __version__
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return program if fits and program.is_file() else None


def trainer_command() -> tuple[str, list[str]]:
    """Return the program and its first arguments; the command's own follow."""
    with_gpu = gpu_trainer()
    if with_gpu is not None:
        return str(with_gpu), []
    program, *arguments = programs.trainer_program()
    return program, arguments


def trainer_environment(threads: int = 0) -> QProcessEnvironment:
    """Return the environment for the trainer: this one, able to import the same packages,
    without Qt's variables (the trainer has no Qt), with so many CPU threads (0 = its own way)."""
    own = gpu_trainer() is None
    variables = programs.trainer_environment() if own else programs.outside_environment()
    variables["PYTHONUNBUFFERED"] = "1"
    if threads:
        variables["OMP_NUM_THREADS"] = str(threads)
    environment = QProcessEnvironment()
    for name, value in variables.items():
        environment.insert(name, value)
    return environment
