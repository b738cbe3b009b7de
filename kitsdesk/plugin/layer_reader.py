"""CTs and masks as napari layers, read with the same checks as the desk reads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from kitsdesk.plugin.layer_geometry import transforms
from kitsdesk.plugin.opened_scans import OpenedScan, remember
from kitsdesk.tokens import canvas_structures, other_label_colour
from trainer.contract.structures import STRUCTURE_NAMES
from trainer.imaging.dicom import find_series, is_dicom_file, is_dicom_folder
from trainer.imaging.nifti import IMAGE_SUFFIXES
from trainer.imaging.reader import read_with_notes
from trainer.imaging.series_path import series_path
from trainer.imaging.volume import Volume

LayerData = tuple[Any, dict[str, Any], str]
METADATA = "kitsdesk"
# Soft tissue, window 400 at level 40, as the desk opens a CT.
CONTRAST = (-160.0, 240.0)


def reader_of(path: str | Sequence[str]) -> Callable[[Any], list[LayerData]] | None:
    """Return the reader of a volume file, a DICOM slice or a DICOM folder; None for what
    this program does not read, so that napari asks another plugin."""
    if not isinstance(path, str | Path):
        return None
    place = Path(path)
    if place.is_dir() and not is_dicom_folder(place):
        return None
    return read_layers


def read_layers(path: str | Path) -> list[LayerData]:
    """Return one layer for each CT volume at `path`, or the mask as Labels.

    Raises
    ------
    UnreadableImage, UnreadableSeries : cut, damaged or not one trustworthy volume; the
        sentence says why. Nothing is guessed.
    """
    place = Path(path)
    if place.is_file() and is_dicom_file(place) and not _is_volume(place):
        place = place.parent
    if place.is_dir():
        volumes = [record for record in find_series(place) if record.usable]
        if len(volumes) > 1:
            return [_layer(series_path(place, v.key), v.description) for v in volumes]
    return [_layer(place, _name(place))]


def ct_layer(volume: Volume, name: str, image: str = "") -> LayerData:
    """Return a CT as an image layer; `image` is the path the trainer reads it from."""
    known = {"image": image, "geometry": volume.geometry}
    look = {"name": name, "colormap": "gray", "contrast_limits": CONTRAST}
    remember(OpenedScan(volume.geometry, Path(image) if image else None))
    return volume.array, _placed(volume, known) | look, "image"


def mask_layer(volume: Volume, name: str) -> LayerData:
    """Return a mask as a Labels layer."""
    remember(OpenedScan(volume.geometry))
    known = {"geometry": volume.geometry, "structures": dict(STRUCTURE_NAMES)}
    look = {"name": name, "opacity": 0.5, "colormap": _colours()}
    return volume.array, _placed(volume, known) | look, "labels"


@cache
def _colours() -> dict[int | None, str]:
    """Return the desk's colours of the structures, which the colour-blind tell apart."""
    colours: dict[int | None, str] = {None: other_label_colour(), 0: "transparent"}
    for number, colour in canvas_structures().items():
        colours[number] = colour
    return colours


def _layer(path: Path, name: str) -> LayerData:
    volume, notes = read_with_notes(path)
    if _is_mask(volume):
        return mask_layer(volume.with_array(volume.array.astype(np.uint8)), name)
    layer = ct_layer(volume, name, str(path.absolute()))
    layer[1]["metadata"][METADATA]["notes"] = notes
    return layer


def _placed(volume: Volume, known: dict[str, Any]) -> dict[str, Any]:
    return transforms(volume.geometry) | {"metadata": {METADATA: known}}


def _is_mask(volume: Volume) -> bool:
    """No CT has the values of the four structures alone: its air and bone lie far apart."""
    array = volume.array
    return bool(array.dtype.kind in "iu" and array.min() >= 0 and array.max() <= 3)


def _is_volume(path: Path) -> bool:
    return any(record.usable for record in find_series(path))


def _name(path: Path) -> str:
    ending = next((e for e in IMAGE_SUFFIXES if path.name.lower().endswith(e)), "")
    return path.name[: len(path.name) - len(ending)]
