"""Builds the folders of runs: predict cases, train folds, and what follows a training."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from kitsdesk.project.engine_defaults import prediction_parts
from kitsdesk.project.model_shelf import Models
from kitsdesk.project.retrain_facts import RetrainChoice
from kitsdesk.project.store import now
from kitsdesk.project.workspace import Workspace
from kitsdesk.project.writing_words import writing
from trainer.contract.engine_plan import EnginePlan
from trainer.contract.errors import DamagedFile, KitsDeskError
from trainer.contract.jsonfile import write_json
from trainer.contract.network_config import Architecture
from trainer.contract.run_folder import RUN_FILE, RunKind, RunSpec, TaskSpec, read_run
from trainer.contract.scores import PredictionMode
from trainer.contract.shards import sharded
from trainer.imaging.safe_write import WriteFailed

CASES_FILE = "cases.json"
NOT_STARTED = "Nothing was started."


class RunNotPossible(KitsDeskError):
    """A run cannot be made from what was chosen."""


def runs(workspace: Workspace) -> list[Path]:
    """Return the folders of the project's runs, newest first."""
    found = (path.parent for path in workspace.runs_folder.glob(f"*/{RUN_FILE}"))
    return sorted(found, key=lambda path: path.name, reverse=True)


@dataclass(frozen=True)
class PredictOptions:
    """How cases are predicted: mean of 8 mirrored passes or one; "auto", "cpu" or "cuda:N";
    everywhere, or "fast" where one fold finds something."""

    mirror: bool = False
    device: str = "auto"
    mode: PredictionMode = "exact"

    def argv(self) -> list[str]:
        """Return the trainer's options."""
        mirror = ["--mirror"] if self.mirror else []
        return ["--device", self.device, "--mode", self.mode, *mirror]


def predict_run(
    workspace: Workspace,
    cases: Sequence[str],
    models: Sequence[str],
    options: PredictOptions | None = None,
    plan: EnginePlan | None = None,
) -> Path:
    """Make the folder of a run that predicts `cases` with `models` together, in as many parts
    as `plan` lets run at once where they are many.

    Raises
    ------
    RunNotPossible : no case, or no model. UnknownCase, UnknownModel : one is not there.
    """
    if not cases or not models:
        raise RunNotPossible("Predicting needs cases and a model.", kept="Nothing was started.")
    for name in models:
        Models(workspace).manifest(name)
    run = new_run_folder(workspace)
    write_cases(run / CASES_FILE, {case: workspace.case(case).image for case in cases})
    spec = predict_spec(workspace, run, cases, models, options, plan)
    return write_run(run, spec.kind, spec.title, spec.tasks, spec.details)


def predict_spec(
    workspace: Workspace,
    run: Path,
    cases: Sequence[str],
    models: Sequence[str],
    options: PredictOptions | None = None,
    plan: EnginePlan | None = None,
) -> RunSpec:
    """Return what `predict_run` writes, for a run in the folder `run`; nothing is written."""
    key = "+".join(models)
    task = _predict_task(workspace, run, models, options=options or PredictOptions())
    number = "1 case" if len(cases) == 1 else f"{len(cases)} cases"
    details = {"subtitle": f"{number} with {key}", "cases": list(cases), "predictions": key}
    parts = prediction_parts(plan or EnginePlan(), len(cases))
    tasks = sharded((task,), "predict", parts)
    return RunSpec(kind="predict", title="Predicting", created=now(), tasks=tasks, details=details)


def train_run(workspace: Workspace, export: Path, choice: RetrainChoice) -> Path:
    """Make the folder of a run that trains folds on an export, publishes them as models and
    then predicts every case with them.

    `details["models"]` of its RunSpec names the new models, one per architecture.

    Raises
    ------
    RunNotPossible : no fold or architecture chosen, or no model in use to start from.
    """
    require_choice(choice)
    starts = _starts(workspace, choice)
    run = new_run_folder(workspace)
    write_cases(run / CASES_FILE, {record.case: record.image for record in _readable(workspace)})
    spec = train_spec(workspace, run, export, choice, starts)
    return write_run(run, spec.kind, spec.title, spec.tasks, spec.details)


def require_choice(choice: RetrainChoice) -> None:
    """Raise RunNotPossible where nothing would be trained."""
    if not choice.folds or not choice.architectures:
        raise RunNotPossible("Choose at least one fold and one network.")


def train_spec(
    workspace: Workspace,
    run: Path,
    export: Path,
    choice: RetrainChoice,
    starts: dict[str, str] | None = None,
) -> RunSpec:
    """Return what `train_run` writes, for a run in the folder `run`; nothing is written."""
    starts = _starts(workspace, choice) if starts is None else starts
    tasks: list[TaskSpec] = []
    names = new_model_names(workspace, choice.architectures)
    for architecture in choice.architectures:
        for fold in choice.folds:
            options = _train_options(choice, starts.get(architecture))
            tasks.append(_train_task(workspace, run, export, architecture, fold, names, options))
    trained = tuple(task.key for task in tasks)
    tasks.append(_predict_task(workspace, run, tuple(names.values()), trained))
    parts = prediction_parts(choice.plan, len(_readable(workspace)))
    details = {
        "subtitle": f"export {export.name}",
        "export": export.name,
        "models": list(names.values()),
        "predictions": "+".join(names.values()),
        "preset": choice.preset,
        "started_from": starts,
    }
    return RunSpec(
        kind="train",
        title=_title(choice),
        created=now(),
        tasks=sharded(tasks, "predict", parts),
        details=details,
    )


