"""The measures and outlines that tools ask the canvases to draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kitsdesk.controllers.views import Millimetres
from kitsdesk.tokens import measure_colour

MEASURE_COLOUR = measure_colour()


@dataclass(frozen=True)
class DrawnShape:
    """A line, polygon or ellipse with a text; `points` are LPS mm (L, P, S).

    A line and a polygon join the points; an ellipse has two opposite corners of its box. It is
    drawn in the plane `view` alone, on the slice of its first point. The canvases' own Shape
    has the same fields; controllers know no canvas.
    """

    kind: Literal["line", "polygon", "ellipse", "points"]
    view: str
    points: tuple[Millimetres, ...]
    text: str = ""
    colour: str = MEASURE_COLOUR
    closed: bool = False
