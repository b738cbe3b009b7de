"""The canvases' colours and measures: the part of the design tokens that is the same in both
themes. A test compares them with resources/style/tokens.json."""

from __future__ import annotations

from dataclasses import dataclass

BACKGROUND = "#000000"
GAP = "#1A1E24"
GAP_PX = 2
TEXT = "#DDE3EA"
TEXT_MUTED = "#C4CCD6"
TEXT_CASING_PX = 4.0
TEXT_CASING_OPACITY = 0.70
CROSSHAIR = "#C9D3DF"
CROSSHAIR_OPACITY = 0.55
CROSSHAIR_HOLE_PX = 20.0
FOCUS_RING = "#B4BEFF"
ACCENT = "#93A0FF"

RAIL_PX = 32
RAIL_SCRIM_OPACITY = 0.72
RAIL_FOREGROUND = "#38404C"
RAIL_DISAGREEMENT = "#C8FF3D"
RAIL_TRACK = "#3A424F"
RAIL_HANDLE = "#E7EAEF"

REFERENCE_ONLY = "#FF4D8D"
PREDICTION_ONLY = "#C8FF3D"
HATCH_PITCH_PX = 6.0
HATCH_LINE_PX = 1.6

CASING_PX = 1.0
CASING_OPACITY = 0.55
DASH_PX = (7.0, 4.0)
LETTER_PX = 12
LETTER_INSET_PX = 10


@dataclass(frozen=True)
class StructureStyle:
    """How one structure looks on a canvas; widths in px, `core` is the dark middle of a
    double line (0 for a single one)."""

    name: str
    colour: str
    fill_opacity: float
    width: float
    prediction_width: float
    core: float
    surface_opacity: float


STRUCTURES: dict[int, StructureStyle] = {
    1: StructureStyle("kidney", "#38BDF8", 0.26, 1.6, 1.4, 0.0, 1.0),
    2: StructureStyle("tumor", "#FF9A1F", 0.32, 2.8, 2.8, 0.0, 0.92),
    3: StructureStyle("cyst", "#F3F0A0", 0.26, 4.2, 4.2, 1.7, 0.80),
}
# Drawn in this order, so that the thick tumor line lies over the thin kidney line.
DRAW_ORDER = (1, 3, 2)
