"""RUN/queue.json of a run on this computer: what runs where, and what waits for what."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from pathlib import Path

from trainer.contract.device_lease import device_holder
from trainer.contract.jsonfile import write_json
from trainer.contract.queue_state import (
    QUEUE_FILE,
    QueueEntry,
    QueueRecord,
    QueueState,
    read_queue,
)
from trainer.engines.devices import Places
from trainer.engines.running_task import RunningTask


class WaitingBoard:
    """Collects what is known of each task and writes it when it has changed."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._tasks: dict[str, QueueEntry] = dict(read_queue(run).tasks)
        self._written: dict[str, QueueEntry] | None = None

    def show(self, running: Mapping[str, RunningTask]) -> None:
        """Note what runs, and what does not any more."""
        for key, entry in self._tasks.items():
            if entry.queue_state == "running" and key not in running:
                self._tasks[key] = entry.model_copy(update={"queue_state": "ended"})
        for key, task in running.items():
            self._note(key, "running", "", str(task.process.pid), task.place.gpu)

    def waits(self, key: str, reason: str, *, held: bool = False) -> None:
        """Note that a task waits, and what for."""
        self._note(key, "held" if held else "pending", reason)

    def waits_for_place(self, key: str, places: Places, *, gpu: bool) -> None:
        """Note that a task waits for a place, and who has it."""
        if not gpu or not places.gpus:
            self.waits(key, "waits for its turn on the processor")
            return
        own = str(self._run.absolute())
        others = [holder for gpu in places.gpus if (holder := device_holder(gpu)) is not None]
        strangers = [holder for holder in others if holder.get("run") != own]
        if len(strangers) < len(places.gpus):
            self.waits(key, "waits for a free GPU")
            return
        names = {Path(str(h["run"])).name if "run" in h else "a program" for h in strangers}
        self.waits(key, f"waits for a free GPU: in use by {', '.join(sorted(names))}")

    def write(self) -> None:
        """Write the file where something changed."""
        if self._tasks != self._written:
            tasks = dict(self._tasks)
            write_json(self._run / QUEUE_FILE, QueueRecord(asked=time.time(), tasks=tasks))
            self._written = tasks

    def _note(
        self, key: str, state: QueueState, reason: str, job: str = "", device: str = ""
    ) -> None:
        old = self._tasks.get(key, QueueEntry())
        entry = QueueEntry(
            job=job,
            node=socket.gethostname() if job else "",
            device=device,
            queue_state=state,
            queue_reason=reason,
            since=old.since if old.queue_state == state else time.time(),
        )
        self._tasks[key] = entry
