"""Two models on the cases held out in both: the run that compares them, and its result."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kitsdesk.project.decisions import DecisionRecord, Decisions
from kitsdesk.project.predictions import Predictions
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.run_specs import new_run_folder, write_cases, write_run
from kitsdesk.project.thumbnails import Thumbnails
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.model_comparison import (
    Against,
    ComparedCase,
    ComparisonFacts,
    PairedDifference,
)
from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import read_json
from trainer.contract.run_folder import TaskSpec, read_run, task_folder

RESULT_FILE = "comparison.json"
AGAINST: tuple[Against, ...] = ("curated", "reference")


class NothingComparable(KitsDeskError):
    """No case is held out in both models and has a mask."""


@dataclass(frozen=True)
class Comparable:
    """The cases held out in both predictions, by what they are scored against; `masks` maps
    each to its file. Excluded cases are scored against their reference only."""

    masks: dict[Against, dict[str, Path]]
    excluded: tuple[str, ...]
    replaced: tuple[str, ...]
    not_held_out: int


def comparable_cases(workspace: Workspace, before: str, after: str) -> Comparable:
    """Return what two predictions (models joined by "+", or imported sets) can be compared on."""
    predictions, revisions = Predictions(workspace), Revisions(workspace)
    decisions = Decisions(workspace).all_current()
    masks: dict[Against, dict[str, Path]] = {"curated": {}, "reference": {}}
    excluded, replaced, missing = [], [], 0
    for record in workspace.cases():
        if record.problem:
            continue
        held_out = all(
            (predictions.folder(record.case, key) / "heldout.nii.gz").is_file()
            for key in (before, after)
        )
        working = revisions.newest(record.case)
        if not held_out or working is None:
            missing += not held_out
            continue
        decision = decisions.get(record.case, DecisionRecord(record.case)).decision
        if decision == "excluded":
            excluded.append(record.case)
        else:
            masks["curated"][record.case] = working.path
            if decision == "replaced":
                replaced.append(record.case)
        if record.reference is not None:
            masks["reference"][record.case] = record.reference
    return Comparable(masks, tuple(excluded), tuple(replaced), missing)


def compare_run(
    workspace: Workspace, before: str, after: str, against: Against = "curated"
) -> Path:
    """Make the folder of a run that compares two models against both rulers.

    `against` is the ruler that is shown first.

    Raises
    ------
    NothingComparable : no case is held out in both and has a mask.
    """
    found = comparable_cases(workspace, before, after)
    if not found.masks["curated"] and not found.masks["reference"]:
        raise NothingComparable(
            f"No case with a mask is held out in both {before} and {after}.",
            kept="Nothing was started.",
            advice="Predict all cases with both models first; a fold that saw a case cannot "
            "be judged on it.",
        )
    run = new_run_folder(workspace)
    tasks = _tasks(workspace, run, found, before, after)
    shown = against if found.masks[against] else AGAINST[1 - AGAINST.index(against)]
    details = {
        "subtitle": f"{before} against {after}",
        "before": before,
        "after": after,
        "against": shown,
        "excluded": list(found.excluded),
        "replaced": list(found.replaced),
        "not_held_out": found.not_held_out,
    }
    return write_run(run, "compare", "Comparing models", tuple(tasks), details)


def read_comparison(
    workspace: Workspace, run: Path, against: Against | None = None
) -> ComparisonFacts:
    """Return a finished comparison, ready to show.

    Raises
    ------
    DamagedFile : the run's files are missing or cut.
    NothingComparable : the run did not compare against `against`.
    """
    details = read_run(run).details
    ruler: Against = against or details["against"]
    path = task_folder(run, f"compare/{ruler}") / RESULT_FILE
    if not path.exists():
        raise NothingComparable(f"No case could be scored against the {ruler} masks.")
    result = read_json(path)
    overall = result["overall"]
    return ComparisonFacts(
        before_model=details["before"],
        after_model=details["after"],
        models=tuple(Predictions(workspace).sets()),
        against=ruler,
        cases=_compared_cases(workspace, result["cases"]),
        differences={
            name: _difference(overall[f"{name}_dice"])
            for name in ("tumor", "kidney")
            if f"{name}_dice" in overall
        },
        notes=_notes(ruler, details),
        footer="Intervals: 95 %, paired bootstrap over cases, 10,000 resamples. p: Wilcoxon.",
    )


def _compared_cases(workspace: Workspace, lines: list[dict[str, Any]]) -> tuple[ComparedCase, ...]:
    decisions = Decisions(workspace).all_current()
    pictures = Thumbnails(workspace).all()
    return tuple(
        ComparedCase(
            case=line["case"],
            decision=decisions.get(line["case"], DecisionRecord(line["case"])).decision,
            before=_dice(line, "before"),
            after=_dice(line, "after"),
            thumbnail=pictures.get(line["case"]),
        )
        for line in lines
    )


def _tasks(
    workspace: Workspace, run: Path, found: Comparable, before: str, after: str
) -> list[TaskSpec]:
    """Return one task for each ruler that has masks."""
    predictions, tasks = Predictions(workspace), []
    for ruler in AGAINST:
        if found.masks[ruler]:
            files = {"reference": found.masks[ruler]}
            for name, key in (("before", before), ("after", after)):
                files[name] = {
                    case: predictions.folder(case, key) / "heldout.nii.gz"
                    for case in found.masks[ruler]
                }
            tasks.append(_task(run, ruler, files))
    return tasks


def _task(run: Path, ruler: Against, files: dict[str, dict[str, Path]]) -> TaskSpec:
    key = f"compare/{ruler}"
    folder = task_folder(run, key)
    argv = ["compare"]
    for name, paths in files.items():
        write_cases(folder / f"{name}.json", paths)
        argv += [f"--{name}", str(folder / f"{name}.json")]
    argv += ["--out", str(folder / RESULT_FILE)]
    return TaskSpec(key=key, argv=tuple(argv), title=f"against the {ruler} masks")


def _dice(line: dict[str, Any], when: str) -> dict[str, float]:
    return {name: float(line[f"{when}_{name}_dice"]) for name in ("tumor", "kidney")}


def _difference(stored: dict[str, Any]) -> PairedDifference:
    change = float(stored["mean_difference"])
    low, high = stored["low"], stored["high"]
    return PairedDifference(
        before=float(stored["mean_before"]),
        after=float(stored["mean_after"]),
        difference=change,
        # One case has no interval: it is drawn as a point.
        low=change if low is None else float(low),
        high=change if high is None else float(high),
        p=None if stored["p_value"] is None else float(stored["p_value"]),
        better=int(stored["better"]),
        equal=int(stored["n"]) - int(stored["better"]) - int(stored["worse"]),
        worse=int(stored["worse"]),
    )


def _notes(ruler: Against, details: dict[str, Any]) -> tuple[str, ...]:
    notes = []
    missing = int(details["not_held_out"])
    if missing:
        verb = "is" if missing == 1 else "are"
        notes.append(f"{missing} {verb} not held out in both and left out.")
    excluded, replaced = len(details["excluded"]), len(details["replaced"])
    if excluded and ruler == "curated":
        notes.append(f"{excluded} excluded: scored against the reference only.")
    if replaced and ruler == "curated":
        # A mask taken from a model favours that model: the reader must know.
        notes.append(f"{replaced} replaced by a prediction: their ruler came from a model.")
    return tuple(notes)
