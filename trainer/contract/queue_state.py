"""What an engine's queue says of each task: RUN/queue.json, and how it goes with the files.

The files decide what is done; the queue only tells why something is not running. The file
is written by the process that starts the tasks, or by `kitsdesk-trainer run status`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import read_json
from trainer.contract.run_folder import TaskStatus, is_parked

QUEUE_FILE = "queue.json"
# A task that left its queue may have written files which a network folder still hides.
FILES_LAG_S = 60.0

QueueState = Literal["", "pending", "held", "running", "ended", "unknown"]


class QueueEntry(BaseModel):
    """One task in a queue.

    job : the queue's own number (a process number on this computer), "" where it has none.
    node : the computer it runs or ran on. device : the GPU there, where one is known.
    queue_state : "" never submitted, "ended" not in the queue any more, "unknown" the queue
        does not answer.
    queue_reason : in plain words, such as "waits for a free GPU".
    end : how the job ended where the queue says so, in its own word ("TIMEOUT").
    since : Unix time at which the state was first seen; seen : at which it was last seen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    job: str = ""
    node: str = ""
    device: str = ""
    queue_state: QueueState = ""
    queue_reason: str = ""
    end: str = ""
    since: float = 0.0
    seen: float = 0.0


class QueueRecord(BaseModel):
    """RUN/queue.json: `asked` is the Unix time at which the queue last answered or should
    have; `tasks` by key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = 1
    engine: str = "local"
    asked: float = 0.0
    tasks: dict[str, QueueEntry] = {}


def read_queue(run: Path) -> QueueRecord:
    """Return RUN/queue.json; an empty record where it is missing or cut."""
    if not (run / QUEUE_FILE).exists():
        return QueueRecord()
    try:
        return QueueRecord.model_validate(read_json(run / QUEUE_FILE))
    except (KitsDeskError, ValidationError):
        return QueueRecord()


def status_in_queue(status: TaskStatus, entry: QueueEntry, now: float) -> TaskStatus:
    """Return the task's status as its files and its queue together have it.

    Parameters
    ----------
    status : from the files (`read_status`), which have the last word on "done".
    entry : what the queue says of the task.
    now : Unix time in seconds.
    """
    if status.state == "done" or entry.queue_state in ("", "unknown"):
        return status
    if is_parked(status) and entry.queue_state == "held":
        return status
    if status.state in ("running", "paused") and status.heartbeat > entry.seen > 0:
        # Its files are newer than what the queue said.
        return status
    if entry.queue_state in ("pending", "held"):
        # An earlier attempt may have ended in any way: it is in line again.
        return status.model_copy(
            update={"state": "waiting", "message": entry.queue_reason, "error": None}
        )
    if entry.queue_state == "running":
        if status.state in ("running", "paused"):
            return status
        return status.model_copy(update={"state": "running", "phase": "starting", "error": None})
    return _ended(status, entry, now)


def _ended(status: TaskStatus, entry: QueueEntry, now: float) -> TaskStatus:
    reason = entry.queue_reason or "it left the queue"
    if status.state in ("failed", "cancelled"):
        said = status.message or reason
        by_queue = status.state == "cancelled" and entry.end and reason not in said
        return status.model_copy(update={"message": f"{said} ({reason})" if by_queue else said})
    lately = now - max(entry.since, status.heartbeat) < FILES_LAG_S
    if lately and entry.end in ("", "COMPLETED"):
        return status
    lost = KitsDeskError(
        f"Job {entry.job} ended without a result: {reason}.",
        kept="What it had finished is kept.",
        advice="Requeue the task; its log says more.",
    )
    state: Literal["failed", "cancelled"] = (
        "cancelled" if entry.end.startswith("CANCELLED") else "failed"
    )
    return status.model_copy(
        update={"state": state, "message": lost.happened, "error": lost.as_dict()}
    )
