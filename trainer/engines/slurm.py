"""The Slurm engine: one array job for each stage of a run, followed by its files."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from trainer.contract.engine_plan import EnginePlan, SlurmOptions
from trainer.contract.lease import lease
from trainer.contract.queue_state import QueueEntry
from trainer.contract.run_folder import (
    CANCEL_FILE,
    PAUSE_FILE,
    asked_to_cancel,
    asked_to_pause,
    read_run,
    task_folder,
)
from trainer.engines.engine import Preview, Script
from trainer.engines.outside_program import ProgramRefused, ask
from trainer.engines.running_task import CANCEL_GRACE_S
from trainer.engines.slurm_jobs import SlurmJobs
from trainer.engines.slurm_probe import probe_slurm
from trainer.engines.slurm_queue import submit_script
from trainer.engines.slurm_script import SCRIPTS, script_file
from trainer.engines.task_marks import clear_run_marks, set_mark
from trainer.engines.task_process import read_proof

_LIVE = ("pending", "held", "running")


class SlurmEngine:
    """Tasks as elements of array jobs; see `Engine` for what the methods do.

    A stage begins when the one before has ended in whatever way; each task then looks itself
    whether what it needs was done. So nothing stays in the queue for ever.
    """

    def __init__(self, plan: EnginePlan) -> None:
        self._options = plan.options if isinstance(plan.options, SlurmOptions) else SlurmOptions()

    def probe(self, folder: Path, *, gpus: bool) -> dict[str, Any]:
        """Return the partitions, and whether a node takes a job and sees `folder`."""
        return probe_slurm(folder, self._options)

    def preview(self, run: Path) -> Preview:
        """Return the scripts and the sbatch commands; a script that a person edited as it is."""
        jobs = SlurmJobs(run, self._options)
        scripts, commands = [], []
        for number, text in jobs.scripts().items():
            file = script_file(run, number)
            scripts.append(Script(file, text))
            after = ["--dependency=afterany:JOBS-BEFORE"] if number > 1 else []
            commands.append(("sbatch", "--parsable", *after, str(file)))
        return Preview(tuple(scripts), tuple(commands))

    def submit(self, run: Path) -> dict[str, Any]:
        """Submit every task that is neither done nor in the queue; release what is held.

        Raises
        ------
        ProgramRefused : Slurm's own words. What was submitted before stays.
        """
        with lease(run / SCRIPTS / "submit.lock", "Submitting this run"):
            clear_run_marks(run)
            jobs = SlurmJobs(run, self._options)
            entries = jobs.look(at_once=True)
            self._release(run, entries)
            jobs.write_scripts()
            submitted = self._submit(run, jobs, entries)
            jobs.look(at_once=True)
        return {"jobs": submitted}

    def _submit(self, run: Path, jobs: SlurmJobs, entries: Mapping[str, QueueEntry]) -> list[str]:
        before = {task.key: task.after for task in read_run(run).tasks}
        numbers = {key: e.job for key, e in entries.items() if e.queue_state in _LIVE}
        submitted: list[str] = []
        for stage, keys in enumerate(jobs.stages, start=1):
            missing = [
                index
                for index, key in enumerate(keys)
                if key not in numbers
                and read_proof(task_folder(run, key)) is None
                and not asked_to_cancel(run, key)
            ]
            if not missing:
                continue
            needed = {k for index in missing for k in before[keys[index]] if k in numbers}
            after = sorted({numbers[key] for key in needed})
            limit = self._options.tasks_at_once
            array = submit_script(str(script_file(run, stage)), missing, limit, after)
            submitted.append(str(array))
            numbers |= {keys[index]: f"{array}_{index}" for index in missing}
        return submitted

    def _release(self, run: Path, entries: Mapping[str, QueueEntry]) -> None:
        for key, entry in entries.items():
            if entry.queue_state == "held" and not asked_to_pause(run, key):
                # Refused where an administrator holds it: the queue's reason says so.
                with suppress(ProgramRefused):
                    ask(["scontrol", "release", entry.job])

    def poll(self, run: Path) -> Mapping[str, QueueEntry]:
        """Return what squeue says of each task."""
        return SlurmJobs(run, self._options).look()

    def pause(self, run: Path, key: str = "") -> None:
        """Hold what waits; what runs writes a checkpoint, leaves its node and is held."""
        set_mark(run, key, PAUSE_FILE)
        waiting = self._jobs_in(run, key, ("pending",))
        if waiting:
            ask(["scontrol", "hold", ",".join(waiting)])
        SlurmJobs(run, self._options).look(at_once=True)

    def cancel(self, run: Path, key: str = "") -> None:
        """Take what waits out of the queue; what runs writes a checkpoint first, and is ended
        by scancel if it has not left ten seconds later."""
        set_mark(run, key, CANCEL_FILE)
        self._scancel(self._jobs_in(run, key, ("pending", "held")))
        end = time.monotonic() + CANCEL_GRACE_S
        while (running := self._jobs_in(run, key, ("running",))) and time.monotonic() < end:
            time.sleep(1)
        self._scancel(running)
        SlurmJobs(run, self._options).look(at_once=True)

    def _jobs_in(self, run: Path, key: str, states: Sequence[str]) -> list[str]:
        entries = SlurmJobs(run, self._options).look(at_once=True)
        return [
            entry.job
            for name, entry in entries.items()
            if entry.queue_state in states and key in ("", name)
        ]

    def _scancel(self, jobs: Sequence[str]) -> None:
        if jobs:
            ask(["scancel", *jobs])
