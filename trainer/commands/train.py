"""`train`: train folds from an export and publish them as a model."""

from __future__ import annotations

import argparse
import json
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer.commands.fold_numbers import fold_numbers
from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import write_json
from trainer.contract.network_config import ARCHITECTURES
from trainer.contract.presets import PRESETS, Preset, Schedule, preset
from trainer.contract.run_folder import RUN_FILE, RunSpec, TaskSpec

if TYPE_CHECKING:
    from trainer.training.compute import Compute
    from trainer.training.train_fold import FoldRequest

DEFAULT_SEED = 12345


class BadArguments(KitsDeskError):
    """The command line asks for something that makes no sense."""


def add_parser(subparsers: Any) -> None:
    """Register the command."""
    parser = subparsers.add_parser("train", help="train folds from an export")
    parser.add_argument("export", type=Path, help="an export, or a data set with masks")
    parser.add_argument("--run", type=Path, required=True, help="the run's folder")
    parser.add_argument("--task", help="the task's key in the run; with one fold only")
    parser.add_argument("--arch", choices=ARCHITECTURES, default="residual")
    parser.add_argument(
        "--folds", type=fold_numbers, default=(0, 1, 2, 3, 4), help="such as 0-4, 2 or 0,3"
    )
    parser.add_argument("--preset", choices=sorted(PRESETS), default="kits2019")
    parser.add_argument("--init", type=Path, help="start from the folds of this model")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    parser.add_argument("--precision", choices=("fp32", "amp"))
    parser.add_argument("--epochs", type=int, help="instead of the preset's")
    parser.add_argument("--steps", type=int, help="steps per epoch, instead of the preset's")
    parser.add_argument("--learning-rate", type=float, help="instead of the preset's")
    parser.add_argument("--resume", action="store_true", help="continue from the checkpoint")
    parser.add_argument("--publish", type=Path, help="the model's folder; default RUN/model")
    parser.add_argument("--name", help="the model's name; default the publish folder's")
    parser.add_argument("--about", default="", help="a sentence for the model's manifest")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument("--cache", type=Path, help="where prepared cases are kept")


def run(args: argparse.Namespace) -> int:
    """Train the folds one after the other, printing a JSON line for each."""
    from trainer.training.compute import choose_compute, use_available_threads
    from trainer.training.train_fold import train_fold

    folds: tuple[int, ...] = args.folds
    if args.task is not None and len(folds) != 1:
        raise BadArguments("A task trains one fold.", advice="Give --folds one number.")
    if args.seed < 0:
        raise BadArguments("A seed is 0 or more.")
    threads = use_available_threads()
    compute = choose_compute(args.device, args.precision)
    keys = {fold: args.task or f"{args.arch}/fold_{fold}" for fold in folds}
    _write_run(args, keys)
    for fold, key in keys.items():
        done = train_fold(_request(args, fold, key, compute, threads))
        print(json.dumps({"fold": fold, "seconds": done.seconds, **done.result}), flush=True)
    return 0


def _request(
    args: argparse.Namespace, fold: int, key: str, compute: Compute, threads: int
) -> FoldRequest:
    from trainer.training.train_fold import FoldRequest

    chosen = preset(args.preset)
    publish = args.publish or args.run / "model"
    return FoldRequest(
        export=args.export,
        run=args.run,
        key=key,
        fold=fold,
        preset=chosen,
        network=chosen.network(args.arch),
        schedule=_schedule(args, chosen),
        compute=compute,
        threads=threads,
        cache=args.cache or default_cache(args.run),
        publish=publish,
        name=_model_name(args, publish),
        seed=args.seed,
        init=args.init,
        resume=args.resume,
        about=args.about,
        made_by=_made_by(args),
    )


def default_cache(run: Path) -> Path:
    """Return where prepared cases are kept: beside a project's runs, so that all of them
    share it, else in the run."""
    run = run.absolute()
    if run.parent.name == "runs":
        return run.parent.parent / "cache" / "prepared"
    return run / "prepared"


def _schedule(args: argparse.Namespace, chosen: Preset) -> Schedule:
    asked = {"epochs": args.epochs, "steps": args.steps, "learning_rate": args.learning_rate}
    given = {name: value for name, value in asked.items() if value is not None}
    if any(value <= 0 for value in given.values()):
        raise BadArguments("Epochs, steps and learning rate are positive numbers.")
    warm = chosen.schedule.warm_learning_rate
    if args.init is not None and warm is not None:
        given.setdefault("learning_rate", warm)
    return chosen.schedule.model_copy(update=given)


def _model_name(args: argparse.Namespace, publish: Path) -> str:
    name: str = args.name or (publish.name if args.publish else f"{args.run.name}-{args.arch}")
    if not name or any(letter in name for letter in "+/\\"):
        raise BadArguments(f"{name!r} cannot be a model's name.", advice="Leave out + and /.")
    return name


def _made_by(args: argparse.Namespace) -> str:
    """Return the command that remakes the model, with folder names instead of paths."""
    parts = ["kitsdesk-trainer", "train", args.export.name, "--run", args.run.name]
    return shlex.join([*parts, *_shared_options(args, lambda path: path.name)])


def _shared_options(args: argparse.Namespace, show: Any) -> list[str]:
    """Return the options that every fold of this command line has."""
    options = ["--arch", args.arch, "--preset", args.preset, "--device", args.device]
    for name in ("precision", "epochs", "steps", "learning_rate", "name", "seed"):
        value = getattr(args, name)
        if value is not None and (name, value) != ("seed", DEFAULT_SEED):
            options += [f"--{name.replace('_', '-')}", str(value)]
    if args.init is not None:
        options += ["--init", str(show(args.init))]
    return options


def _write_run(args: argparse.Namespace, keys: dict[int, str]) -> None:
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
