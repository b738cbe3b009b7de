"""What every engine can do. Engines only start processes; files decide what is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from trainer.contract.errors import KitsDeskError
from trainer.contract.queue_state import QueueEntry


class RunBusy(KitsDeskError):
    """The run is already being run."""


class NoSuchEngine(KitsDeskError):
    """An engine was asked for that this version does not have."""


@dataclass(frozen=True)
class Script:
    """A script that the engine writes into the run folder, where a person may edit it."""

    path: Path
    text: str


@dataclass(frozen=True)
class Preview:
    """What `submit` would write and start, in order."""

    scripts: tuple[Script, ...]
    commands: tuple[tuple[str, ...], ...]


class Engine(Protocol):
    """A place where the tasks of a run are processes.

    `docs/writing_an_engine.md` is the contract in words. An engine is made from an EnginePlan,
    keeps nothing in memory between two calls, and is called from short processes.
    """

    def probe(self, folder: Path, *, gpus: bool) -> dict[str, Any]:
        """Return what the place offers: `ok`, `reason`, and what is known of it."""

    def preview(self, run: Path) -> Preview:
        """Return what `submit` would do now, and do nothing."""

    def submit(self, run: Path) -> dict[str, Any]:
        """Begin or continue: every task that is neither done nor in the queue is started.

        Return facts for the person, such as the jobs' numbers.
        """

    def poll(self, run: Path) -> Mapping[str, QueueEntry]:
        """Return what the queue says of each task that was submitted, by key."""

    def pause(self, run: Path, key: str = "") -> None:
        """Let what has begun write a checkpoint and wait; nothing else begins."""

    def cancel(self, run: Path, key: str = "") -> None:
        """Stop the run, or one task, with a checkpoint; what is finished stays."""
