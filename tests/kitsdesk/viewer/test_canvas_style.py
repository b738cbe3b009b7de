from __future__ import annotations

import json
from pathlib import Path

import pytest

from kitsdesk.viewer import canvas_style as style

TOKENS = Path(__file__).parents[3] / "resources" / "style" / "tokens.json"


@pytest.fixture(scope="module")
def tokens():
    return json.loads(TOKENS.read_text(encoding="utf-8"))


def test_structures_look_as_the_tokens_say(tokens):
    for look in style.STRUCTURES.values():
        token = tokens["structures"]["on_canvas"][look.name]
        assert look.colour == token["colour"]
        assert look.fill_opacity == token["fill_opacity"]
        assert f"{look.width:g} px" in token["outline"]


def test_canvas_colours_are_the_tokens(tokens):
    canvas = tokens["canvas"]
    assert canvas["background"] == style.BACKGROUND
    assert (canvas["text"], canvas["text_muted"]) == (style.TEXT, style.TEXT_MUTED)
    assert canvas["crosshair"] == style.CROSSHAIR
    assert canvas["crosshair_opacity"] == style.CROSSHAIR_OPACITY
    gap = canvas["gap_between_canvases"]
    assert (gap["colour"], gap["px"]) == (style.GAP, style.GAP_PX)
    rail = canvas["rail"]
    assert rail["width"] == style.RAIL_PX
    assert rail["foreground_area"] == style.RAIL_FOREGROUND
    assert rail["disagreement_area"] == style.RAIL_DISAGREEMENT
    assert (rail["track"], rail["handle"]) == (style.RAIL_TRACK, style.RAIL_HANDLE)


def test_comparison_colours_are_the_tokens(tokens):
    comparison = tokens["comparison"]["on_canvas"]
    assert comparison["reference_only"]["colour"] == style.REFERENCE_ONLY
    assert comparison["prediction_only"]["colour"] == style.PREDICTION_ONLY
