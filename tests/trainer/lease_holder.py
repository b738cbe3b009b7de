"""Another process that holds the lease of a device until it is let go: a run's task."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_HOLD = """
import sys
from trainer.contract.device_lease import device_lease_file
from trainer.contract.lease import note_holder, take_lease
held = take_lease(device_lease_file(sys.argv[1]))
note_holder(held, run=sys.argv[2], task="fold_0")
print("held", flush=True)
sys.stdin.read()
"""


class LeaseHolder:
    """Holds the device `identity` for the run in the folder `run` from the start on."""

    def __init__(self, identity: str, run: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _HOLD, identity, str(run)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline().strip() == "held"

    def let_go(self) -> None:
        """Give the device back by ending, once or more often."""
        self._process.kill()
        self._process.communicate()
