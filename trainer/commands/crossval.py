"""`crossval`: trains all folds of one or more networks and writes Table 1."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, cast

from trainer.commands import COMMANDS, train
from trainer.commands.block_numbers import block_numbers
from trainer.commands.crossval_run import (
    OtherCrossval,
    begin_run,
    crossval_spec,
    shard_of_task,
)
from trainer.commands.empty_masks import add_empty_masks
from trainer.commands.fold_numbers import fold_numbers
from trainer.commands.shard_numbers import shard_numbers
from trainer.commands.task_work import task_work
from trainer.contract.network_config import ARCHITECTURES, Architecture
from trainer.contract.presets import PRESETS
from trainer.contract.run_folder import RunSpec, TaskSpec
from trainer.crossval.crossval_request import PREDICT_KEY, TABLE_KEY, CrossvalRequest
from trainer.crossval.evaluated_cases import heldout_cases
from trainer.crossval.heldout_cases import HeldoutPredictions
from trainer.crossval.misfit import write_misfit
from trainer.crossval.rulers import find_rulers
from trainer.crossval.table_files import write_table
from trainer.crossval.table_one import make_table
from trainer.datasets.check_training_set import require_folds
from trainer.datasets.training_set import read_training_set


def add_parser(subparsers: Any) -> None:
    """Register the command."""
    parser = subparsers.add_parser("crossval", help=COMMANDS["crossval"])
    parser.add_argument("export", type=Path, help="an export, or a data set with masks")
    parser.add_argument("--run", type=Path, required=True, help="the run's folder")
    parser.add_argument(
        "--arch", type=architectures, default=("residual",), help="plain,residual,preact"
    )
    parser.add_argument("--folds", type=fold_numbers, default=(0, 1, 2, 3, 4), help="such as 0-4")
    parser.add_argument("--resume", action="store_true", help="go on with what is not done")
    parser.add_argument(
        "--prepare", action="store_true", help="write the run folder alone, for `run start`"
    )
    parser.add_argument("--task", help="do one task of the run alone, such as residual/fold_0")
    parser.add_argument(
        "--shards", type=int, default=1, help="predict the cases in so many tasks, for a cluster"
    )
    parser.add_argument("--shard", type=shard_numbers, metavar="I/N", help=argparse.SUPPRESS)
    parser.add_argument("--no-mirror", action="store_true", help="one pass per case, not eight")
    parser.add_argument("--no-surface", action="store_true", help="leave out the surface Dice")
    parser.add_argument(
        "--reference",
        type=Path,
        metavar="DIR",
        help="the original reference masks, where the export holds curated ones",
    )
    parser.add_argument("--models", type=Path, help="a folder for the models; RUN/models")
    parser.add_argument("--predictions", type=Path, help="for predictions; RUN/predictions")
    parser.add_argument("--name", help="the models are called NAME-ARCH; default the run's name")
    _add_training(parser)


def _add_training(parser: argparse.ArgumentParser) -> None:
    """Add the options that are handed on to `train`."""
    parser.add_argument("--preset", choices=sorted(PRESETS), help="default kits2019, or the plan's")
    parser.add_argument("--plan", type=Path, help="grid and networks that `plan --out` wrote")
    parser.add_argument(
        "--blocks",
        type=block_numbers,
        help="residual blocks per resolution, such as 1,2,3,4,5,6; beside them plain keeps its own",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    parser.add_argument("--precision", choices=("fp32", "amp"), help="of training")
    parser.add_argument("--epochs", type=int, help="instead of the preset's")
    parser.add_argument("--steps", type=int, help="steps per epoch, instead of the preset's")
    parser.add_argument("--learning-rate", type=float, help="instead of the preset's")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--cache", type=Path, help="where prepared cases are kept")
    parser.add_argument(
        "--keep-other", action="store_true", help="keep the weights that are not published too"
    )
    parser.add_argument("--tensorboard", action="store_true", help="write event files too")
    add_empty_masks(parser)


def architectures(text: str) -> tuple[Architecture, ...]:
    """Return the architectures that `text` names, each once, in order; an argparse type.

    Raises
    ------
    argparse.ArgumentTypeError : one is not known.
    """
    names = list(dict.fromkeys(part.strip() for part in text.split(",")))
    for name in names:
        if name not in ARCHITECTURES:
            raise argparse.ArgumentTypeError(f"{name} is not one of {', '.join(ARCHITECTURES)}")
    return tuple(cast("list[Architecture]", names))


def run(args: argparse.Namespace) -> int:
    """Train, predict, score: every task of the run in order, each skipped where it is done."""
    request = _request(args)
    spec = crossval_spec(args, request)
    if args.task is None:
        _require_possible(request, spec)
    begin_run(spec, request.run, resume=args.resume, alone=args.task is not None)
    if args.prepare:
        print(json.dumps({"run": str(request.run), "tasks": len(spec.tasks)}), flush=True)
        return 0
    chosen = [task for task in spec.tasks if args.task in (None, task.key)]
    if not chosen:
        keys = ", ".join(task.key for task in spec.tasks)
        raise OtherCrossval(f"The run has no task {args.task}.", advice=f"It has: {keys}.")
    for task in chosen:
        if task.key == PREDICT_KEY or task.key.startswith(f"{PREDICT_KEY}/"):
            _predict(request, task.key, shard_of_task(task))
        elif task.key == TABLE_KEY:
            _table(request)
        else:
            _train(task, resume=args.resume)
    return 0


def _require_possible(request: CrossvalRequest, spec: RunSpec) -> None:
    """Raise now what a later task would raise after days: a fold without cases, a network
    that the preset does not have, a folder of reference masks without any."""
    require_folds(read_training_set(request.export), request.folds)
    find_rulers(request.export, heldout_cases(request), request.reference)
    for task in spec.tasks:
        if task.argv[0] == "train":
            train.require_possible(_train_arguments(task))


def _request(args: argparse.Namespace) -> CrossvalRequest:
    root = args.run.absolute()
    prefix = args.name or root.name
    return CrossvalRequest(
        export=args.export.absolute(),
        run=root,
        networks={name: f"{prefix}-{name}" for name in args.arch},
        folds=args.folds,
        models=(args.models or root / "models").absolute(),
        predictions=(args.predictions or root / "predictions").absolute(),
        mirror=not args.no_mirror,
        surface=not args.no_surface,
        device=args.device,
        reference=args.reference.absolute() if args.reference else None,
    )


def _train(task: TaskSpec, *, resume: bool) -> None:
    """Train one fold with the very command that its task names."""
    train.run(_train_arguments(task, *(["--resume"] if resume else [])))


def _train_arguments(task: TaskSpec, *options: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="kitsdesk-trainer")
    train.add_parser(parser.add_subparsers())
    return parser.parse_args([*task.argv, *options])


def _predict(request: CrossvalRequest, key: str, shard: tuple[int, int]) -> None:
    with task_work(request.run, key) as (record, observer):
        outcome = HeldoutPredictions(request, observer.patiently).run(observer, shard)
        there = sorted([*outcome.predicted, *outcome.kept])
        result = {"predicted": len(outcome.predicted), "kept": len(outcome.kept)}
        proofs = [request.proof(case) for case in there]
        said = {**result, "problems": outcome.problems}
        observer.patiently(record.folder, lambda: record.done(proofs, said))
    print(json.dumps({"task": key, **result, "problems": outcome.problems}), flush=True)


def _table(request: CrossvalRequest) -> None:
    with task_work(request.run, TABLE_KEY) as (record, observer):
        run, misfit = request.run, request.run / "misfit.csv"
        table = observer.patiently(record.folder, lambda: make_table(request, observer))
        files = observer.patiently(run, lambda: write_table(run, table))
        observer.patiently(run, lambda: write_misfit(misfit, request))
        result = {"cases": len(table.marks), "missing": len(table.missing)}
        observer.patiently(record.folder, lambda: record.done([*files, misfit], result))
    print((request.run / "table1.md").read_text(encoding="utf-8"), flush=True)
