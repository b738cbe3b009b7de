"""`preprocess`: the cached, resampled cases of an export."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from trainer.contract.presets import PRESETS, preset


def add_parser(subparsers: Any) -> None:
    """Register the command."""
    parser = subparsers.add_parser("preprocess", help="resample and cache the cases of an export")
    parser.add_argument("export", type=Path, help="an export, or a data set with masks")
    parser.add_argument("--out", type=Path, required=True, help="what train --cache is given")
    parser.add_argument("--preset", choices=sorted(PRESETS), default="kits2019")
    parser.add_argument("--device", default="cpu", help="cpu, cuda or cuda:N")


def run(args: argparse.Namespace) -> int:
    """Prepare every case, printing a JSON line for each."""
    from trainer.datasets.training_set import read_training_set
    from trainer.preprocessing.cache import case_key, prepare_case

    plan = preset(args.preset).plan
    for case in read_training_set(args.export).cases:
        began = time.monotonic()
        cached = prepare_case(case, plan, args.out, args.device)
        record = cached.record
        line = {
            "case": case.id,
            "folder": case_key(record.image_hash, record.mask_hash, plan),
            "shape": record.shape,
            "voxels": {str(key): len(found) for key, found in cached.locations.items()},
            "seconds": round(time.monotonic() - began, 2),
        }
        print(json.dumps(line), flush=True)
    return 0
