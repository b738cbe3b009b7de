"""`run`: starts, follows and stops the tasks of a run folder; prints JSON lines."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trainer.commands import COMMANDS
from trainer.contract.engine_plan import (
    ENGINE_FILE,
    BadEngineOptions,
    EnginePlan,
    make_plan,
    read_plan_of_engine,
)
from trainer.contract.jsonfile import write_json
from trainer.contract.run_folder import read_run
from trainer.engines.engine_choice import engine_for, engine_of
from trainer.engines.node_task import NodeTask
from trainer.engines.remote_run import RemoteRun
from trainer.engines.run_status import run_status
from trainer.engines.supervisor import Supervisor
from trainer.engines.task_marks import let_go, put_back, task_keys
from trainer.engines.template import TemplateEngine

_ACTIONS: dict[str, str] = {
    "probe": "what the engine offers: partitions, GPUs, whether nodes see this folder",
    "start": "start the run in the background; it outlives the window",
    "status": "one line per task",
    "pause": "let what runs write a checkpoint and wait; resume lets it go on",
    "cancel": "stop the run; what is finished stays",
    "resume": "go on with the tasks that are not done",
    "requeue": "put a failed or stopped task back in line, all of them without --task",
}


def add_parser(subparsers: Any) -> None:
    """Add the arguments of `run`."""
    parser = subparsers.add_parser("run", help=COMMANDS["run"])
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, purpose in _ACTIONS.items():
        action = actions.add_parser(name, help=purpose)
        action.add_argument("run_folder", type=Path, metavar="RUN")
        # Said by a desk that calls this through ssh: the plan's other computer is this one.
        action.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
        if name in ("probe", "start"):
            _add_engine(action)
        if name == "probe":
            action.add_argument("--gpus", action="store_true", help="also look for GPUs (seconds)")
        if name == "start":
            action.add_argument(
                "--dry-run", action="store_true", help="print what would be started, as JSON"
            )
        if name in ("pause", "cancel", "resume", "requeue"):
            action.add_argument("--task", default="", metavar="KEY", help="this task alone")
    # Started by engines only, so that they are not listed.
    actions.add_parser("supervise").add_argument("run_folder", type=Path, metavar="RUN")
    for name in ("task", "next"):
        task = actions.add_parser(name)
        task.add_argument("run_folder", type=Path, metavar="RUN")
        task.add_argument("task", metavar="KEY")


def _add_engine(action: argparse.ArgumentParser) -> None:
    action.add_argument(
        "--engine", help="local, slurm, template or an installed one; default RUN/engine.json"
    )
    action.add_argument("--options", type=_json_object, help="the engine's options, as JSON")
    action.add_argument("--remote", type=_json_object, help="host, folder, trainer, shared")


def _json_object(text: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not JSON: {error}") from error
    if not isinstance(content, dict):
        raise argparse.ArgumentTypeError("not a JSON object")
    return content


def run(args: argparse.Namespace) -> int:
    """Do what was asked for and print the answer."""
    actions: dict[str, Callable[[argparse.Namespace], int | None]] = {
        "probe": _probe,
        "start": _start,
        "resume": _resume,
        "requeue": _requeue,
        "status": _status,
        "pause": _pause,
        "cancel": _cancel,
        "supervise": _supervise,
        "task": _task,
        "next": _next,
    }
    return actions[args.action](args) or 0


def _plan(args: argparse.Namespace) -> EnginePlan:
    """Return the plan of the command line, else the run's own."""
    if getattr(args, "engine", None) is None:
        if getattr(args, "options", None) is not None or getattr(args, "remote", None) is not None:
            raise BadEngineOptions("Options need an engine.", advice="Give --engine too.")
        return read_plan_of_engine(args.run_folder)
    return make_plan(args.engine, args.options, args.remote)


def _elsewhere(args: argparse.Namespace, plan: EnginePlan) -> RemoteRun | None:
    """Return the run on the other computer, None where it runs from here."""
    if plan.remote is None or args.here:
        return None
    return RemoteRun(args.run_folder, plan)


def _probe(args: argparse.Namespace) -> None:
    plan = _plan(args)
    elsewhere = _elsewhere(args, plan)
    if elsewhere is None:
        found = engine_for(plan).probe(args.run_folder, gpus=args.gpus)
    else:
        found = elsewhere.probe(gpus=args.gpus)
    _print({"engine": plan.engine, "ok": True, "reason": ""} | found)


def _start(args: argparse.Namespace) -> None:
    plan, run_folder = _plan(args), args.run_folder
    elsewhere, engine = _elsewhere(args, plan), engine_for(plan)
    read_run(run_folder)
    if args.dry_run:
        preview = engine.preview(run_folder) if elsewhere is None else elsewhere.preview()
        scripts = [{"path": str(s.path), "text": s.text} for s in preview.scripts]
        _print({"scripts": scripts, "commands": [list(c) for c in preview.commands]})
        return
    write_json(run_folder / ENGINE_FILE, plan)
    let_go(run_folder)
    _submit(args, plan)


def _submit(args: argparse.Namespace, plan: EnginePlan) -> None:
    elsewhere = _elsewhere(args, plan)
    facts = engine_for(plan).submit(args.run_folder) if elsewhere is None else elsewhere.start()
    _print({"run": str(args.run_folder.resolve()), "engine": plan.engine} | facts)


def _resume(args: argparse.Namespace) -> None:
    """Go on with everything that is not done, or let one paused task go on."""
    plan = read_plan_of_engine(args.run_folder)
    if _tell(args, plan, "resume"):
        return
    let_go(args.run_folder, args.task)
    _submit(args, plan)


def _requeue(args: argparse.Namespace) -> None:
    plan = read_plan_of_engine(args.run_folder)
    keys = task_keys(args.run_folder, args.task)
    if _tell(args, plan, "requeue"):
        return
    # First what stops the others: putting a task back frees those that wait for it, too.
    let_go(args.run_folder, args.task)
    for key in keys:
        put_back(args.run_folder, key)
    _submit(args, plan)


def _tell(args: argparse.Namespace, plan: EnginePlan, verb: str) -> bool:
    """Say it to the other computer, where the run is there; return whether it is."""
    elsewhere = _elsewhere(args, plan)
    if elsewhere is None:
        return False
    for record in elsewhere.tell(verb, args.task):
        _print(record)
    return True


def _status(args: argparse.Namespace) -> None:
    for record in run_status(args.run_folder, here=args.here):
        _print(record)


def _pause(args: argparse.Namespace) -> None:
    task_keys(args.run_folder, args.task)
    if not _tell(args, read_plan_of_engine(args.run_folder), "pause"):
        engine_of(args.run_folder).pause(args.run_folder, args.task)
        _status(args)


def _cancel(args: argparse.Namespace) -> None:
    task_keys(args.run_folder, args.task)
    if not _tell(args, read_plan_of_engine(args.run_folder), "cancel"):
        engine_of(args.run_folder).cancel(args.run_folder, args.task)
        _status(args)


def _supervise(args: argparse.Namespace) -> None:
    _print(dict(Supervisor(args.run_folder).supervise()))


def _task(args: argparse.Namespace) -> int:
    return NodeTask(args.run_folder, args.task).run()


def _next(args: argparse.Namespace) -> None:
    engine = engine_of(args.run_folder)
    if isinstance(engine, TemplateEngine):
        _print({"jobs": engine.go_on(args.run_folder, args.task)})


def _print(record: dict[str, Any]) -> None:
    print(json.dumps(record, ensure_ascii=False), flush=True)
