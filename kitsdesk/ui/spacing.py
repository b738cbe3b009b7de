"""The steps of the spacing scale, px: what stands between the parts of a layout, and around them.

They are named by their size in the scale of the tokens; a name that is not there is an error at
the start.
"""

from __future__ import annotations

from kitsdesk.ui.design_tokens import line_width, read_tokens

_SCALE: dict[str, int] = read_tokens()["spacing"]["scale"]

SPACE_2 = _SCALE["space_2"]
SPACE_4 = _SCALE["space_4"]
SPACE_6 = _SCALE["space_6"]
SPACE_8 = _SCALE["space_8"]
SPACE_10 = _SCALE["space_10"]
SPACE_12 = _SCALE["space_12"]
SPACE_14 = _SCALE["space_14"]
SPACE_16 = _SCALE["space_16"]
SPACE_18 = _SCALE["space_18"]
SPACE_20 = _SCALE["space_20"]
SPACE_24 = _SCALE["space_24"]
SPACE_32 = _SCALE["space_32"]
SPACE_40 = _SCALE["space_40"]
SPACE_48 = _SCALE["space_48"]
EDGE = round(line_width("edge"))
"""What the line around a sheet or below a bar takes."""
