"""The devices of this computer as places for one task each, by leases."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

from trainer.contract.device_lease import device_lease_file
from trainer.contract.lease import take_lease
from trainer.contract.programs import trainer_environment, trainer_program
from trainer.engines.machine_probe import usable_cpus

_LIST_PATIENCE_S = 120.0


@dataclass
class Place:
    """Where one task runs: a GPU, held by its lease, or the CPU (`gpu` is "")."""

    gpu: str = ""
    lease: IO[str] | None = None
    threads: int = 1

    def environment(self) -> dict[str, str]:
        """Return what the task is told of its place."""
        return {
            "CUDA_VISIBLE_DEVICES": self.gpu,
            "KITSDESK_THREADS": str(self.threads),
            # A paused task gives its place, and the memory there, back.
            "KITSDESK_LEAVE_TO_PAUSE": "1",
        }


class Places:
    """One place for each GPU, and one on the CPU for what needs no GPU.

    Without GPUs everything runs on the CPU, one task at a time.
    """

    def __init__(self, gpus: Sequence[str]) -> None:
        self._gpus = tuple(gpus)
        self._taken: set[str] = set()
        self._threads = max(1, usable_cpus() // max(1, len(self._gpus)))

    @property
    def gpus(self) -> tuple[str, ...]:
        """Return the identities of the GPUs."""
        return self._gpus

    def take(self, *, gpu: bool, number: int | None = None) -> Place | None:
        """Return a free place, None where there is none now.

        Parameters
        ----------
        gpu : whether the task would use a GPU.
        number : the GPU that the task insists on, counted from 0.
        """
        if not gpu or not self._gpus:
            if "" in self._taken:
                return None
            self._taken.add("")
            return Place(threads=self._threads)
        wanted = self._gpus if number is None else self._gpus[number : number + 1]
        for identity in wanted:
            if identity in self._taken:
                continue
            held = take_lease(device_lease_file(identity))
            if held is not None:
                self._taken.add(identity)
                return Place(identity, held, self._threads)
        return None

    def keep(self, identity: str) -> Place:
        """Return the place of a task that an earlier supervisor started and that still holds
        its lease."""
        self._taken.add(identity)
        return Place(identity, None, self._threads)

    def give_back(self, place: Place) -> None:
        """End the use of `place`."""
        self._taken.discard(place.gpu)
        if place.lease is not None:
            place.lease.close()


def chosen_gpus(wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the GPUs to use: those `wanted`, else all that torch can use here."""
    chosen = tuple(wanted)
    return chosen or tuple(str(gpu["id"]) for gpu in list_gpus())


def list_gpus() -> list[dict[str, Any]]:
    """Return the GPUs that torch can use, as `run probe --gpus` lists them.

    torch is asked in a process of its own, and only where a driver is installed at all.
    """
    if shutil.which("nvidia-smi") is None:
        return []
    asked = subprocess.run(
        [*trainer_program(), "run", "probe", ".", "--engine", "local", "--gpus"],
        capture_output=True,
        text=True,
        check=False,
        timeout=_LIST_PATIENCE_S,
        env=trainer_environment(),
    )
    try:
        gpus: list[dict[str, Any]] = json.loads(asked.stdout)["gpus"]
    except (ValueError, KeyError, TypeError):
        return []
    return gpus
