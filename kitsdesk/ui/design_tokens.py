"""The design tokens of resources/style/tokens.json as one typed record per theme."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from kitsdesk.paths import resources
from kitsdesk.tokens import canvas_comparison as canvas_comparison
from kitsdesk.tokens import canvas_structures as canvas_structures
from kitsdesk.tokens import read_tokens as read_tokens

ThemeName = Literal["dark", "light"]
TypeRole = Literal["caption", "small", "base", "reading", "title", "heading", "display"]


def style_folder() -> Path:
    """Return resources/style, with the tokens and the style sheet's template."""
    return resources() / "style"


@dataclass(frozen=True)
class Theme:
    """One theme: hex colours by role; `fold_chips` maps a state to its chip's values."""

    name: ThemeName
    colours: dict[str, str]
    structures: dict[int, str]
    comparison: dict[str, str]
    fold_chips: dict[str, dict[str, str]]


@cache
def read_theme(name: ThemeName) -> Theme:
    """Return one theme of tokens.json; structure keys are the values in a mask (1, 2, 3)."""
    raw = read_tokens()["themes"][name]
    panels = raw["structure_in_panels"]
    return Theme(
        name=name,
        colours=dict(raw["colours"]),
        structures={1: panels["kidney"], 2: panels["tumor"], 3: panels["cyst"]},
        comparison=dict(raw["comparison_in_panels"]),
        fold_chips={state: dict(chip) for state, chip in raw["fold_chips"].items()},
    )


@cache
def canvas_background() -> str:
    """Return the ground of canvases and swatches, black in both themes."""
    background: str = read_tokens()["canvas"]["background"]
    return background


@cache
def canvas_text() -> str:
    """Return the colour of words on canvases."""
    text: str = read_tokens()["canvas"]["text"]
    return text


@cache
def canvas_gap() -> str:
    """Return the colour between the canvases."""
    gap: str = read_tokens()["canvas"]["gap_between_canvases"]["colour"]
    return gap


@cache
def type_sizes() -> dict[str, int]:
    """Return the px of each role of the type scale, before the person's own scale."""
    return {name: size["px"] for name, size in read_tokens()["type"]["scale"].items()}


@cache
def type_weights() -> dict[str, str]:
    """Return the weights of the type as the style sheet names them: regular, medium, semibold."""
    return {name: str(weight) for name, weight in read_tokens()["type"]["weights"].items()}


@cache
def side_widths(side: Literal["left", "right"]) -> tuple[int, int, int]:
    """Return the least, the first and the largest width of a side of the window."""
    found = read_tokens()["panels"][side]
    return found["min"], found["default"], found["max"]


@cache
def window_least() -> tuple[int, int]:
    """Return the smallest width and height of the window."""
    width, height = read_tokens()["panels"]["window_min"]
    return width, height


@cache
def part_sizes(name: str) -> dict[str, Any]:
    """Return the sizes in px that one part alone has, by the name of the file that draws it."""
    sizes: dict[str, Any] = read_tokens()["parts"]["panels"][name]
    return sizes


@cache
def control(name: str) -> int:
    """Return a height or width in px that controls and rows share."""
    size: int = read_tokens()["control"][name]
    return size


@cache
def control_size(name: str) -> tuple[int, int]:
    """Return the width and the height in px of a control that has both."""
    width, height = read_tokens()["control"][name]
    return width, height


@cache
def padding(place: Literal["panel", "list"]) -> int:
    """Return how far what stands in a panel or in a row of a list is from its edges, px."""
    size: int = read_tokens()["spacing"][f"{place}_padding"]
    return size


@cache
def line_height(role: TypeRole) -> int:
    """Return the height in px of one line of text of a role."""
    size: int = read_tokens()["type"]["scale"][role]["line"]
    return size


@cache
def radius(name: str) -> float:
    """Return how round the corners of chips, controls, cards, dialogs and bars are, px."""
    return float(read_tokens()["radii"][name])


@cache
def icon_size(name: str) -> int:
    """Return the side in px of an icon beside text of a role, of a tool, on a card, or above
    the words of what is empty."""
    size: int = read_tokens()["icons"][name]
    return size


@cache
def line_width(name: str) -> float:
    """Return how wide a drawn line is, px."""
    return float(read_tokens()["lines"][name])
