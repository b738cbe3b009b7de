"""The colours and sizes of a report that is read outside the program, from the tokens."""

from __future__ import annotations

from typing import Any

from kitsdesk.tokens import canvas_structures, read_tokens

LINES, RADII = ("edge", "thick"), ("chip", "control", "bar")


def report_look(name: str) -> dict[str, Any]:
    """Return the look of one document, by the name of the file that writes it.

    `light` and `dark` are the colours of the themes by role, with `paper` under the text;
    `structures` and `canvas` those of its pictures; `sizes` are px: its own, the steps of the
    spacing scale, and the lines of the type scale (`small`, `small_line`).
    """
    tokens = read_tokens()
    part: dict[str, Any] = tokens["parts"]["documents"][name]
    sizes = {**tokens["spacing"]["scale"], **part["sizes"]}
    for role, size in tokens["type"]["scale"].items():
        sizes |= {role: size["px"], f"{role}_line": size["line"]}
    sizes |= {f"line_{line}": tokens["lines"][line] for line in LINES}
    sizes |= {f"radius_{radius}": tokens["radii"][radius] for radius in RADII}
    return {
        **part,
        "sizes": sizes,
        # A page is white as paper is; in the dark it has the ground of the window.
        "light": _colours("light", "raised"),
        "dark": _colours("dark", "window"),
        "structures": canvas_structures(),
        "canvas": tokens["canvas"],
    }


def _colours(theme: str, ground: str) -> dict[str, str]:
    colours: dict[str, str] = read_tokens()["themes"][theme]["colours"]
    return {**colours, "paper": colours[ground]}
