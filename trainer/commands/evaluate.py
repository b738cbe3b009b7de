"""`evaluate`: scores predictions against reference masks as KiTS19 does."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from trainer.commands import COMMANDS
from trainer.commands.patience import write_patiently
from trainer.commands.table_file import table_file
from trainer.contract.errors import KitsDeskError
from trainer.evaluation.mask_files import find_masks
from trainer.evaluation.score_table import score_case, table_as_json, write_score_table


class NothingToScore(KitsDeskError):
    """No case has both a reference and a prediction."""


def add_parser(subparsers: Any) -> None:
    """Add the arguments of `evaluate`."""
    parser = subparsers.add_parser("evaluate", help=COMMANDS["evaluate"])
    places = "KiTS folder, folder of CASE.nii.gz, or JSON file of case: path"
    parser.add_argument("--reference", type=Path, required=True, help=places)
    parser.add_argument("--prediction", type=Path, required=True, help=places)
    parser.add_argument("--out", type=table_file, required=True, help="FILE.csv or FILE.json")
    parser.add_argument(
        "--empty",
        choices=("one", "nan"),
        default="one",
        help="Dice where both masks are empty: 1, or not counted as in KiTS19's script",
    )
    parser.add_argument(
        "--no-surface", action="store_true", help="leave out the surface Dice, which take longest"
    )


def run(args: argparse.Namespace) -> int:
    """Score every case that has both masks, write the table and print its means."""
    references, predictions = find_masks(args.reference), find_masks(args.prediction)
    cases = [case for case in references if case in predictions]
    if not cases:
        raise NothingToScore(
            "No case has both a reference and a prediction.",
            advice=f"References are {_some(references)}, predictions are {_some(predictions)}.",
        )
    missing = [case for case in references if case not in predictions]
    rows = [
        score_case(
            case, references[case], predictions[case], args.empty, surface=not args.no_surface
        )
        for case in cases
    ]
    write_patiently(args.out.parent, lambda: write_score_table(args.out, rows, args.empty, missing))
    table = table_as_json(rows, args.empty, missing)
    print(json.dumps({key: table[key] for key in ("mean", "n", "empty", "missing")}))
    return 0


def _some(files: dict[str, Path]) -> str:
    return ", ".join(list(files)[:3]) + (" …" if len(files) > 3 else "")
