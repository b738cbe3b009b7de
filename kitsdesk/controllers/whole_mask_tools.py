"""The palette's operations on whole structures, each from its parameters to a patch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kitsdesk.editing.edit_scene import EditScene
from kitsdesk.editing.gates import Voxels
from kitsdesk.editing.grow import grow
from kitsdesk.editing.holes import fill_holes
from kitsdesk.editing.interpolation import interpolate
from kitsdesk.editing.islands import drop_small, keep_largest
from kitsdesk.editing.patch import Patch
from kitsdesk.editing.shaping import SmoothKind, margin, smooth
from kitsdesk.editing.strokes import PLANE_AXIS, Plane
from kitsdesk.editing.threshold import threshold
from trainer.contract.structures import Structure

Parameters = Mapping[str, float | str]


@dataclass(frozen=True)
class WholeMaskEdit:
    """What was asked for: the active structure, the plane drawn in last, the parameters, and
    background seeds, bool (z, y, x)."""

    structure: int
    plane: Plane
    parameters: Parameters
    background: Voxels | None = None

    def number(self, key: str, default: float) -> float:
        """Return a number of the tool's options."""
        return float(self.parameters.get(key, default))

    @property
    def mode(self) -> str:
        """Return the tool's mode, "" where it has none."""
        return str(self.parameters.get("mode", ""))


def _grow(scene: EditScene, asked: WholeMaskEdit) -> Patch | None:
    reach, together = asked.number("reach", 15.0), asked.mode == "all"
    seeds = asked.background
    return grow(scene, asked.structure, reach, together=together, background=seeds)


def _interpolate(scene: EditScene, asked: WholeMaskEdit) -> Patch | None:
    plane = asked.plane if asked.mode not in PLANE_AXIS else asked.mode
    return interpolate(scene, asked.structure, plane, asked.number("gap", 40.0))


def _threshold(scene: EditScene, asked: WholeMaskEdit) -> Patch | None:
    low, high = sorted((asked.number("low", 20.0), asked.number("high", 200.0)))
    return threshold(scene, asked.structure, low, high)


def _islands(scene: EditScene, asked: WholeMaskEdit) -> Patch | None:
    if asked.mode == "drop_small":
        return drop_small(scene, asked.structure, asked.number("ml", 0.5))
    count = 2 if asked.structure == Structure.KIDNEY else 1
    return keep_largest(scene, asked.structure, count)


def _smooth(scene: EditScene, asked: WholeMaskEdit) -> Patch | None:
    kind: SmoothKind = "median" if asked.mode == "median" else "gaussian"
    return smooth(scene, asked.structure, asked.number("mm", 1.5), kind)


def _margin(scene: EditScene, asked: WholeMaskEdit) -> Patch | None:
    return margin(scene, asked.structure, asked.number("mm", 2.0))


def _fill_holes(scene: EditScene, asked: WholeMaskEdit) -> Patch | None:
    return fill_holes(scene, asked.structure, None if asked.mode == "volume" else asked.plane)


WHOLE_MASK_TOOLS: dict[str, Callable[[EditScene, WholeMaskEdit], Patch | None]] = {
    "grow": _grow,
    "interpolate": _interpolate,
    "threshold": _threshold,
    "islands": _islands,
    "smooth": _smooth,
    "margin": _margin,
    "fill_holes": _fill_holes,
}
NOTHING_TO_DO: dict[str, str] = {
    "grow": "No edge to grow to: draw seeds of the structure first.",
    "interpolate": "No empty slices between two drawn ones.",
    "threshold": "No background voxel lies in this HU range.",
    "islands": "No other part to remove.",
    "smooth": "Nothing to smooth.",
    "margin": "The margin changes nothing.",
    "fill_holes": "No closed hole to fill.",
}
