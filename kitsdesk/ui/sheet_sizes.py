"""The sizes that the style sheet's template is filled with, each from the tokens."""

from __future__ import annotations

from kitsdesk.ui.design_tokens import (
    control,
    icon_size,
    line_height,
    line_width,
    part_sizes,
    radius,
    read_tokens,
    type_weights,
)

_PART = part_sizes("sheet_sizes")
CONTROLS = {"inside": "height", "inside_small": "height_small", "inside_large": "height_large"}
RADII = ("chip", "control", "card", "dialog", "bar", "thin_bar")
FOCUSED = ("button_padding", "button_padding_small", "button_padding_tight", "button_padding_large")


def sheet_sizes() -> dict[str, str]:
    """Return each size of the template by its name, as `8px`, and the weights of its type.

    The style sheet measures a control inside its border: `inside` is a control's height less its
    edges, and what ends in `_focused` is less by what the wider border of the focus takes.
    """
    edge, focus = round(line_width("edge")), round(line_width("focus"))
    wider = focus - edge
    sizes: dict[str, float] = {**_PART, **read_tokens()["spacing"]["scale"], **_slider(focus)}
    sizes |= {"line_edge": edge, "line_focus": focus, "icon_small": icon_size("small")}
    sizes |= {f"radius_{name}": radius(name) for name in RADII}
    sizes["radius_inside"] = radius("control") - edge
    sizes |= {name: control(height) - 2 * edge for name, height in CONTROLS.items()}
    # A tab ends on the line of the chosen one, and its bar on the rule below it.
    sizes["tab_inside"] = control("tab_bar") - 2 * edge - focus
    sizes["tab_inside_focused"] = sizes["tab_inside"] - wider
    sizes["least_target"] = control("minimum_target")
    sizes["path_height"] = line_height("small")
    sizes["scroll_width"] = part_sizes("overlay_scroll")["width"]
    sizes |= {f"{name}_focused": sizes[name] - 2 * wider for name in CONTROLS}
    sizes |= {
        f"{name}_focused": sizes[name] - wider for name in (*FOCUSED, "chip_padding", "tab_padding")
    }
    return {name: f"{round(size)}px" for name, size in sizes.items()} | type_weights()


def _slider(border: int) -> dict[str, float]:
    """Return the sizes of a slider: its knob, with a border, stands over the track on both
    sides."""
    knob, track = control("slider_handle"), control("slider_track")
    return {
        "slider_track": track,
        "slider_inside": knob - 2 * border,
        "slider_round": knob / 2,
        "slider_overlap": (track - knob) / 2,
    }
