"""Whether the process that starts the tasks of a run on this computer is there."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Literal

from trainer.contract.jsonfile import read_json
from trainer.contract.lease import is_held
from trainer.contract.run_folder import RUNNER_FILE, RunnerState
from trainer.engines.supervisor import LEASE_FILE

Runner = Literal["none", "alive", "finished", "gone"]

# Of a process on another computer only the age of its heartbeat is known.
SILENT_S = 120.0


def runner_state(run: Path) -> Runner:
    """Return whether the run's supervisor was never there, lives, has finished or is gone."""
    if is_held(run / LEASE_FILE):
        return "alive"
    if not (run / RUNNER_FILE).exists():
        return "none"
    state = RunnerState.model_validate(read_json(run / RUNNER_FILE))
    if state.finished:
        return "finished"
    if state.host != socket.gethostname() and time.time() - state.heartbeat < SILENT_S:
        return "alive"
    return "gone"
