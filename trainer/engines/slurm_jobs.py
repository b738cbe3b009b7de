"""Which task is which element of which array job: RUN/slurm/tasks.json, and squeue's view."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trainer.contract.engine_plan import SlurmOptions
from trainer.contract.jsonfile import read_json, write_json
from trainer.contract.queue_state import QUEUE_FILE, QueueEntry, QueueRecord, read_queue
from trainer.contract.run_folder import read_run
from trainer.engines.outside_program import ProgramRefused, ask_every_s
from trainer.engines.slurm_queue import accounted_end, newest, queued_tasks
from trainer.engines.slurm_script import SCRIPTS, job_name, script_file, stage_script
from trainer.engines.slurm_words import in_words
from trainer.engines.stages import stages

_ASK_EVERY_S = 5.0
_LIVE = ("pending", "held", "running")
_WRITTEN_FILE = "scripts.json"


class SlurmJobs:
    """The jobs of one run."""

    def __init__(self, run: Path, options: SlurmOptions) -> None:
        self._run = run
        self._options = options
        self.stages = [[task.key for task in stage] for stage in stages(read_run(run).tasks)]

    def place_of(self, key: str) -> tuple[int, int]:
        """Return the stage (from 1) and the index in it of the task `key`."""
        for number, keys in enumerate(self.stages, start=1):
            if key in keys:
                return number, keys.index(key)
        raise KeyError(key)

    def look(self, *, at_once: bool = False) -> dict[str, QueueEntry]:
        """Return what the queue says of each task that was submitted; squeue is asked at most
        every five seconds unless it must be `at_once`, and the answer is kept in RUN/queue.json.
        """
        known, now = read_queue(self._run), time.time()
        if not at_once and 0 <= now - known.asked < ask_every_s(_ASK_EVERY_S):
            return dict(known.tasks)
        if not (self._run / SCRIPTS).is_dir():
            return {}
        names = [job_name(self._run, number) for number in range(1, len(self.stages) + 1)]
        try:
            found = queued_tasks(names, gpus=self._options.gpus_per_task > 0, now=now)
        except ProgramRefused as error:
            entries = {key: _unheard(e, error.happened) for key, e in known.tasks.items()}
        else:
            entries = self._merged(known.tasks, newest(found), now)
        record = QueueRecord(engine="slurm", asked=now, tasks=entries)
        write_json(self._run / QUEUE_FILE, record)
        return entries

    def _merged(
        self, known: Mapping[str, QueueEntry], found: Mapping[tuple[int, int], Any], now: float
    ) -> dict[str, QueueEntry]:
        entries: dict[str, QueueEntry] = {}
        for keys in self.stages:
            for key in keys:
                old, seen = known.get(key), found.get(self.place_of(key))
                if seen is not None:
                    entries[key] = _still(old, seen.entry)
                elif old is not None:
                    entries[key] = _forgotten(old, now)
        return entries

    def write_scripts(self) -> None:
        """Write the script of each stage, except where a person has edited it."""
        for number, text in self.scripts().items():
            file = script_file(self._run, number)
            if self._edited(file):
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            self._note_written(file)

    def scripts(self) -> dict[int, str]:
        """Return the text of every stage's script: as the options want it, or as a person has
        edited it."""
        texts = {}
        for number, keys in enumerate(self.stages, start=1):
            file = script_file(self._run, number)
            made = stage_script(self._run, number, keys, self._options)
            texts[number] = file.read_text(encoding="utf-8") if self._edited(file) else made
        return texts

    def _edited(self, file: Path) -> bool:
        if not file.exists():
            return False
        written = self._run / SCRIPTS / _WRITTEN_FILE
        known = read_json(written) if written.exists() else {}
        return bool(known.get(file.name) != _digest(file))

    def _note_written(self, file: Path) -> None:
        written = self._run / SCRIPTS / _WRITTEN_FILE
        known = read_json(written) if written.exists() else {}
        write_json(written, known | {file.name: _digest(file)})


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _still(old: QueueEntry | None, seen: QueueEntry) -> QueueEntry:
    """Return `seen` with the time since when it is so."""
    if old is not None and (old.job, old.queue_state) == (seen.job, seen.queue_state):
        return seen.model_copy(update={"since": old.since})
    return seen


def _forgotten(old: QueueEntry, now: float) -> QueueEntry:
    """Return the entry of a job that squeue does not list any more."""
    if old.queue_state not in (*_LIVE, "unknown"):
        return old
    end = accounted_end(old.job)
    reason = in_words(end, "") if end else "the queue does not know it any more"
    gone = {"queue_state": "ended", "queue_reason": reason, "end": end, "since": now, "seen": now}
    return old.model_copy(update=gone)


def _unheard(old: QueueEntry, said: str) -> QueueEntry:
    if old.queue_state not in (*_LIVE, "unknown"):
        return old
    reason = f"the queue does not answer ({said})"
    return old.model_copy(update={"queue_state": "unknown", "queue_reason": reason})
