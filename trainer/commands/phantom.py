"""`phantom`: writes synthetic abdominal CTs with known masks, in KiTS layout."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from trainer.commands import COMMANDS
from trainer.commands.patience import write_patiently
from trainer.phantoms.abdomen import Phantom
from trainer.phantoms.phantom_set import (
    SIZES,
    PhantomRefused,
    PhantomRequest,
    make_phantom_set,
    real_masks,
)


def add_parser(subparsers: Any) -> None:
    """Add the arguments of `phantom`."""
    parser = subparsers.add_parser("phantom", help=COMMANDS["phantom"])
    parser.add_argument("out", type=Path, metavar="OUT", help="new folder for the cases")
    parser.add_argument("--cases", type=int, required=True, metavar="N")
    parser.add_argument("--seed", type=int, required=True, metavar="S")
    parser.add_argument(
        "--masks", type=Path, metavar="DIR", help="KiTS folder of real masks to build CTs around"
    )
    parser.add_argument(
        "--size", nargs="+", default=["small"], metavar="SIZE", help="small, kits, or Z Y X voxels"
    )
    parser.add_argument("--spacing", nargs=3, type=float, metavar=("Z", "Y", "X"), help="mm")
    parser.add_argument("--faults", type=int, default=0, metavar="K", help="mislabel K cases")
    parser.add_argument(
        "--fault-strength",
        choices=("any", "strong"),
        default="any",
        help="strong: kidney or tumor Dice against the truth at most 0.5",
    )
    parser.add_argument("--minimum-tumor-ml", type=float, default=0.0, metavar="ML")
    parser.add_argument("--first-id", type=int, default=700, metavar="ID")


def run(args: argparse.Namespace) -> int:
    """Write the phantoms, one JSON line per case; `faults.json` beside them if asked for."""
    shape, spacing = _grid(args.size, args.spacing)
    request = PhantomRequest(
        out=args.out,
        cases=args.cases,
        seed=args.seed,
        shape=shape,
        spacing=spacing,
        masks=tuple(real_masks(args.masks)) if args.masks else (),
        faults=args.faults,
        fault_strength=args.fault_strength,
        minimum_tumor_ml=args.minimum_tumor_ml,
        first_id=args.first_id,
    )
    make_phantom_set(request, _report, write_patiently)
    return 0


def _grid(
    size: list[str], spacing: list[float] | None
) -> tuple[tuple[int, int, int], tuple[float, float, float]]:
    """Return shape and spacing; `--spacing` alone keeps the size's extent in mm.

    Raises
    ------
    PhantomRefused : not a size, or not positive.
    """
    if len(size) == 1 and size[0] in SIZES:
        shape, standard = SIZES[size[0]]
    elif len(size) == 3 and all(part.isdigit() for part in size):
        shape = (int(size[0]), int(size[1]), int(size[2]))
        standard = (280.0 / shape[0], 405.0 / shape[1], 405.0 / shape[2])
    else:
        raise PhantomRefused(
            f"{' '.join(size)} is not a size.", advice="Give small, kits, or three numbers."
        )
    wanted = standard
    if spacing is not None:
        if len(size) == 1:
            extent = [n * s for n, s in zip(shape, standard, strict=True)]
            counts = [max(8, round(e / s)) for e, s in zip(extent, spacing, strict=True)]
            shape = (counts[0], counts[1], counts[2])
        wanted = (spacing[0], spacing[1], spacing[2])
    if min(shape) < 8 or min(wanted) <= 0:
        raise PhantomRefused("A phantom needs at least 8 voxels along each axis.")
    return shape, wanted


def _report(case: str, phantom: Phantom) -> None:
    ml = float(np.prod(phantom.spacing)) / 1000
    line = {
        "case": case,
        "phase": phantom.phase,
        "noise_hu": round(phantom.noise, 1),
        "kidney_ml": round(float((phantom.mask > 0).sum()) * ml, 1),
        "tumor_ml": round(float((phantom.mask == 2).sum()) * ml, 1),
    }
    print(json.dumps(line), flush=True)
