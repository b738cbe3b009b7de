"""`inspect`: what a file or a DICOM series is, as JSON, or why it is refused (exit 2)."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from trainer.commands import COMMANDS
from trainer.contract.model_manifest import MANIFEST_NAME, read_manifest
from trainer.datasets.source import NoCases, find_cases
from trainer.imaging.dicom import is_dicom_folder
from trainer.imaging.hashing import volume_hash
from trainer.imaging.orientation import letters
from trainer.imaging.reader import read_with_notes


def add_parser(subparsers: Any) -> None:
    """Add the arguments of `inspect`."""
    parser = subparsers.add_parser("inspect", help=COMMANDS["inspect"])
    parser.add_argument("path", type=Path, metavar="PATH", help="a file or a folder")
    parser.add_argument("--series", metavar="KEY", help="one of several series in a DICOM folder")


def run(args: argparse.Namespace) -> int:
    """Print what `PATH` is as one JSON object."""
    print(json.dumps(describe(args.path, args.series), ensure_ascii=False, indent=1))
    return 0


def describe(path: Path, series: str | None = None) -> dict[str, Any]:
    """Return what is at `path`: a model, a data set, or an image with its geometry.

    Raises
    ------
    KitsDeskError : it is refused; the error says why.
    """
    if (path / MANIFEST_NAME).is_file():
        manifest = read_manifest(path)
        folds = [entry.fold for entry in manifest.folds]
        return {"kind": "model", "name": manifest.name, "folds": folds, "about": manifest.about}
    if not path.exists():
        raise NoCases(f"{path} does not exist.", advice="Check the path.")
    if path.is_dir() and not is_dicom_folder(path):
        source = find_cases(path)
        masks = sum(case.mask is not None for case in source.cases)
        return {
            "kind": "data set",
            "layout": source.layout,
            "cases": len(source.cases),
            "masks": masks,
        }
    return _describe_image(path, series)


def _describe_image(path: Path, series: str | None) -> dict[str, Any]:
    volume, notes = read_with_notes(path, series)
    geometry = volume.geometry
    return {
        "kind": "DICOM series" if path.is_dir() else "image",
        "shape_zyx": list(volume.shape),
        "spacing_zyx_mm": list(volume.spacing),
        "size": list(geometry.size),
        "spacing_mm": list(geometry.spacing),
        "origin_mm": list(geometry.origin),
        "direction": list(geometry.direction),
        "axes_run_to": letters(geometry.direction),
        "lowest": float(volume.array.min()),
        "highest": float(volume.array.max()),
        "voxel_type": str(volume.array.dtype),
        "voxel_hash": volume_hash(volume),
        "notes": list(notes),
    }
