"""The scans read last: a Labels layer drawn over a CT is written on the CT's own grid."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import Path

from numpy.typing import ArrayLike

from kitsdesk.plugin.layer_geometry import fits
from trainer.imaging.geometry import Geometry

_REMEMBERED = 64


@dataclass(frozen=True)
class OpenedScan:
    """A volume's grid, and where it was read from: a file, a DICOM folder or one series of it;
    None where it came from no disk."""

    geometry: Geometry
    image: Path | None = None


_opened: deque[OpenedScan] = deque(maxlen=_REMEMBERED)


def remember(scan: OpenedScan) -> None:
    """Keep a scan that was read just now."""
    _opened.append(scan)


def scans_under(shape: tuple[int, ...], matrix: ArrayLike) -> list[OpenedScan]:
    """Return the scans on whose grid an array (z, y, x) at `matrix` (S, P, L in mm) lies, the
    newest first."""
    return [scan for scan in reversed(_opened) if fits(scan.geometry, shape, matrix)]
