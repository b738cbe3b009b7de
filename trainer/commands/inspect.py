"""`inspect`: what a file or a DICOM series is, as JSON, or why it is refused (exit 2)."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from trainer.commands import COMMANDS
from trainer.contract.model_manifest import MANIFEST_NAME, read_manifest
from trainer.datasets.source import NoCases, find_cases
from trainer.imaging.dicom import SeriesRecord, find_series, is_dicom_folder
from trainer.imaging.hashing import volume_hash
from trainer.imaging.nifti import is_image_file
from trainer.imaging.orientation import letters
from trainer.imaging.reader import read_with_notes
from trainer.imaging.series_path import series_path, split_series


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
    """Return what is at `path`: a model, a data set, an image with its geometry, or the
    volumes of a DICOM folder that holds several (each with the path that stands for it).

    Raises
    ------
    KitsDeskError : it is refused; the error says why.
    """
    if (path / MANIFEST_NAME).is_file():
        manifest = read_manifest(path)
        folds = [entry.fold for entry in manifest.folds]
        return {"kind": "model", "name": manifest.name, "folds": folds, "about": manifest.about}
    if not split_series(path)[0].exists():
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
    folder, key = split_series(path)
    if (series or key) is None and is_dicom_folder(folder):
        volumes = find_series(folder)
        if sum(record.usable for record in volumes) > 1:
            return {
                "kind": "DICOM volumes",
                "volumes": [_describe_volume(folder, each) for each in volumes],
            }
    return _describe_image(path, series)


def _describe_volume(folder: Path, record: SeriesRecord) -> dict[str, Any]:
    return {
        "path": str(series_path(folder, record.key)),
        "series": record.key,
        "description": record.description,
        "slices": record.slices,
        "length_mm": record.mm,
        "phase": record.phase,
        "refused": record.why_not,
        "notes": list(record.notes),
    }


def _describe_image(path: Path, series: str | None) -> dict[str, Any]:
    volume, notes = read_with_notes(path, series)
    geometry = volume.geometry
    return {
        "kind": "image" if is_image_file(path) else "DICOM series",
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
