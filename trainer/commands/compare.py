"""`compare`: two sets of predictions against the same reference, paired by case."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from trainer.commands import COMMANDS
from trainer.commands.patience import write_patiently
from trainer.commands.table_file import table_file
from trainer.contract.errors import KitsDeskError
from trainer.evaluation.comparison import compare_rows, comparison_as_json, write_comparison
from trainer.evaluation.mask_files import find_masks
from trainer.evaluation.score_table import score_case


class NothingToCompare(KitsDeskError):
    """No case has a reference and both predictions."""


def add_parser(subparsers: Any) -> None:
    """Add the arguments of `compare`."""
    parser = subparsers.add_parser("compare", help=COMMANDS["compare"])
    for name in ("reference", "before", "after"):
        parser.add_argument(f"--{name}", type=Path, required=True, help="as for evaluate")
    parser.add_argument("--out", type=table_file, required=True, help="FILE.csv or FILE.json")
    parser.add_argument(
        "--empty",
        choices=("one", "nan"),
        default="one",
        help="Dice where both masks are empty: 1, or the case is left out",
    )


def run(args: argparse.Namespace) -> int:
    """Compare the cases that all three hold, write the table, print the paired result."""
    references = find_masks(args.reference)
    old, new = find_masks(args.before), find_masks(args.after)
    cases = [case for case in references if case in old and case in new]
    if not cases:
        raise NothingToCompare(
            "No case has a reference and both predictions.",
            advice="Look whether the three name their cases alike.",
        )
    before = {case: score_case(case, references[case], old[case], args.empty) for case in cases}
    after = {case: score_case(case, references[case], new[case], args.empty) for case in cases}
    comparison = compare_rows(before, after, args.empty)
    write_patiently(args.out.parent, lambda: write_comparison(args.out, comparison))
    print(json.dumps(comparison_as_json(comparison)["overall"]))
    return 0
