"""resources/style/tokens.json, the one source of colours and sizes, for every room."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from kitsdesk.paths import resources

TOKENS_FILE = "tokens.json"
Rgb = tuple[int, int, int]


@cache
def read_tokens() -> dict[str, Any]:
    """Read tokens.json once."""
    file = resources() / "style" / TOKENS_FILE
    tokens: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return tokens


@cache
def canvas_structures() -> dict[int, str]:
    """Return the colours of structures on black (canvases and swatches, both themes), by the
    values in a mask: 1 kidney, 2 tumor, 3 cyst."""
    on_canvas = read_tokens()["structures"]["on_canvas"]
    return {
        1: on_canvas["kidney"]["colour"],
        2: on_canvas["tumor"]["colour"],
        3: on_canvas["cyst"]["colour"],
    }


@cache
def canvas_comparison() -> dict[str, str]:
    """Return the hatch colours on black: reference_only, prediction_only, agree."""
    on_canvas = read_tokens()["comparison"]["on_canvas"]
    return {name: on_canvas[name]["colour"] for name in on_canvas}


@cache
def measure_colour() -> str:
    """Return the colour of measures and of what erases, on canvases."""
    colour: str = read_tokens()["canvas"]["measure"]
    return colour


@cache
def other_label_colour() -> str:
    """Return the colour of a label that is none of the structures."""
    colour: str = read_tokens()["structures"]["other_label"]
    return colour


@cache
def canvas_structures_rgb() -> dict[int, Rgb]:
    """Return `canvas_structures` as red, green and blue, 0 to 255."""
    return {number: rgb(colour) for number, colour in canvas_structures().items()}


def rgb(colour: str) -> Rgb:
    """Return a hex colour (#RRGGBB) as red, green and blue, 0 to 255."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue
