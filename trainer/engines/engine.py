"""What every engine can do. Engines only start processes; files decide what is done."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from trainer.contract.errors import KitsDeskError


class RunBusy(KitsDeskError):
    """The run is already being run."""


class NoSuchEngine(KitsDeskError):
    """An engine was asked for that this version does not have."""


class Engine(Protocol):
    """A place where the tasks of a run are processes."""

    def probe(self, folder: Path, *, gpus: bool) -> dict[str, Any]:
        """Return what the place offers: cores, memory, free disk, GPUs where asked for."""

    def submit(self, run: Path) -> int:
        """Begin or continue the run in the background; return its supervisor's number."""

    def poll(self, run: Path) -> list[dict[str, Any]]:
        """Return one record per task."""

    def pause(self, run: Path) -> None:
        """Let the run wait between two steps until it is submitted again."""

    def cancel(self, run: Path) -> None:
        """Ask the run to stop; what is finished stays."""

    def commands(self, run: Path) -> list[list[str]]:
        """Return the command lines that `submit` would start, in order."""
