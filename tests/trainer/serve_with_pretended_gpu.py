"""`serve` on a machine that has no GPU, with one pretended: every device but "cpu" is it, the
networks run on the CPU, and its lease is a real one."""

from __future__ import annotations

import sys

from trainer.contract.events import ReadyEvent
from trainer.inference.device_turn import DeviceTurns
from trainer.inference.prediction_server import PredictionServer

GPU = "GPU-pretended"


def pretended(device: str) -> str | None:
    """Return the pretended GPU's identity for every device but the CPU."""
    return None if device == "cpu" else GPU


def main() -> None:
    """Serve the lines of the standard input."""

    def emit(event):
        sys.stdout.write(event.line() + "\n")
        sys.stdout.flush()

    emit(ReadyEvent(device="cuda:0", version="0"))
    PredictionServer(emit, DeviceTurns(pretended)).serve(sys.stdin)


if __name__ == "__main__":
    main()
