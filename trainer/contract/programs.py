"""How the trainer is started, and what the programs that are not ours may see of us.

Installed from the bundle, `kitsdesk-trainer` is a second executable beside the window's; from a
wheel or a checkout it is this interpreter with the package as a module.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

_PACKAGES = Path(__file__).resolve().parent.parent.parent
_LOADER_PATHS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_OWN_PREFIXES = ("QT_", "QML", "_PYI_")


def is_frozen() -> bool:
    """Return whether this process runs from the installed bundle."""
    return bool(getattr(sys, "frozen", False))


def trainer_program() -> list[str]:
    """Return the program and its first arguments; the trainer's own follow."""
    if is_frozen():
        here = Path(sys.executable)
        return [str(here.with_name("kitsdesk-trainer").with_suffix(here.suffix))]
    return [sys.executable, "-m", "trainer"]


def trainer_environment(base: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return `base` (else this process's environment) with which `trainer_program` finds the
    same packages; no variable of Qt, of which the trainer has none."""
    environment = outside_environment(base)
    if not is_frozen():
        path = [str(_PACKAGES), environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(part for part in path if part)
    environment["PYTHONUNBUFFERED"] = "1"
    return environment


def outside_environment(base: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for a program that is not ours (`sbatch`, `ssh`, another Python).

    The bundle's loader sets library paths for its own libraries; with them another program would
    load ours. What the person had set is kept in NAME_ORIG and comes back.
    """
    environment = dict(os.environ if base is None else base)
    for name in [key for key in environment if key.startswith(_OWN_PREFIXES)]:
        del environment[name]
    if is_frozen():
        for name in _LOADER_PATHS:
            environment.pop(name, None)
            original = environment.pop(f"{name}_ORIG", "")
            if original:
                environment[name] = original
    return environment


def forget_loader_paths() -> None:
    """Give this process's environment back as the person had set it; nothing outside a bundle.

    The loader has read its paths by now, and what this process starts, be it through Qt or a
    library, shall not inherit them. Qt finds its plug-ins beside itself.
    """
    if not is_frozen():
        return
    for name in _LOADER_PATHS:
        original = os.environ.pop(f"{name}_ORIG", "")
        os.environ.pop(name, None)
        if original:
            os.environ[name] = original
    bundle = str(getattr(sys, "_MEIPASS", ""))
    for name in ("QT_PLUGIN_PATH", "QML2_IMPORT_PATH"):
        if bundle and os.environ.get(name, "").startswith(bundle):
            del os.environ[name]
