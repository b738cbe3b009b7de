"""`model`: checks a model's manifest and the weights of its folds."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from trainer.commands import COMMANDS
from trainer.inference.loaded_model import verify_model


def add_parser(subparsers: Any) -> None:
    """Add the arguments of `model`."""
    parser = subparsers.add_parser("model", help=COMMANDS["model"])
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="check hashes, names, shapes and values")
    verify.add_argument("model", type=Path, metavar="MODEL", help="its folder")


def run(args: argparse.Namespace) -> int:
    """Verify the model and print what it is; a refusal leaves with exit 2."""
    manifest = verify_model(args.model)
    answer = {
        "model": manifest.name,
        "folds": [entry.fold for entry in manifest.folds],
        "architecture": manifest.network.architecture,
        "structures": list(manifest.plan.structures),
        "preset": manifest.preset,
        "verified": True,
    }
    print(json.dumps(answer, ensure_ascii=False))
    return 0
