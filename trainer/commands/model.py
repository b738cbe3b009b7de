"""`model`: checks a model, and exchanges models with nnU-Net v2."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from trainer.commands import COMMANDS
from trainer.contract.model_manifest import ModelManifest
from trainer.contract.structures import STRUCTURE_NAMES
from trainer.inference.loaded_model import verify_model
from trainer.nets.nnunet_export import export_nnunet
from trainer.nets.nnunet_import import WhatItSaw, import_nnunet


def add_parser(subparsers: Any) -> None:
    """Add the arguments of `model`."""
    parser = subparsers.add_parser("model", help=COMMANDS["model"])
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="check hashes, names, shapes and values")
    verify.add_argument("model", type=Path, metavar="MODEL", help="its folder")
    _add_import(actions)
    leave = actions.add_parser("export-nnunet", help="write a folder that nnU-Net v2 predicts with")
    leave.add_argument("model", type=Path, metavar="MODEL", help="its folder")
    leave.add_argument("--out", type=Path, required=True, help="a new folder")


def _add_import(actions: Any) -> None:
    parser = actions.add_parser("import-nnunet", help="take a trained model of nnU-Net v2's")
    parser.add_argument(
        "source", type=Path, metavar="DIR", help="TRAINER__PLANS__CONFIGURATION in nnUNet_results"
    )
    parser.add_argument("--out", type=Path, required=True, help="the model, a new folder")
    saw = parser.add_mutually_exclusive_group()
    saw.add_argument(
        "--splits", type=Path, help="splits_final.json, where fold_k/validation is not there"
    )
    saw.add_argument("--saw", choices=("none",), help="your word that it saw none of your cases")
    parser.add_argument(
        "--structures",
        type=_structures,
        default=(),
        help="of each label value 1, 2, …, where its name does not say: kidney,tumor,cyst",
    )
    parser.add_argument("--progress", action="store_true", help="a JSON line per fold")


def _structures(text: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in text.split(","))
    known = tuple(STRUCTURE_NAMES.values())[1:]
    if any(name not in known for name in names):
        raise argparse.ArgumentTypeError(f"names of {', '.join(known)}, with commas")
    return names


def run(args: argparse.Namespace) -> int:
    """Do it and print what the model is; a refusal leaves with exit 2."""
    if args.action == "verify":
        _show(_facts(verify_model(args.model)) | {"verified": True})
    elif args.action == "import-nnunet":
        manifest = import_nnunet(
            args.source,
            args.out,
            saw=WhatItSaw(args.splits, args.saw == "none"),
            structures=args.structures,
            tell=_tell if args.progress else lambda done, total: None,
        )
        _show(_facts(manifest) | {"out": str(args.out), "saw": _saw(manifest)})
    else:
        folder = export_nnunet(args.model, args.out)
        _show({"out": str(folder)})
    return 0


def _facts(manifest: ModelManifest) -> dict[str, Any]:
    return {
        "model": manifest.name,
        "folds": [entry.fold for entry in manifest.folds],
        "architecture": manifest.network.architecture,
        "structures": list(manifest.plan.structures),
        "preset": manifest.preset,
    }


def _saw(manifest: ModelManifest) -> dict[str, Any]:
    """Say of each fold what it is known to have seen, and how many cases it did not see."""
    return {
        str(entry.fold): {
            "trained_on": entry.trained_on if isinstance(entry.trained_on, str) else "known",
            "held_out": len(entry.held_out),
        }
        for entry in manifest.folds
    }


def _tell(done: int, total: int) -> None:
    _show({"progress": {"done": done, "total": total}})


def _show(record: dict[str, Any]) -> None:
    print(json.dumps(record, ensure_ascii=False), flush=True)
