"""A run on another computer: `ssh HOST` in front of the same `kitsdesk-trainer run` commands."""

from __future__ import annotations

import json
import shlex
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trainer.contract.engine_plan import EnginePlan, RemoteOptions
from trainer.contract.jsonfile import write_json
from trainer.contract.queue_state import QUEUE_FILE, QueueEntry, QueueRecord, QueueState, read_queue
from trainer.contract.run_folder import TaskStatus, read_run, task_folder
from trainer.engines.engine import NoSuchEngine, Preview, Script
from trainer.engines.outside_program import ProgramRefused, ask, ask_every_s
from trainer.engines.remote_copy import RemoteCopy
from trainer.engines.task_process import DONE_FILE, STATUS_FILE

_SSH = ("ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10")
_DRY_RUN = (
    'd=$(mktemp -d) && cat > "$d/run.json" && echo "$d" && '
    '{{ {trainer} run start "$d" {words}; code=$?; rm -rf "$d"; exit $code; }}'
)
_ASK_EVERY_S = 10.0
_STATES: dict[str, QueueState] = {
    "waiting": "pending",
    "running": "running",
    "paused": "running",
    "done": "ended",
    "failed": "ended",
    "cancelled": "ended",
}
_RECORD = ("job", "node", "device", "queue_reason")


