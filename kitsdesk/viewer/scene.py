"""What the four canvases show: one state that all of them read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from kitsdesk.viewer import canvas_style as style
from trainer.imaging.volume import Volume

Box = tuple[int, int, int, int, int, int]
Triple = tuple[float, float, float]
MaskSource = Literal["working", "prediction", "working_only"]
OverlayKind = Literal["none", "votes", "entropy"]
# The live array of a changed working mask and the reference that it began as, (z, y, x).
Origin = tuple[NDArray[np.uint8], NDArray[np.uint8]]
BrushShape = Literal["disc", "ball"]

DEFAULT_WINDOW = (400.0, 40.0)
# The slider's place at which fill and outlines have exactly the tokens' strength.
DEFAULT_OPACITY = 0.6


@dataclass(frozen=True)
class BrushExtent:
    """The size and shape of the brush that is drawn at the pointer."""

    diameter_mm: float
    shape: BrushShape
    colour: str


class Disagreement(Protocol):
    """One component: a boolean (z, y, x) crop that lies at `box` (z0, z1, y0, y1, x0, x1)."""

    @property
    def crop(self) -> NDArray[np.bool_]:
        """Where it is, inside the box."""

    @property
    def box(self) -> Box:
        """Where the crop lies."""

    @property
    def prediction_only(self) -> bool:
        """Whether the prediction has it, or the mask."""


@dataclass(frozen=True)
class BoxExtent:
    """A box drawn by hand: voxels (z0, z1, y0, y1, x0, x1), ends excluded."""

    box: Box
    colour: str


class MaskPreview(Protocol):
    """What an edit would change: (z, y, x) crops at `box` of the mask without and with it."""

    @property
    def box(self) -> Box:
        """Where the crops lie."""

    @property
    def before(self) -> NDArray[np.uint8]:
        """The mask as it is."""

    @property
    def after(self) -> NDArray[np.uint8]:
        """The mask as it would be."""


@dataclass(frozen=True)
class Profiles:
    """For each axis (z, y, x) one value per slice: foreground and disagreement area."""

    area: tuple[NDArray[Any], ...]
    disagreement: tuple[NDArray[Any], ...]


@dataclass
class Scene:
    """The case on show and how it is shown. `crosshair` and `pointer` are grid mm
    (index × spacing along z, y, x); masks are uint8 (z, y, x)."""

    volume: Volume | None = None
    name: str = ""
    mask: NDArray[np.uint8] | None = None
    prediction: NDArray[np.uint8] | None = None
    origin: Origin | None = None
    source: MaskSource = "working"
    mask_visible: bool = True
    fill: bool = False
    opacity: float = DEFAULT_OPACITY
    window: tuple[float, float] = DEFAULT_WINDOW
    slab_mm: float = 0.0
    crosshair: Triple = (0.0, 0.0, 0.0)
    brush: BrushExtent | None = None
    pointer: Triple | None = None
    pointer_view: str = ""
    stroke: bool = False
    disagreements: tuple[Disagreement, ...] = ()
    profiles: Profiles | None = None
    overlay: OverlayKind = "none"
    overlay_values: NDArray[np.uint8] | None = None
    shapes: tuple[Shape, ...] = field(default_factory=tuple)
    measures: tuple[Shape, ...] = field(default_factory=tuple)
    box: BoxExtent | None = None
    preview: MaskPreview | None = None
    seeds: MaskPreview | None = None
    loading: bool = False

    @property
    def spacing(self) -> Triple:
        """Return the voxel size (z, y, x) in mm."""
        return self.volume.spacing if self.volume is not None else (1.0, 1.0, 1.0)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return the number of voxels (z, y, x)."""
        return self.volume.shape if self.volume is not None else (1, 1, 1)

    def index_of(self, axis: int) -> int:
        """Return the slice index under the crosshair along an axis."""
        index = round(self.crosshair[axis] / self.spacing[axis])
        return min(max(index, 0), self.shape[axis] - 1)

    def clamp(self, point: Triple) -> Triple:
        """Return a grid mm point moved into the volume, to its outermost voxel centres."""
        z, y, x = (
            min(max(value, 0.0), (count - 1) * step)
            for value, count, step in zip(point, self.shape, self.spacing, strict=True)
        )
        return (z, y, x)

    def to_lps(self, point: Triple) -> Triple:
        """Return the LPS mm of a grid mm point."""
        if self.volume is None:
            return (point[2], point[1], point[0])
        index = [value / step for value, step in zip(point, self.spacing, strict=True)]
        left, posterior, superior = (float(v) for v in self.volume.to_mm(index))
        return (left, posterior, superior)

    def from_lps(self, mm: Triple) -> Triple:
        """Return the grid mm of an LPS point."""
        if self.volume is None:
            return (mm[2], mm[1], mm[0])
        index = self.volume.to_index(mm)
        z, y, x = (float(v * s) for v, s in zip(index, self.spacing, strict=True))
        return (z, y, x)


@dataclass(frozen=True)
class Shape:
    """A measure or the outline that a tool draws: `points` are LPS mm (L, P, S).

    A line and a polygon join the points; an ellipse has two opposite corners of its box.
    It is drawn in the plane `view` alone, on slices within half a voxel of its points.
    """

    kind: Literal["line", "polygon", "ellipse", "points"]
    view: str
    points: tuple[Triple, ...]
    text: str = ""
    colour: str = style.RAIL_HANDLE
    closed: bool = False
