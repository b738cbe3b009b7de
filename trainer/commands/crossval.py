"""`crossval`: trains all folds of one or more networks and writes Table 1."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from trainer.commands import COMMANDS, train
from trainer.commands.fold_numbers import fold_numbers
from trainer.commands.task_work import task_work
from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import write_json
from trainer.contract.network_config import ARCHITECTURES, Architecture
from trainer.contract.presets import PRESETS
from trainer.contract.run_folder import RUN_FILE, RunSpec, TaskSpec, read_run, task_folder
from trainer.crossval.crossval_request import PREDICT_KEY, TABLE_KEY, CrossvalRequest
from trainer.crossval.heldout_cases import HeldoutPredictions
from trainer.crossval.misfit import write_misfit
from trainer.crossval.table_files import write_table
from trainer.crossval.table_one import make_table
from trainer.datasets.check_training_set import require_folds
from trainer.datasets.training_set import read_training_set

# Handed on to `train` as they are.
_TRAINING = ("preset", "device", "precision", "epochs", "steps", "learning_rate", "seed", "cache")


class OtherCrossval(KitsDeskError):
    """The run folder holds a run that was begun with something else."""


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
    parser.add_argument("--task", help="do one task of the run alone, such as residual/fold_0")
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
    parser.add_argument("--preset", choices=sorted(PRESETS), default="kits2019")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    parser.add_argument("--precision", choices=("fp32", "amp"), help="of training")
    parser.add_argument("--epochs", type=int, help="instead of the preset's")
    parser.add_argument("--steps", type=int, help="steps per epoch, instead of the preset's")
    parser.add_argument("--learning-rate", type=float, help="instead of the preset's")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--cache", type=Path, help="where prepared cases are kept")


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
    if args.task is None:
        require_folds(read_training_set(request.export), request.folds)
    spec = _spec(args, request)
    _begin(args, spec)
    chosen = [task for task in spec.tasks if args.task in (None, task.key)]
    if not chosen:
        keys = ", ".join(task.key for task in spec.tasks)
        raise OtherCrossval(f"The run has no task {args.task}.", advice=f"It has: {keys}.")
    for task in chosen:
        if task.key == PREDICT_KEY:
            _predict(request)
        elif task.key == TABLE_KEY:
            _table(request)
        else:
            _train(task, resume=args.resume)
    return 0


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


def _spec(args: argparse.Namespace, request: CrossvalRequest) -> RunSpec:
    """Return the run's tasks: a training per network and fold, the prediction, the table."""
    trainings = tuple(
        TaskSpec(
            key=f"{architecture}/fold_{fold}",
            title=f"{architecture}, fold {fold}",
            argv=_train_argv(args, request, architecture, fold),
        )
        for architecture in request.networks
        for fold in request.folds
    )
    trained = tuple(task.key for task in trainings)
    predict = _own_task(args, request, PREDICT_KEY, "predict held-out cases", trained)
    table = _own_task(args, request, TABLE_KEY, "Table 1", (PREDICT_KEY,))
    return RunSpec(
        kind="crossval",
        title=f"Cross-validation · {', '.join(request.networks)}",
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        tasks=(*trainings, predict, table),
        details={
            "subtitle": f"export {request.export.name}",
            "export": request.export.name,
            "models": list(request.networks.values()),
            "predictions": request.all_together,
            "preset": args.preset,
        },
    )


def _train_argv(
    args: argparse.Namespace, request: CrossvalRequest, architecture: Architecture, fold: int
) -> tuple[str, ...]:
    name = request.networks[architecture]
    return (
        *("train", str(request.export), "--run", str(request.run)),
        *("--task", f"{architecture}/fold_{fold}", "--arch", architecture),
        *("--folds", str(fold), "--publish", str(request.models / name), "--name", name),
        *_options(args, _TRAINING),
    )


def _own_task(
    args: argparse.Namespace, request: CrossvalRequest, key: str, title: str, after: tuple[str, ...]
) -> TaskSpec:
    argv = ["crossval", str(request.export), "--run", str(request.run), "--task", key]
    argv += ["--arch", ",".join(request.networks), "--models", str(request.models)]
    argv += ["--folds", ",".join(str(fold) for fold in request.folds)]
    argv += ["--predictions", str(request.predictions)]
    argv += _options(args, ("name", "reference", *_TRAINING))
    argv += [f"--{name}" for name in ("no-mirror", "no-surface") if _flag(args, name)]
    return TaskSpec(key=key, argv=tuple(argv), after=after, title=title)


def _flag(args: argparse.Namespace, name: str) -> bool:
    return bool(getattr(args, name.replace("-", "_")))


def _options(args: argparse.Namespace, names: tuple[str, ...]) -> list[str]:
    options = []
    for name in names:
        value = getattr(args, name)
        if value is not None:
            text = str(value.absolute()) if isinstance(value, Path) else str(value)
            options += [f"--{name.replace('_', '-')}", text]
    return options


def _begin(args: argparse.Namespace, spec: RunSpec) -> None:
    """Describe the run in run.json, or see that it is the one that is asked for.

    Raises
    ------
    OtherCrossval : the folder holds another run, or this one and --resume was not given.
    """
    path = args.run / RUN_FILE
    if not path.exists():
        write_json(path, spec)
        return
    before = read_run(args.run)
    trained = [_trainings(one) for one in (before, spec)]
    if before.kind != "crossval" or trained[0] != trained[1]:
        raise OtherCrossval(
            f"{args.run.name} was begun with other settings.",
            kept="It is unchanged.",
            advice="Go on with the same options and --resume, or choose another run folder.",
        )
    begun = any((task_folder(args.run, task.key) / "status.json").exists() for task in before.tasks)
    if begun and not args.resume and args.task is None:
        raise OtherCrossval(
            f"{args.run.name} was begun already.", kept="It is unchanged.", advice="Give --resume."
        )


def _trainings(spec: RunSpec) -> list[tuple[str, ...]]:
    return [task.argv for task in spec.tasks if task.argv[0] == "train"]


def _train(task: TaskSpec, *, resume: bool) -> None:
    """Train one fold with the very command that its task names."""
    parser = argparse.ArgumentParser(prog="kitsdesk-trainer")
    train.add_parser(parser.add_subparsers())
    train.run(parser.parse_args([*task.argv, *(["--resume"] if resume else [])]))


def _predict(request: CrossvalRequest) -> None:
    with task_work(request.run, PREDICT_KEY) as (record, observer):
        outcome = HeldoutPredictions(request).run(observer)
        there = sorted([*outcome.predicted, *outcome.kept])
        result = {"predicted": len(outcome.predicted), "kept": len(outcome.kept)}
        record.done(
            [request.proof(case) for case in there], {**result, "problems": outcome.problems}
        )
    print(json.dumps({"task": PREDICT_KEY, **result, "problems": outcome.problems}), flush=True)


def _table(request: CrossvalRequest) -> None:
    with task_work(request.run, TABLE_KEY) as (record, observer):
        table = make_table(request, observer)
        files = write_table(request.run, table)
        misfit = request.run / "misfit.csv"
        write_misfit(misfit, request)
        record.done([*files, misfit], {"cases": len(table.marks), "missing": len(table.missing)})
    print((request.run / "table1.md").read_text(encoding="utf-8"), flush=True)
