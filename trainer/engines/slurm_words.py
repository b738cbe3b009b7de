"""Slurm's states and reasons in plain words."""

from __future__ import annotations

from trainer.contract.queue_state import QueueState

_RUNNING = frozenset(
    {"RUNNING", "COMPLETING", "CONFIGURING", "SUSPENDED", "STOPPED", "SIGNALING", "STAGE_OUT"}
)
_WAITING = frozenset({"PENDING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "RESV_DEL_HOLD"})
_HELD = ("jobheld", "launch", "jobholdmaxrequeue", "requeue_hold", "(null)held")

_REASONS = {
    "jobhelduser": "held by its owner; resume releases it",
    "jobheldadmin": "held by an administrator of the cluster",
    "jobholdmaxrequeue": "held: it was put back in line too often; resume releases it",
    "priority": "waits behind jobs of higher priority",
    "dependency": "waits for an earlier stage of this run",
    "begintime": "was put back in line; starts again at {start}",
    "jobarraytasklimit": "waits: as many tasks at once as were chosen are running",
    "partitiondown": "its partition is closed now",
    "partitioninactive": "its partition is closed now",
    "partitiontimelimit": "asks for more time than its partition allows",
    "partitionconfig": "asks for more than its partition allows",
    "partitionnodelimit": "asks for more than its partition has",
    "reservation": "waits for a reservation",
    "nodedown": "its nodes are down",
    "cleaning": "the attempt before is being cleaned up",
}
_ENDS = {
    "COMPLETED": "its script ended well",
    "CANCELLED": "it was cancelled in the queue (scancel), not from here",
    "FAILED": "its script ended with an error",
    "TIMEOUT": "its time limit was reached",
    "NODE_FAIL": "its node failed",
    "PREEMPTED": "another job was given its place",
    "OUT_OF_MEMORY": "it used more memory than it had asked for",
    "BOOT_FAIL": "its node did not start",
    "DEADLINE": "its deadline passed",
}


def queue_state(state: str, reason: str) -> QueueState:
    """Return our word for a state of squeue such as "PENDING", with its reason."""
    if state in _RUNNING:
        return "running"
    if state not in _WAITING:
        return "ended"
    held = state == "REQUEUE_HOLD" or _key(reason).startswith(_HELD) or " held" in _key(reason)
    return "held" if held else "pending"


def end_of(state: str) -> str:
    """Return the state where it is an end, without who did it; "" where it is none."""
    first = state.split()[0].rstrip("+") if state.split() else ""
    return first if first and first not in _RUNNING | _WAITING else ""


def in_words(state: str, reason: str, start: str = "", *, gpus: bool = True) -> str:
    """Return why a job is not running, or how it ended, for a person.

    Parameters
    ----------
    state, reason, start : as squeue has them (%T, %r, %S).
    gpus : whether the job asks for GPUs.
    """
    if state in _RUNNING:
        return "" if state == "RUNNING" else state.lower()
    ended = end_of(state)
    if ended:
        return _ENDS.get(ended, f"the queue says: {ended}")
    key = _key(reason)
    if key == "resources":
        return "waits for a free GPU" if gpus else "waits for free cores or memory"
    if key.startswith("launch"):
        return "held: its start failed; resume releases it"
    if " held" in key:
        return "held since it was paused; resume releases it"
    if "down" in key or "drain" in key or key.startswith("reqnodenotavail"):
        return "its nodes are down, drained or reserved"
    if key.startswith(("qos", "assoc")):
        return f"a limit of your account is reached ({reason})"
    if key in ("", "none", "(null)"):
        return "waits for the queue to look at it"
    words = _REASONS.get(key)
    if words is None:
        return f"the queue says: {reason}"
    return words.format(start=start.replace("T", " ") or "a time of the queue's choice")


def _key(reason: str) -> str:
    return reason.strip().lower()
