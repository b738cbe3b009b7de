"""A run that is only looked at: its folder in a temporary place, for a dry run."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kitsdesk.project.place_facts import DryRun
from kitsdesk.project.retrain_facts import RetrainChoice
from kitsdesk.project.run_specs import (
    PredictOptions,
    predict_spec,
    require_choice,
    train_spec,
)
from kitsdesk.project.workspace import Workspace
from trainer.contract.engine_plan import EnginePlan
from trainer.contract.jsonfile import write_json
from trainer.contract.run_folder import RUN_FILE, RunSpec

STAMP = "STAMP"


@dataclass
class RunDraft:
    """A run.json in a folder of its own; `remove` takes it away again."""

    folder: Path
    real: Path
    _holder: tempfile.TemporaryDirectory[str]

    def remove(self) -> None:
        """Take the folder away."""
        self._holder.cleanup()


def draft_training(workspace: Workspace, choice: RetrainChoice) -> RunDraft:
    """Write the run.json that Retrain folds… would start, outside of the project.

    Raises
    ------
    RunNotPossible : as `train_run`.
    """
    require_choice(choice)
    export = workspace.exports_folder / STAMP
    return _draft(workspace, lambda run: train_spec(workspace, run, export, choice))


def draft_prediction(
    workspace: Workspace,
    cases: Sequence[str],
    models: Sequence[str],
    options: PredictOptions,
    plan: EnginePlan,
) -> RunDraft:
    """Write the run.json that Predict all… would start, outside of the project."""
    return _draft(workspace, lambda run: predict_spec(workspace, run, cases, models, options, plan))


def _draft(workspace: Workspace, make: Callable[[Path], RunSpec]) -> RunDraft:
    holder = tempfile.TemporaryDirectory(prefix="kitsdesk-dry-run-")
    folder = Path(holder.name) / STAMP
    write_json(folder / RUN_FILE, make(folder))
    return RunDraft(folder, workspace.runs_folder / STAMP, holder)


def dry_run_of(draft: RunDraft, records: Sequence[dict[str, Any]]) -> DryRun:
    """Return what the trainer printed, with the real folder in the place of the draft's."""
    found = records[-1] if records else {}
    names = {str(draft.folder.resolve()), str(draft.folder)}

    def real(text: str) -> str:
        for name in names:
            text = text.replace(name, str(draft.real))
        return text

    scripts = tuple(
        (real(str(each["path"])), real(str(each["text"]))) for each in found.get("scripts", ())
    )
    commands = tuple(tuple(real(str(word)) for word in each) for each in found.get("commands", ()))
    note = (
        f"{STAMP} becomes the time of the export and of the run. The script lies in the run's "
        "folder, where it can be read and edited before a task is requeued."
    )
    return DryRun(scripts, commands, note)
