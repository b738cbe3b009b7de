"""`predict`: masks for CTs with all folds of one or more models."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from trainer.commands import COMMANDS
from trainer.commands.fold_numbers import fold_numbers
from trainer.commands.patience import patient_command, write_patiently
from trainer.commands.predict_forecast import forecasts
from trainer.commands.shard_numbers import shard_numbers
from trainer.commands.task_work import task_work
from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import write_json
from trainer.contract.run_folder import task_folder
from trainer.contract.shards import shard_of
from trainer.inference.case_batch import LAYOUTS, BatchOutcome, CaseBatch, Patience
from trainer.inference.finished_cases import FinishedCases
from trainer.inference.input_cases import input_cases
from trainer.inference.loaded_model import choose_device, load_model
from trainer.inference.network_runtime import WISHES
from trainer.inference.warm_runtimes import WarmRuntimes


class NothingPredicted(KitsDeskError):
    """Every case failed."""


class NowhereToWrite(KitsDeskError):
    """No folder was named."""


def add_parser(subparsers: Any) -> None:
    """Add the arguments of `predict`."""
    parser = subparsers.add_parser("predict", help=COMMANDS["predict"])
    parser.add_argument("--model", type=Path, action="append", required=True, help="its folder")
    parser.add_argument(
        "--input",
        type=Path,
        required=True,
        help="an image, a DICOM folder, a KiTS or flat folder, or a JSON file of case: path",
    )
    parser.add_argument("--out", type=Path, help="a folder, made where missing")
    parser.add_argument(
        "--forecast",
        action="store_true",
        help="predict nothing: print seconds and memory of each case (measures first, if need be)",
    )
    parser.add_argument("--folds", type=fold_numbers, help="0-4 or 0,2; all by default")
    parser.add_argument("--mode", choices=("exact", "fast"), default="exact")
    parser.add_argument("--mirror", action="store_true", help="average eight mirrored passes")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps")
    parser.add_argument("--runtime", choices=WISHES, default="auto", help="what runs networks")
    parser.add_argument("--layout", choices=LAYOUTS, default="flat")
    parser.add_argument(
        "--shard", type=shard_numbers, metavar="I/N", help="only every N-th case, from the I-th on"
    )
    parser.add_argument("--run", type=Path, dest="run_folder", help="the run this is a task of")
    parser.add_argument("--task", default="predict", help="the task's key in the run")


def run(args: argparse.Namespace) -> int:
    """Predict every case and print what each one took, in seconds, as JSON."""
    if args.forecast:
        print(json.dumps(forecasts(args), ensure_ascii=False))
        return 0
    if args.out is None:
        raise NowhereToWrite("Predicting needs a folder.", advice="Name one with --out.")
    begun = time.perf_counter()
    if args.run_folder is None:
        with patient_command() as command:
            outcome = _predict(args, command, command.patiently)
    else:
        outcome = _predict_as_task(args)
    timing = {
        "cases": outcome.predicted,
        "skipped": outcome.skipped,
        "problems": outcome.problems,
        "runtimes": outcome.runtimes,
        "made": outcome.made,
        "seconds": round(time.perf_counter() - begun, 3),
    }
    if args.layout != "project":
        part = "" if args.shard is None else f"-{args.shard[0]}"
        file = args.out / f"timing{part}.json"
        write_patiently(args.out, lambda: write_json(file, timing))
    print(json.dumps(timing, ensure_ascii=False))
    return 2 if outcome.problems and args.run_folder is None else 0


def _predict(args: argparse.Namespace, observe: Any, patiently: Patience) -> BatchOutcome:
    cases = input_cases(args.input)
    if args.shard is not None:
        cases = dict(shard_of(list(cases.items()), *args.shard))
    device = choose_device(args.device)
    warm = WarmRuntimes()
    models = [load_model(model, args.folds, device, args.runtime, warm) for model in args.model]
    finished = None
    if args.run_folder is not None:
        finished = FinishedCases(task_folder(args.run_folder, args.task) / "finished")
    batch = CaseBatch(models, args.out, args.layout, args.mirror, args.mode, patiently, finished)
    outcome = batch.run(cases, observe)
    outcome.runtimes = [facts.as_dict() for facts in warm.take_facts()]
    if outcome.problems and not outcome.predicted and not outcome.skipped:
        first = next(iter(outcome.problems.values()))
        raise NothingPredicted(
            f"No case could be predicted: {first['happened']}",
            kept=first["kept"],
            advice=first["advice"],
        )
    return outcome


def _predict_as_task(args: argparse.Namespace) -> BatchOutcome:
    """Predict with status.json, pause, cancel and done.json of a run's task.

    Raises
    ------
    TaskBusy : another process works on this task.
    """
    with task_work(args.run_folder, args.task) as (record, observer):
        outcome = _predict(args, observer, observer.patiently)
        made = record.folder / "predicted.json"
        facts = {"problems": outcome.problems, "runtimes": outcome.runtimes}
        result = {
            "predicted": len(outcome.predicted),
            "kept": len(outcome.skipped),
            "problems": len(outcome.problems),
        }

        def write() -> None:
            write_json(made, {"cases": outcome.predicted, **facts})
            record.done([made], result)

        observer.patiently(record.folder, write)
    return outcome
