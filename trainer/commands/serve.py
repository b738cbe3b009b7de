"""`serve`: predicts for the window, line by line, keeping models warm."""

from __future__ import annotations

import argparse
import faulthandler
import os
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from trainer.commands import COMMANDS
from trainer.contract.events import Event, ReadyEvent
from trainer.inference.loaded_model import choose_device
from trainer.inference.prediction_server import PredictionServer


def add_parser(subparsers: Any) -> None:
    """Add the arguments of `serve`."""
    parser = subparsers.add_parser("serve", help=COMMANDS["serve"])
    parser.add_argument("--idle", type=float, help="end after so many seconds without work")


def run(args: argparse.Namespace) -> int:
    """Serve until the standard input ends; see `trainer.contract.events` for the lines."""
    # Should a library crash, the window shows what was said last.
    faulthandler.enable()
    # Whatever a library prints must not end up between the events.
    events = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr

    def emit(event: Event) -> None:
        try:
            events.write(event.line() + "\n")
            events.flush()
        except BrokenPipeError:
            # The window is gone; the end of its lines is about to end this process too.
            return

    emit(ReadyEvent(device=str(choose_device("auto")), version=_version()))
    PredictionServer(emit).serve(_lines_of(0), args.idle)
    sys.stderr.flush()
    # A network that is being opened for a prediction that nobody waits for would hold the
    # process for seconds.
    os._exit(0)


def _lines_of(descriptor: int) -> Iterator[str]:
    """Read unbuffered: a thread that waits inside sys.stdin's lock would keep the process
    from ending."""
    with open(descriptor, "rb", buffering=0, closefd=False) as source:
        for line in source:
            yield line.decode("utf-8", "replace")


def _version() -> str:
    try:
        return version("kitsdesk")
    except PackageNotFoundError:
        return "0"
