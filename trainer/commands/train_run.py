"""run.json of a training: its tasks as command lines, and what it was begun with."""

from __future__ import annotations

import argparse
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trainer.contract.jsonfile import write_json
from trainer.contract.run_folder import RUN_FILE, RunSpec, TaskSpec, read_run

DEFAULT_SEED = 12345


def made_by(args: argparse.Namespace) -> str:
    """Return the command that remakes the model, with folder names instead of paths."""
    parts = ["kitsdesk-trainer", "train", args.export.name, "--run", args.run.name]
    return shlex.join([*parts, *_shared_options(args, lambda path: path.name)])


def _shared_options(args: argparse.Namespace, show: Any) -> list[str]:
    """Return the options that every fold of this command line has."""
    options = ["--arch", args.arch, "--device", args.device]
    for name in ("preset", "precision", "epochs", "steps", "learning_rate", "name", "seed"):
        value = getattr(args, name)
        if value is not None and (name, value) != ("seed", DEFAULT_SEED):
            options += [_option(name), str(value)]
    if args.blocks is not None:
        options += ["--blocks", ",".join(map(str, args.blocks))]
    for name in ("init", "plan"):
        if getattr(args, name) is not None:
            options += [_option(name), str(show(getattr(args, name)))]
    flags = ("keep_other", "tensorboard", "empty_masks")
    return [*options, *(_option(name) for name in flags if getattr(args, name))]


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def record_compute(run: Path, threads: int, device: str, precision: str) -> None:
    """Note in run.json with what the run was begun: only with the same number of threads is
    a resumed fold bit for bit the same."""
    spec = read_run(run)
    if "threads" not in spec.details:
        begun = {"threads": threads, "device": device, "precision": precision}
        write_json(run / RUN_FILE, spec.model_copy(update={"details": spec.details | begun}))


def write_run(args: argparse.Namespace, keys: dict[int, str]) -> None:
    """Describe the run in run.json, unless whoever started the task did so already."""
    path = args.run / RUN_FILE
    if path.exists():
        return
    shared = _shared_options(args, Path.absolute)
    for name in ("publish", "cache"):
        if getattr(args, name) is not None:
            shared += [f"--{name}", str(getattr(args, name).absolute())]
    if args.about:
        shared += ["--about", args.about]
    tasks = tuple(
        TaskSpec(
            key=key,
            title=f"{args.arch}, fold {fold}",
            argv=(
                *("train", str(args.export.absolute()), "--run", str(args.run.absolute())),
                *("--task", key, "--folds", str(fold), *shared),
            ),
        )
        for fold, key in keys.items()
    )
    write_json(
        path,
        RunSpec(
            kind="train",
            title=f"Train {args.arch} on {args.export.name}",
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            tasks=tasks,
        ),
    )