class RemoteRun:
    """The verbs of `run` for a plan with a remote computer.

    Only ssh and rsync are used, with the keys and names of the person's own ~/.ssh; nothing
    of ours stays running there but what the engine there starts.
    """

    def __init__(self, run: Path, plan: EnginePlan) -> None:
        if plan.remote is None:
            raise NoSuchEngine("The plan names no other computer.")
        self._run = run
        self._plan = plan
        self._remote: RemoteOptions = plan.remote

    def probe(self, *, gpus: bool) -> dict[str, Any]:
        """Return what the other computer's probe says; `ok` is False, with ssh's own words,
        where it cannot be reached."""
        try:
            if self._remote.shared:
                if not self._sees_the_folder():
                    reason = f"{self._remote.host} does not see {self._run} under the same path."
                    return {"ok": False, "reason": reason, "shared_folder": False}
                folder = str(self._run.absolute())
            else:
                folder = self._remote.folder
                self._ssh(["mkdir", "-p", folder])
                ask(["rsync", "--version"])
            words = ["probe", folder, *self._engine_words(), *(["--gpus"] if gpus else [])]
            found: dict[str, Any] = json.loads(self._trainer(words, 180).strip())
        except ProgramRefused as error:
            return {"ok": False, "reason": error.happened}
        except ValueError:
            return {"ok": False, "reason": f"{self._remote.host} answered no probe."}
        return found | {"host": self._remote.host}

    def _sees_the_folder(self) -> bool:
        nonce = self._run.absolute() / f".kitsdesk-probe-{uuid.uuid4().hex}"
        nonce.parent.mkdir(parents=True, exist_ok=True)
        nonce.write_text(nonce.name, encoding="utf-8")
        try:
            return self._ssh(["cat", str(nonce)]).strip() == nonce.name
        except ProgramRefused as error:
            if "No such file" in error.happened:
                return False
            raise
        finally:
            nonce.unlink(missing_ok=True)

    def preview(self) -> Preview:
        """Return the scripts that the engine there would write, as they will stand there, and the
        commands that `start` would call here.

        Raises
        ------
        ProgramRefused : the other computer does not answer.
        """
        copy = self._copy()
        pushes = [] if self._remote.shared else copy.push_commands()
        start = [*_SSH, self._remote.host, self._line(self._start_words())]
        commands = tuple(tuple(command) for command in (*pushes, start))
        return Preview(self._scripts_there(copy), commands)

    def _scripts_there(self, copy: RemoteCopy) -> tuple[Script, ...]:
        """Ask the trainer there, which knows its own path, with nothing but the list of tasks in a
        folder that is gone afterwards."""
        if self._plan.engine == "local":
            return ()
        words = ["--here", *self._engine_words(), "--dry-run"]
        line = _DRY_RUN.format(trainer=self._remote.trainer, words=shlex.join(words))
        told = ask([*_SSH, self._remote.host, line], 120, copy.spec_there().model_dump_json())
        folder, _, answer = told.strip().partition("\n")
        found = json.loads(answer.strip().splitlines()[-1])
        there = self._there()
        return tuple(
            Script(Path(each["path"].replace(folder, there)), each["text"].replace(folder, there))
            for each in found["scripts"]
        )

    def start(self) -> dict[str, Any]:
        """Copy the run there and start it; return what the start there printed."""
        if not self._remote.shared:
            self._ssh(["mkdir", "-p", self._remote.folder])
            self._copy().push(self._plan)
        facts: dict[str, Any] = json.loads(self._trainer(self._start_words(), 300).strip())
        return {"host": self._remote.host} | facts

    def tell(self, verb: str, key: str = "") -> list[dict[str, Any]]:
        """Pause, cancel, resume or requeue there; return the lines it printed."""
        words = [verb, self._there(), "--here", *(["--task", key] if key else [])]
        return [json.loads(line) for line in self._trainer(words, 120).splitlines()]

    def status(self) -> list[dict[str, Any]]:
        """Return the records of `run status` there, after its files were copied here.

        The other computer is asked at most every ten seconds; in between, and where it does
        not answer, what was copied last is told by `run_status` (an empty list here).
        """
        known = read_queue(self._run)
        if 0 <= time.time() - known.asked < ask_every_s(_ASK_EVERY_S):
            return []
        try:
            text = self._trainer(["status", self._there(), "--here"], 60)
            records = [json.loads(line) for line in text.splitlines()]
            if not self._remote.shared:
                self._bring(records)
        except ProgramRefused as error:
            self._note_silence(known, error.happened)
            return []
        entries = {str(record["key"]): _entry(record) for record in records}
        self._write(entries)
        return records

    def _bring(self, records: Sequence[dict[str, Any]]) -> None:
        copy = self._copy()
        copy.pull_run()
        done = [str(record["key"]) for record in records if record["state"] == "done"]
        new = [key for key in done if not (self._run / key / DONE_FILE).exists()]
        if new:
            copy.pull_results(new)
        # Last: a task that is done here has its results here.
        for record in records:
            folder = task_folder(self._run, str(record["key"]))
            folder.mkdir(parents=True, exist_ok=True)
            said = {name: record[name] for name in TaskStatus.model_fields if name in record}
            write_json(folder / STATUS_FILE, TaskStatus.model_validate(said))

    def _note_silence(self, known: QueueRecord, said: str) -> None:
        reason = f"{self._remote.host} does not answer ({said})"
        silent = {"queue_state": "unknown", "queue_reason": reason}
        self._write(
            {
                key: entry if entry.queue_state == "ended" else entry.model_copy(update=silent)
                for key, entry in known.tasks.items()
            }
        )

    def _write(self, entries: dict[str, QueueEntry]) -> None:
        record = QueueRecord(engine=self._plan.engine, asked=time.time(), tasks=entries)
        write_json(self._run / QUEUE_FILE, record)

    def _copy(self) -> RemoteCopy:
        return RemoteCopy(self._run, read_run(self._run), self._remote)

    def _there(self) -> str:
        if self._remote.shared:
            return str(self._run.absolute())
        return self._remote.folder.rstrip("/") + str(self._run.absolute())

    def _start_words(self) -> list[str]:
        return ["start", self._there(), "--here"]

    def _engine_words(self) -> list[str]:
        options = self._plan.options
        text = json.dumps(options) if isinstance(options, dict) else options.model_dump_json()
        return ["--engine", self._plan.engine, "--options", text]

    def _trainer(self, words: Sequence[str], patience_s: float) -> str:
        return ask([*_SSH, self._remote.host, self._line(words)], patience_s)

    def _line(self, words: Sequence[str]) -> str:
        return f"{self._remote.trainer} run {shlex.join(words)}"

    def _ssh(self, words: Sequence[str]) -> str:
        return ask([*_SSH, self._remote.host, shlex.join(words)], 60)


def _entry(record: dict[str, Any]) -> QueueEntry:
    """Return a task's entry: the record there already has files and queue together."""
    state = str(record.get("queue_state", "")) or _STATES[str(record["state"])]
    shown = {name: str(record.get(name, "")) for name in _RECORD}
    if not shown["queue_reason"] and record["state"] in ("failed", "waiting"):
        shown["queue_reason"] = str(record.get("message", ""))
    end = "CANCELLED" if record["state"] == "cancelled" else ""
    now = time.time()
    return QueueEntry.model_validate(
        shown | {"queue_state": state, "end": end, "since": now, "seen": now}
    )
