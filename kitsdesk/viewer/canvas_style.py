"""The canvases' colours and measures: the part of the design tokens that is the same in both
themes, read from resources/style/tokens.json."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from kitsdesk.tokens import read_tokens

_TOKENS = read_tokens()
_CANVAS, _RAIL = _TOKENS["canvas"], _TOKENS["canvas"]["rail"]
_DARK = _TOKENS["themes"]["dark"]["colours"]
_COMPARED = _TOKENS["comparison"]["on_canvas"]


def part(name: str) -> dict[str, Any]:
    """Return the sizes in px that one part of the canvases alone has, by its file's name."""
    sizes: dict[str, Any] = _TOKENS["parts"]["canvas"][name]
    return sizes


def _numbers(words: str) -> list[float]:
    """Return the numbers in a token that is a phrase, such as "dashed 7-4, kidney 1.4 px"."""
    plain = re.sub(r"#[0-9A-Fa-f]{6}", "", words)
    return [float(found) for found in re.findall(r"\d+(?:\.\d+)?", plain)]


BACKGROUND: str = _CANVAS["background"]
GAP: str = _CANVAS["gap_between_canvases"]["colour"]
GAP_PX: int = _CANVAS["gap_between_canvases"]["px"]
TEXT: str = _CANVAS["text"]
TEXT_MUTED: str = _CANVAS["text_muted"]
TEXT_CASING_PX, _CASING_PERCENT = _numbers(_CANVAS["text_casing"])
TEXT_CASING_OPACITY = _CASING_PERCENT / 100
CROSSHAIR: str = _CANVAS["crosshair"]
CROSSHAIR_OPACITY: float = _CANVAS["crosshair_opacity"]
CROSSHAIR_HOLE_PX: float = _CANVAS["crosshair_hole_px"]
FOCUS_RING: str = _DARK["focus_ring"]
ACCENT: str = _DARK["accent"]
WARNING: str = _DARK["warning"]

RAIL_PX: int = _RAIL["width"]
RAIL_SCRIM_OPACITY = _numbers(_RAIL["scrim"])[0] / 100
RAIL_FOREGROUND: str = _RAIL["foreground_area"]
RAIL_DISAGREEMENT: str = _RAIL["disagreement_area"]
RAIL_TRACK: str = _RAIL["track"]
RAIL_HANDLE: str = _RAIL["handle"]

REFERENCE_ONLY: str = _COMPARED["reference_only"]["colour"]
PREDICTION_ONLY: str = _COMPARED["prediction_only"]["colour"]
HATCH_PITCH_PX, HATCH_LINE_PX = _numbers(_COMPARED["reference_only"]["mark"])

CASING_PX, _OUTLINE_PERCENT = _numbers(_TOKENS["structures"]["casing"])
CASING_OPACITY = _OUTLINE_PERCENT / 100
_DASH_ON, _DASH_OFF, _THIN = _numbers(_TOKENS["structures"]["source"]["prediction"])
DASH_PX = (_DASH_ON, _DASH_OFF)
LETTER_PX: int = _TOKENS["type"]["scale"]["small"]["px"]
TARGET_PX: int = _TOKENS["control"]["minimum_target"]
LETTER_INSET_PX: int = _CANVAS["letter_inset_px"]
LINES: dict[str, float] = {
    name: float(px) for name, px in _TOKENS["lines"].items() if name != "about"
}


def cased(width: float) -> float:
    """Return the width of the dark line that lies under a line of `width` px."""
    return width + 2 * CASING_PX


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


def _look(name: str) -> StructureStyle:
    token = _TOKENS["structures"]["on_canvas"][name]
    width, *core = _numbers(token["outline"])
    dashed = _THIN if name == "kidney" else width
    return StructureStyle(
        name,
        token["colour"],
        token["fill_opacity"],
        width,
        dashed,
        core[0] if core else 0.0,
        token["surface_opacity"],
    )


STRUCTURES: dict[int, StructureStyle] = {
    number: _look(name) for number, name in ((1, "kidney"), (2, "tumor"), (3, "cyst"))
}
# Drawn in this order, so that the thick tumor line lies over the thin kidney line.
DRAW_ORDER = (1, 3, 2)
