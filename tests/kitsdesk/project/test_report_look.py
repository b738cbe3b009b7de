"""The look of the curation report: the tokens' colours and sizes, and texts that can be read."""

from __future__ import annotations

import re

import pytest

from kitsdesk.paths import resources
from kitsdesk.project.report_look import report_look
from kitsdesk.tokens import read_tokens

LOOK = report_look("curation_report")
TEXTS = ("text", "text_muted", "accent", "warning", "success")


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_texts_of_the_report_can_be_read_on_its_page(theme):
    colours = LOOK[theme]
    assert min(contrast(colours[text], colours["paper"]) for text in TEXTS) >= 4.5
    assert contrast(colours["text_muted"], colours["panel"]) >= 4.5
    assert contrast(LOOK["canvas"]["text"], LOOK["canvas"]["background"]) >= 4.5


def test_every_colour_and_size_that_the_template_asks_for_is_there():
    template = (resources() / "report" / "curation.html.j2").read_text("utf-8")
    asked = set(re.findall(r"var\(--(\w+)\)", template))
    assert {"paper", "text_muted", "space_8", "page_title"} <= asked
    assert asked <= LOOK["light"].keys() | LOOK["sizes"].keys()
    assert asked <= LOOK["dark"].keys() | LOOK["sizes"].keys()
    assert not LOOK["light"].keys() & LOOK["sizes"].keys()


def test_the_sizes_are_those_of_the_type_and_spacing_scales():
    tokens = read_tokens()
    assert LOOK["sizes"]["heading"] == tokens["type"]["scale"]["heading"]["px"]
    assert LOOK["sizes"]["heading_line"] == tokens["type"]["scale"]["heading"]["line"]
    assert LOOK["sizes"]["space_16"] == tokens["spacing"]["scale"]["space_16"]
