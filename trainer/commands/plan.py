"""`plan`: fingerprint and plan of an export, as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from trainer.contract.errors import KitsDeskError

_BASE_FEATURES = {"plain": 30, "residual": 24, "preact": 24}


class BadPlan(KitsDeskError):
    """A plan was asked for that no network can have."""


def add_parser(subparsers: Any) -> None:
    """Register the command."""
    parser = subparsers.add_parser("plan", help="plan grid, patch and strides from an export")
    parser.add_argument("export", type=Path, help="an export, or a data set with masks")
    parser.add_argument("--spacing", type=float, nargs=3, metavar=("Z", "Y", "X"), help="mm")
    parser.add_argument("--patch", type=int, nargs=3, metavar=("Z", "Y", "X"), help="voxels")
    parser.add_argument("--memory", type=float, default=12.0, metavar="GB", help="of the GPU")


def run(args: argparse.Namespace) -> int:
    """Print the plan; progress goes to stderr."""
    from trainer.datasets.training_set import read_training_set
    from trainer.preprocessing.fingerprint import take_fingerprint

    if min([args.memory, *(args.spacing or [1]), *(args.patch or [4])]) <= 0:
        raise BadPlan("Spacing, patch and memory are positive numbers.")
    if args.patch and min(args.patch) < 4:
        raise BadPlan("A patch has at least 4 voxels along each axis.")
    fingerprint = take_fingerprint(read_training_set(args.export), _progress)
    print(json.dumps(_describe(fingerprint, args), indent=1))
    return 0


def _describe(fingerprint: Any, args: argparse.Namespace) -> dict[str, Any]:
    from trainer.preprocessing import planner
    from trainer.preprocessing.resample import resampled_shape

    voxels = planner.patch_voxels(args.memory)
    spacing = tuple(args.spacing or planner.plan_spacing(fingerprint, voxels))
    shape = resampled_shape(fingerprint.median_shape, fingerprint.median_spacing, spacing)
    patch = tuple(args.patch or planner.plan_patch(spacing, shape, voxels))
    strides = planner.plan_strides(patch)
    return {
        "fingerprint": fingerprint.model_dump(),
        "spacing_mm": spacing,
        "median_shape": shape,
        "patch": patch,
        "strides": strides,
        "clip_hu": [fingerprint.percentile_00_5, fingerprint.percentile_99_5],
        "mean_hu": fingerprint.mean,
        "deviation_hu": fingerprint.deviation,
        "features": {
            architecture: planner.plan_features(base, len(strides))
            for architecture, base in _BASE_FEATURES.items()
        },
    }


def _progress(done: int, total: int, case: str) -> None:
    sys.stderr.write(f"{done}/{total} {case}\n")
