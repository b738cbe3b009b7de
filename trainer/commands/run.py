"""`run`: starts, follows and stops the tasks of a run folder; prints JSON lines."""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trainer.commands import COMMANDS
from trainer.engines.engine import Engine, NoSuchEngine
from trainer.engines.local import LocalEngine
from trainer.engines.supervisor import Supervisor

_ACTIONS: dict[str, str] = {
    "probe": "what this computer offers: cores, memory, disk, with --gpus its GPUs",
    "start": "start the run in the background; it outlives the window",
    "status": "one line per task",
    "pause": "let the running task wait; resume lets it go on",
    "cancel": "stop the run; what is finished stays",
    "resume": "go on with the tasks that are not done",
}


def add_parser(subparsers: Any) -> None:
    """Add the arguments of `run`."""
    parser = subparsers.add_parser("run", help=COMMANDS["run"])
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, purpose in _ACTIONS.items():
        _add_action(actions, name, help=purpose)
    # Started by `start` only, so that it is not listed.
    _add_action(actions, "supervise")


def _add_action(actions: Any, name: str, **listed: str) -> None:
    action = actions.add_parser(name, **listed)
    action.add_argument("run_folder", type=Path, metavar="RUN")
    action.add_argument("--engine", default="local", help="local")
    action.add_argument("--dry-run", action="store_true", help="print what would be started")
    action.add_argument("--gpus", action="store_true", help="also look for GPUs (seconds)")


def run(args: argparse.Namespace) -> int:
    """Do what was asked for and print the answer."""
    actions: dict[str, Callable[[argparse.Namespace], int]] = {
        "probe": _probe,
        "start": _start,
        "resume": _start,
        "status": _status,
        "pause": _pause,
        "cancel": _cancel,
        "supervise": _supervise,
    }
    return actions[args.action](args)


def _engine(args: argparse.Namespace) -> Engine:
    if args.engine != "local":
        raise NoSuchEngine(
            f"There is no engine {args.engine} in this version.", advice="Use --engine local."
        )
    return LocalEngine()


def _probe(args: argparse.Namespace) -> int:
    _print(_engine(args).probe(args.run_folder, gpus=args.gpus))
    return 0


def _start(args: argparse.Namespace) -> int:
    engine = _engine(args)
    if args.dry_run:
        for command in engine.commands(args.run_folder):
            print(shlex.join(command))
        return 0
    pid = engine.submit(args.run_folder)
    _print({"run": str(args.run_folder.resolve()), "engine": args.engine, "pid": pid})
    return 0


def _status(args: argparse.Namespace) -> int:
    for record in _engine(args).poll(args.run_folder):
        _print(record)
    return 0


def _pause(args: argparse.Namespace) -> int:
    _engine(args).pause(args.run_folder)
    return _status(args)


def _cancel(args: argparse.Namespace) -> int:
    _engine(args).cancel(args.run_folder)
    return _status(args)


def _supervise(args: argparse.Namespace) -> int:
    _print(dict(Supervisor(args.run_folder).supervise()))
    return 0


def _print(record: dict[str, Any]) -> None:
    print(json.dumps(record, ensure_ascii=False), flush=True)