def new_model_names(
    workspace: Workspace, architectures: Sequence[Architecture]
) -> dict[Architecture, str]:
    """Return a free name such as "residual-2" for each architecture, runs under way counted."""
    taken = {path.name for path in workspace.models_folder.glob("*")}
    for run in runs(workspace):
        try:
            taken |= set(read_run(run).details.get("models", ()))
        except (DamagedFile, ValueError):
            continue
    names: dict[Architecture, str] = {}
    for architecture in architectures:
        number = 1
        while f"{architecture}-{number}" in taken:
            number += 1
        names[architecture] = f"{architecture}-{number}"
    return names


def new_run_folder(workspace: Workspace) -> Path:
    """Make and return an empty folder runs/STAMP, named by the local time."""
    workspace.store.require_writable()
    stamp = datetime.now().astimezone().strftime("%Y-%m-%d_%H%M%S")
    number, name = 2, stamp
    while True:
        try:
            with writing("The folder of the run", NOT_STARTED, workspace.runs_folder):
                (workspace.runs_folder / name).mkdir(parents=True)
            return workspace.runs_folder / name
        except WriteFailed as error:
            if not isinstance(error.__cause__, FileExistsError):
                raise
            name, number = f"{stamp}-{number}", number + 1


def write_cases(path: Path, cases: dict[str, Path]) -> None:
    """Write {case: absolute path} for the trainer.

    Raises
    ------
    WriteFailed : the disk is full or refuses; nothing is left of the run.
    """
    with _all_or_nothing(path.parent):
        write_json(path, {case: str(image.absolute()) for case, image in cases.items()})


def write_run(
    run: Path, kind: RunKind, title: str, tasks: tuple[TaskSpec, ...], details: dict[str, Any]
) -> Path:
    """Write run.json and return the folder; from then on the run exists.

    Raises
    ------
    WriteFailed : the disk is full or refuses; nothing is left of the run.
    """
    spec = RunSpec(kind=kind, title=title, created=now(), tasks=tasks, details=details)
    with _all_or_nothing(run):
        write_json(run / RUN_FILE, spec)
    return run


@contextmanager
def _all_or_nothing(run: Path) -> Iterator[None]:
    try:
        with writing("The run", NOT_STARTED, run.parent):
            yield
    except WriteFailed:
        shutil.rmtree(run, ignore_errors=True)
        raise


def _readable(workspace: Workspace) -> list[Any]:
    return [record for record in workspace.cases() if not record.problem]


def _starts(workspace: Workspace, choice: RetrainChoice) -> dict[str, str]:
    """Return architecture -> the model in use that its folds start from."""
    if not choice.warm_start:
        return {}
    models = Models(workspace)
    in_use: dict[str, str] = {
        models.manifest(name).network.architecture: name for name in models.in_use()
    }
    for architecture in choice.architectures:
        if architecture not in in_use:
            raise RunNotPossible(
                f"No {architecture} model is in use to start from.",
                kept="Nothing was started.",
                advice="Start from scratch, or choose the architecture of the current model.",
            )
    return {name: in_use[name] for name in choice.architectures}


def _train_options(choice: RetrainChoice, start: str | None) -> dict[str, str | None]:
    return {
        "--preset": choice.preset,
        "--init": start,
        "--epochs": None if choice.epochs is None else str(choice.epochs),
        "--steps": None if choice.steps is None else str(choice.steps),
    }


def _train_task(
    workspace: Workspace,
    run: Path,
    export: Path,
    architecture: Architecture,
    fold: int,
    names: dict[Architecture, str],
    options: dict[str, str | None],
) -> TaskSpec:
    key, models = f"{architecture}/fold_{fold}", Models(workspace)
    name = names[architecture]
    argv = ["train", str(export), "--run", str(run), "--task", key, "--arch", architecture]
    argv += ["--folds", str(fold), "--publish", str(models.folder(name)), "--name", name]
    for option, value in options.items():
        if value is not None:
            argv += [option, str(models.folder(value)) if option == "--init" else value]
    return TaskSpec(key=key, argv=tuple(argv), title=f"{architecture}, fold {fold}")


def _predict_task(
    workspace: Workspace,
    run: Path,
    models: Sequence[str],
    after: tuple[str, ...] = (),
    options: PredictOptions | None = None,
) -> TaskSpec:
    shelf = Models(workspace)
    argv = ["predict"]
    for name in models:
        argv += ["--model", str(shelf.folder(name))]
    out = workspace.predictions_folder / "+".join(models)
    argv += ["--input", str(run / CASES_FILE), "--out", str(out), "--layout", "project"]
    argv += ["--run", str(run), "--task", "predict", *(options.argv() if options else [])]
    return TaskSpec(key="predict", argv=tuple(argv), after=after, title="predict every case")


def _title(choice: RetrainChoice) -> str:
    folds = f"fold {choice.folds[0]}" if len(choice.folds) == 1 else f"{len(choice.folds)} folds"
    return f"Training · {', '.join(choice.architectures)}, {folds}"
