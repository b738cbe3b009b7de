"""Why a process ended by itself, in words."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from pathlib import Path

from trainer.contract.errors import KitsDeskError

_COUNTERS = Path("/proc/vmstat")
_SIGKILL = 9
_KEPT = "Masks and earlier predictions are unchanged."
_MEMORY_WORDS = ("memoryerror", "bad_alloc", "bad allocation", "out of memory", "cannot allocate")
# Windows: STATUS_NO_MEMORY and STATUS_COMMITMENT_LIMIT as a signed exit code.
_MEMORY_CODES = (-1073741801, -1073741523)
_FATAL = "Fatal Python error:"
# What Python's fault handler prints after the line that says what happened.
_HANDLER = (
    "Extension modules:",
    "Thread 0x",
    "Current thread 0x",
    "  File ",
    "  <no Python frame>",
)


class ServeStopped(KitsDeskError):
    """The prediction process ended by itself."""


def memory_kills() -> int:
    """Return how many processes Linux has ended for lack of memory; 0 where nobody counts."""
    try:
        lines = _COUNTERS.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)


def crash_reason(
    code: int, *, crashed: bool, said: Sequence[str], memory_killed: bool
) -> ServeStopped:
    """Return what is shown when the prediction process ends by itself.

    Parameters
    ----------
    code : its exit code, or where it `crashed` on Linux or macOS the signal.
    said : its last lines on stderr.
    memory_killed : the system ended a process for lack of memory while it ran.
    """
    last = _last_word(said)
    no_memory = code in _MEMORY_CODES or any(word in last.lower() for word in _MEMORY_WORDS)
    killed = crashed and code == _SIGKILL
    if no_memory or (killed and memory_killed):
        return ServeStopped(
            f"The prediction process ran out of memory ({_end(code, crashed=crashed)}).",
            kept=_KEPT,
            advice="Close other programs, or predict with fewer folds or a region; the next "
            "prediction starts it again.",
        )
    said_last = f": {last}" if last else ""
    return ServeStopped(
        f"The prediction process {_end(code, crashed=crashed)}{said_last}".rstrip(".") + ".",
        kept=_KEPT,
        advice="Predict again, which starts it again; the log (Help, System report) holds the "
        "details.",
    )


def not_started(reason: str) -> ServeStopped:
    """Return what is shown when the prediction process cannot be started."""
    return ServeStopped(
        f"The prediction process cannot be started: {reason}.",
        kept=_KEPT,
        advice="Install KiTSDesk again.",
    )


def _end(code: int, *, crashed: bool) -> str:
    if not crashed:
        return f"ended with code {code}"
    try:
        name = signal.Signals(code).name
    except ValueError:
        return f"crashed with code {code}"
    if name == "SIGKILL":
        return "was killed from outside (SIGKILL)"
    return f"crashed ({name})"


def _last_word(said: Sequence[str]) -> str:
    fatal = [line for line in said if line.startswith(_FATAL)]
    if fatal:
        return fatal[0].strip()
    lines = [line for line in said if line.strip() and not line.startswith(_HANDLER)]
    return lines[-1].strip() if lines else ""
