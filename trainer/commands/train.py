"""`train`: train folds from an export and publish them as a model."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer.commands.block_numbers import block_numbers
from trainer.commands.empty_masks import add_empty_masks
from trainer.commands.fold_numbers import fold_numbers
from trainer.commands.train_run import DEFAULT_SEED, made_by, record_compute, write_run
from trainer.contract.errors import KitsDeskError
from trainer.contract.network_config import ARCHITECTURES
from trainer.contract.presets import PRESETS, Preset, Schedule, preset
from trainer.contract.run_folder import task_folder
from trainer.contract.training_plan import planned_preset, read_plan

if TYPE_CHECKING:
    from trainer.training.compute import Compute
    from trainer.training.fold_request import FoldRequest

DEFAULT_PRESET = "kits2019"


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
    parser.add_argument("--blocks", type=block_numbers, help="per resolution, such as 1,2,3,4,5,6")
    parser.add_argument("--preset", choices=sorted(PRESETS), help="default kits2019, or the plan's")
    parser.add_argument("--plan", type=Path, help="grid and networks that `plan --out` wrote")
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
    parser.add_argument(
        "--keep-other", action="store_true", help="keep the weights that are not published too"
    )
    parser.add_argument("--tensorboard", action="store_true", help="write event files too")
    add_empty_masks(parser)


def run(args: argparse.Namespace) -> int:
    """Train the folds one after the other, printing a JSON line for each."""
    from trainer.datasets.check_training_set import require_folds
    from trainer.datasets.training_set import read_training_set
    from trainer.training.compute import choose_compute, use_threads
    from trainer.training.fold_settings import begun_threads
    from trainer.training.train_fold import train_fold

    folds: tuple[int, ...] = args.folds
    if args.task is not None and len(folds) != 1:
        raise BadArguments("A task trains one fold.", advice="Give --folds one number.")
    if args.seed < 0:
        raise BadArguments("A seed is 0 or more.")
    chosen = _chosen_preset(args)
    if args.task is None:
        require_folds(read_training_set(args.export), folds)
    compute = choose_compute(args.device, args.precision)
    keys = {fold: args.task or f"{args.arch}/fold_{fold}" for fold in folds}
    write_run(args, keys)
    for fold, key in keys.items():
        threads = use_threads(begun_threads(task_folder(args.run, key)) if args.resume else None)
        record_compute(args.run, threads, str(compute.device), compute.precision)
        done = train_fold(_request(args, chosen, fold, key, compute, threads))
        print(json.dumps({"fold": fold, "seconds": done.seconds, **done.result}), flush=True)
    return 0


def require_possible(args: argparse.Namespace) -> None:
    """Raise what training with these arguments would raise before its first step, without
    reading data or looking for a device.

    Raises
    ------
    BadArguments, NoPlan, DamagedFile, UnknownPreset, ImpossibleNetwork : as `run`.
    """
    chosen = _chosen_preset(args)
    chosen.network(args.arch, args.blocks)
    _schedule(args, chosen)


def _chosen_preset(args: argparse.Namespace) -> Preset:
    """Return the preset asked for, with the grid and the networks of a plan if one is given.

    Raises
    ------
    NoPlan, DamagedFile, ImpossibleNetwork : the plan cannot be used.
    """
    if args.plan is None:
        return preset(args.preset or DEFAULT_PRESET)
    plan = read_plan(args.plan)
    if args.preset not in (None, plan.preset):
        raise BadArguments(
            f"The plan is one for preset {plan.preset}, not {args.preset}.",
            advice="Leave out --preset, or plan for the other one.",
        )
    return planned_preset(preset(plan.preset), plan)


def _request(
    args: argparse.Namespace, chosen: Preset, fold: int, key: str, compute: Compute, threads: int
) -> FoldRequest:
    from trainer.training.fold_request import FoldRequest

    publish = args.publish or args.run / "model"
    return FoldRequest(
        export=args.export,
        run=args.run,
        key=key,
        fold=fold,
        preset=chosen,
        network=chosen.network(args.arch, args.blocks),
        schedule=_schedule(args, chosen),
        compute=compute,
        threads=threads,
        cache=args.cache or default_cache(args.run),
        publish=publish,
        name=_model_name(args, publish),
        seed=args.seed,
        init=args.init,
        resume=args.resume,
        keep_other=args.keep_other,
        tensorboard=args.tensorboard,
        empty_masks=args.empty_masks,
        about=args.about,
        made_by=made_by(args),
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
