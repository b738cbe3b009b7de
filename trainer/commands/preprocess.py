"""`preprocess`: the cached, resampled cases of an export."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer.commands.empty_masks import add_empty_masks
from trainer.contract.presets import PRESETS, PreprocessingPlan, preset
from trainer.contract.training_plan import read_plan

if TYPE_CHECKING:
    from trainer.preprocessing.cached_case import CachedCase


def add_parser(subparsers: Any) -> None:
    """Register the command."""
    parser = subparsers.add_parser("preprocess", help="resample and cache the cases of an export")
    parser.add_argument("export", type=Path, help="an export, or a data set with masks")
    parser.add_argument("--out", type=Path, required=True, help="what train --cache is given")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--preset", choices=sorted(PRESETS), default="kits2019")
    chosen.add_argument("--plan", type=Path, help="the grid that `plan --out` wrote")
    parser.add_argument("--device", default="cpu", help="auto, cpu, cuda or cuda:N")
    parser.add_argument(
        "--prune",
        action="store_true",
        help="afterwards remove from --out what this data set and preset do not need",
    )
    add_empty_masks(parser)


def run(args: argparse.Namespace) -> int:
    """Prepare every case, printing a JSON line for each; all broken cases are named at
    the end, together."""
    from trainer.datasets.training_set import read_training_set
    from trainer.preprocessing.cache import prepare_training_set, prune
    from trainer.training.compute import choose_compute

    plan = read_plan(args.plan).preprocessing if args.plan else preset(args.preset).plan
    device = choose_compute(args.device, "fp32").device
    report = _Report(plan)
    training_set = read_training_set(args.export)
    if args.empty_masks:
        training_set = training_set.meaning_empty_masks()
    prepared = prepare_training_set(
        training_set, plan, args.out, device=device, prepared_one=report
    )
    if args.prune:
        removed = prune(args.out, prepared.values(), plan)
        print(json.dumps({"removed": len(removed), "kept": len(prepared)}), flush=True)
    return 0


class _Report:
    """Prints one line per prepared case with the seconds since the one before."""

    def __init__(self, plan: PreprocessingPlan) -> None:
        self._plan = plan
        self._began = time.monotonic()

    def __call__(self, cached: CachedCase) -> None:
        from trainer.preprocessing.cache import case_key

        record, now = cached.record, time.monotonic()
        line = {
            "case": cached.id,
            "folder": case_key(record.image_hash, record.mask_hash, self._plan),
            "shape": record.shape,
            "voxels": {str(key): len(found) for key, found in cached.locations.items()},
            "seconds": round(now - self._began, 2),
        }
        print(json.dumps(line), flush=True)
        self._began = now
