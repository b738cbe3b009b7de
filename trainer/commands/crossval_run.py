"""run.json of a cross-validation: a task per network and fold, the prediction, the table."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from trainer.commands.shard_numbers import shard_numbers
from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import write_json
from trainer.contract.network_config import Architecture
from trainer.contract.run_folder import (
    CANCEL_FILE,
    PAUSE_FILE,
    RUN_FILE,
    RunSpec,
    TaskSpec,
    read_run,
    task_folder,
)
from trainer.contract.shards import sharded
from trainer.crossval.crossval_request import PREDICT_KEY, TABLE_KEY, CrossvalRequest

# Handed on to `train` as they are.
_TRAINING = (
    *("preset", "plan", "blocks", "device", "precision", "epochs", "steps", "learning_rate"),
    *("seed", "cache", "keep_other", "tensorboard", "empty_masks"),
)
_OWN = ("name", "reference", "no_mirror", "no_surface")


class OtherCrossval(KitsDeskError):
    """The run folder holds a run that was begun with something else."""


def crossval_spec(args: argparse.Namespace, request: CrossvalRequest) -> RunSpec:
    """Return what is to be done; every task can also be started alone, on another computer."""
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
        tasks=sharded((*trainings, predict, table), PREDICT_KEY, args.shards),
        details={
            "subtitle": f"export {request.export.name}",
            "export": request.export.name,
            "models": list(request.networks.values()),
            "predictions": request.all_together,
        },
    )


def shard_of_task(task: TaskSpec) -> tuple[int, int]:
    """Return which part of the cases a prediction's task is for: (1, 1) is all."""
    words = dict(pairwise(task.argv))
    return shard_numbers(words["--shard"]) if "--shard" in words else (1, 1)


def _train_argv(
    args: argparse.Namespace, request: CrossvalRequest, architecture: Architecture, fold: int
) -> tuple[str, ...]:
    name = request.networks[architecture]
    # They are residual blocks: the plain network beside the others keeps its convolutions.
    others = architecture == "plain" and len(request.networks) > 1
    options = tuple(name for name in _TRAINING if not (others and name == "blocks"))
    return (
        *("train", str(request.export), "--run", str(request.run)),
        *("--task", f"{architecture}/fold_{fold}", "--arch", architecture),
        *("--folds", str(fold), "--publish", str(request.models / name), "--name", name),
        *_options(args, options),
    )


def _own_task(
    args: argparse.Namespace, request: CrossvalRequest, key: str, title: str, after: tuple[str, ...]
) -> TaskSpec:
    argv = ["crossval", str(request.export), "--run", str(request.run), "--task", key]
    argv += ["--arch", ",".join(request.networks), "--models", str(request.models)]
    argv += ["--folds", ",".join(str(fold) for fold in request.folds)]
    argv += ["--predictions", str(request.predictions)]
    argv += _options(args, (*_OWN, *_TRAINING))
    argv += ["--shards", str(args.shards)] if args.shards > 1 else []
    return TaskSpec(key=key, argv=tuple(argv), after=after, title=title)


def _options(args: argparse.Namespace, names: tuple[str, ...]) -> list[str]:
    options: list[str] = []
    for name in names:
        value = getattr(args, name)
        option = f"--{name.replace('_', '-')}"
        if value is True:
            options.append(option)
        elif isinstance(value, Path):
            options += [option, str(value.absolute())]
        elif isinstance(value, tuple):
            options += [option, ",".join(map(str, value))]
        elif value is not None and value is not False:
            options += [option, str(value)]
    return options


def begin_run(spec: RunSpec, run: Path, *, resume: bool, alone: bool) -> None:
    """Describe the run in run.json, or see that it is the one that is asked for.

    Raises
    ------
    OtherCrossval : the folder holds another run, or this one was begun and neither `resume`
        is given nor `alone`, one task of it.
    """
    if resume and not alone:
        # Asked to go on after a person had cancelled or paused it.
        for name in (CANCEL_FILE, PAUSE_FILE):
            (run / name).unlink(missing_ok=True)
    if not (run / RUN_FILE).exists():
        write_json(run / RUN_FILE, spec)
        return
    before = read_run(run)
    if before.kind != "crossval" or _trainings(before) != _trainings(spec):
        raise OtherCrossval(
            f"{run.name} was begun with other settings.",
            kept="It is unchanged.",
            advice="Go on with the same options and --resume, or choose another run folder.",
        )
    begun = any((task_folder(run, task.key) / "status.json").exists() for task in before.tasks)
    if begun and not (resume or alone):
        raise OtherCrossval(
            f"{run.name} was begun already.", kept="It is unchanged.", advice="Give --resume."
        )


def _trainings(spec: RunSpec) -> list[tuple[str, ...]]:
    return [task.argv for task in spec.tasks if task.argv[0] == "train"]
