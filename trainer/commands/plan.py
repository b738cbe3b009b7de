"""`plan`: find grid, patch and strides for an export, as JSON that `train --plan` reads."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from trainer.commands.patience import write_patiently
from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import write_json
from trainer.contract.presets import PRESETS, Preset, preset
from trainer.contract.training_plan import Fingerprint, TrainingPlan


class BadPlan(KitsDeskError):
    """A plan was asked for that no network can have."""


def add_parser(subparsers: Any) -> None:
    """Register the command."""
    parser = subparsers.add_parser("plan", help="plan grid, patch and strides from an export")
    parser.add_argument("export", type=Path, help="an export, or a data set with masks")
    parser.add_argument("--preset", choices=sorted(PRESETS), default="kits2019")
    parser.add_argument("--spacing", type=float, nargs=3, metavar=("Z", "Y", "X"), help="mm")
    parser.add_argument("--patch", type=int, nargs=3, metavar=("Z", "Y", "X"), help="voxels")
    parser.add_argument("--memory", type=float, default=12.0, metavar="GB", help="of the GPU")
    parser.add_argument("--cysts", action="store_true", help="cysts are a class, not kidney")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the plan here too")


def run(args: argparse.Namespace) -> int:
    """Print the plan; progress goes to stderr."""
    from trainer.datasets.training_set import read_training_set
    from trainer.preprocessing.fingerprint import take_fingerprint

    if min([args.memory, *(args.spacing or [1]), *(args.patch or [4])]) <= 0:
        raise BadPlan("Spacing, patch and memory are positive numbers.")
    if args.patch and min(args.patch) < 4:
        raise BadPlan("A patch has at least 4 voxels along each axis.")
    fingerprint = take_fingerprint(read_training_set(args.export), _progress)
    chosen = preset(args.preset)
    plan = make_plan(fingerprint, chosen.with_cysts() if args.cysts else chosen, args)
    if args.out is not None:
        write_patiently(args.out.parent, lambda: write_json(args.out, plan))
    print(plan.model_dump_json(indent=1))
    return 0


def make_plan(fingerprint: Fingerprint, chosen: Preset, args: argparse.Namespace) -> TrainingPlan:
    """Return the plan for the cases of `fingerprint` and the networks of `chosen`."""
    from trainer.preprocessing import planner

    spacing = tuple(args.spacing) if args.spacing else None
    patch = tuple(args.patch) if args.patch else None
    grid = planner.plan_grid(fingerprint, args.memory, spacing, patch)
    levels = len(grid.strides)
    return TrainingPlan(
        preset=chosen.name,
        preprocessing=chosen.plan.model_copy(
            update={
                "spacing": grid.spacing,
                "patch": grid.patch,
                "clip_low": fingerprint.percentile_00_5,
                "clip_high": fingerprint.percentile_99_5,
                "mean": fingerprint.mean,
                "deviation": fingerprint.deviation,
            }
        ),
        coarsened=grid.coarsened,
        median_shape=grid.median_shape,
        strides=grid.strides,
        kernels=grid.kernels,
        features={
            architecture: planner.plan_features(features[0], levels)
            for architecture, features in chosen.features.items()
        },
        blocks={
            architecture: planner.plan_blocks(blocks, levels)
            for architecture, blocks in chosen.blocks.items()
        },
        batch=grid.batch,
        memory_gb=args.memory,
        fingerprint=fingerprint,
    )


def _progress(done: int, total: int, case: str) -> None:
    sys.stderr.write(f"{done}/{total} {case}\n")
