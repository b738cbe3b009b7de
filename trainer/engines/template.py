"""The template engine: any queue that takes a script by one command line (LSF, PBS, SGE)."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trainer.contract.engine_plan import BadEngineOptions, EnginePlan, TemplateOptions
from trainer.contract.jsonfile import read_json, write_json
from trainer.contract.lease import lease
from trainer.contract.queue_state import QUEUE_FILE, QueueEntry, QueueRecord, read_queue
from trainer.contract.run_folder import (
    CANCEL_FILE,
    PAUSE_FILE,
    TaskSpec,
    asked_to_cancel,
    asked_to_pause,
    read_run,
    read_status,
    task_folder,
)
from trainer.engines.engine import Preview, Script
from trainer.engines.machine_probe import probe_machine
from trainer.engines.outside_program import ProgramRefused, ask, ask_every_s
from trainer.engines.running_task import CANCEL_GRACE_S
from trainer.engines.task_marks import clear_run_marks, put_back, set_mark
from trainer.engines.task_process import TaskProcess, read_proof
from trainer.engines.task_script import FOLDER, script_file, task_script
from trainer.engines.template_words import state_in, words_of

_JOBS_FILE = "jobs.json"
_ASK_EVERY_S = 10.0
_LIVE = ("pending", "held", "running")


class TemplateEngine:
    """One script and one job for each task; see `Engine` for what the methods do.

    Such queues have no common word for dependencies: a task is submitted when all before it
    are done, by the script of the last of them, else by the next look at the run.
    """

    def __init__(self, plan: EnginePlan) -> None:
        if not isinstance(plan.options, TemplateOptions):
            raise BadEngineOptions("The template engine needs three command lines.")
        self._options = plan.options
        for line in (self._options.submit, self._options.poll, self._options.cancel):
            words_of(line, job="1", script="s", name="n", log="l")

    def probe(self, folder: Path, *, gpus: bool) -> dict[str, Any]:
        """Return whether the programs of the three lines are there; nothing is submitted."""
        for line in (self._options.submit, self._options.poll, self._options.cancel):
            program = words_of(line, job="1", script="s", name="n", log="l")[0]
            try:
                ask(["which", program])
            except ProgramRefused:
                return {"ok": False, "reason": f"There is no program {program} here."}
        return {"ok": True, "reason": "", "shared_folder": None} | probe_machine(folder)

    def preview(self, run: Path) -> Preview:
        """Return the script and the command of each task that is not done."""
        tasks = [t for t in read_run(run).tasks if read_proof(task_folder(run, t.key)) is None]
        scripts = tuple(Script(script_file(run, t.key), self._script(run, t.key)) for t in tasks)
        return Preview(scripts, tuple(tuple(self._submit_words(run, t.key)) for t in tasks))

    def submit(self, run: Path) -> dict[str, Any]:
        """Submit what can begin now.

        Raises
        ------
        ProgramRefused : the queue's own words.
        """
        clear_run_marks(run)
        self._look(run)
        for task in read_run(run).tasks:
            if not asked_to_pause(run, task.key) and not asked_to_cancel(run, task.key):
                put_back(run, task.key)
        return {"jobs": self.go_on(run, again=True)}

    def go_on(self, run: Path, ended: str = "", *, again: bool = False) -> list[str]:
        """Submit every task that is not done, not in the queue, and waits for nothing.

        Parameters
        ----------
        ended : a task whose script is about to end, though the queue still lists it.
        again : also what a job left without an end, killed with its node.
        """
        with lease(run / FOLDER / "submit.lock", "Submitting this run"):
            entries = dict(read_queue(run).tasks)
            if ended in entries:
                entries[ended] = _ended(entries[ended])
            started = []
            for task in read_run(run).tasks:
                if self._begin(run, task, entries, again=again):
                    entries[task.key] = self._submit(run, task.key)
                    started.append(entries[task.key].job)
            self._write(run, entries, read_queue(run).asked)
        return started

    def _begin(
        self, run: Path, task: TaskSpec, entries: Mapping[str, QueueEntry], *, again: bool
    ) -> bool:
        """Return whether the task is to be submitted now; note where it never can be."""
        state = read_status(run, task.key).state
        if self._live(entries, task.key) or read_proof(task_folder(run, task.key)) is not None:
            return False
        if asked_to_pause(run, task.key) or asked_to_cancel(run, task.key):
            return False
        if state != "waiting" and not again:
            return False
        for key in task.after:
            if read_proof(task_folder(run, key)) is not None:
                continue
            over = read_status(run, key).state in ("failed", "cancelled")
            if over and not self._live(entries, key):
                TaskProcess(run, task).not_begun(f"Not begun: {key} was not finished.")
            return False
        return True

    def _live(self, entries: Mapping[str, QueueEntry], key: str) -> bool:
        return key in entries and entries[key].queue_state in _LIVE

    def _submit(self, run: Path, key: str) -> QueueEntry:
        file = script_file(run, key)
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(self._script(run, key), encoding="utf-8")
            file.chmod(0o755)
        said = ask(self._submit_words(run, key))
        number = re.search(r"\d+", said)
        if number is None:
            raise ProgramRefused(
                f"The submit command printed no number of a job: {said.strip()[:200]!r}.",
                advice="Change the command line in the settings, so that it prints the number.",
            )
        jobs = run / FOLDER / _JOBS_FILE
        known = read_json(jobs) if jobs.exists() else {}
        write_json(jobs, known | {key: number.group(0)})
        now = time.time()
        reason = "waits in the queue"
        return QueueEntry(
            job=number.group(0), queue_state="pending", queue_reason=reason, since=now, seen=now
        )

    def _script(self, run: Path, key: str) -> str:
        return task_script(run, key, self._options.trainer)

    def _submit_words(self, run: Path, key: str) -> list[str]:
        file = script_file(run, key)
        name = f"kitsdesk-{key.replace('/', '-')}"
        log = str(file.with_suffix(".log"))
        return words_of(self._options.submit, script=str(file), name=name, log=log, job="")

    def poll(self, run: Path) -> Mapping[str, QueueEntry]:
        """Return what the queue says, and submit what has become ready."""
        if time.time() - read_queue(run).asked >= ask_every_s(_ASK_EVERY_S):
            self._look(run)
            self.go_on(run)
        return read_queue(run).tasks

    def _look(self, run: Path) -> None:
        now, entries = time.time(), dict(read_queue(run).tasks)
        for key, entry in entries.items():
            if entry.queue_state in (*_LIVE, "unknown") and entry.job:
                entries[key] = self._ask_of(entry, now)
        self._write(run, entries, now)

    def _ask_of(self, entry: QueueEntry, now: float) -> QueueEntry:
        try:
            said = ask(words_of(self._options.poll, job=entry.job, script="", name="", log=""))
        except ProgramRefused as error:
            if "did not answer" in error.happened:
                unheard = {"queue_state": "unknown", "queue_reason": error.happened}
                return entry.model_copy(update=unheard)
            said = ""
        line = next((line for line in said.splitlines() if entry.job in line), "")
        state = state_in(line)
        if state == "ended":
            return _ended(entry, now)
        reason = f"the queue says: {' '.join(line.split())}" if state == "pending" else ""
        changes: dict[str, object] = {
            "queue_state": state,
            "queue_reason": reason,
            "seen": now,
        }
        return entry.model_copy(update=changes)

    def _write(self, run: Path, entries: Mapping[str, QueueEntry], asked: float) -> None:
        record = QueueRecord(engine="template", asked=asked, tasks=dict(entries))
        write_json(run / QUEUE_FILE, record)

    def pause(self, run: Path, key: str = "") -> None:
        """What runs writes a checkpoint and leaves; nothing is submitted until `submit`."""
        set_mark(run, key, PAUSE_FILE)

    def cancel(self, run: Path, key: str = "") -> None:
        """What runs writes a checkpoint first; ten seconds later its job is cancelled."""
        set_mark(run, key, CANCEL_FILE)
        end = time.monotonic() + CANCEL_GRACE_S
        while time.monotonic() < end and self._working(run, key):
            time.sleep(0.5)
        self._look(run)
        entries = dict(read_queue(run).tasks)
        for name, entry in entries.items():
            if key in ("", name) and entry.queue_state in _LIVE:
                ask(words_of(self._options.cancel, job=entry.job, script="", name="", log=""))
                # A queue may list a cancelled job for a while.
                entries[name] = _ended(entry)
        self._write(run, entries, time.time())
        self._never_begun(run, key)

    def _never_begun(self, run: Path, key: str) -> None:
        """Note of what still waited in the queue, or for what did, that it was cancelled."""
        for task in read_run(run).tasks:
            if key in ("", task.key) and read_status(run, task.key).state == "waiting":
                TaskProcess(run, task).not_begun("Cancelled before it began.")

    def _working(self, run: Path, key: str) -> bool:
        keys = [task.key for task in read_run(run).tasks if key in ("", task.key)]
        return any(read_status(run, name).state in ("running", "paused") for name in keys)


def _ended(entry: QueueEntry, now: float | None = None) -> QueueEntry:
    changes = {"queue_state": "ended", "queue_reason": "", "since": now or time.time()}
    return entry.model_copy(update=changes)
