"""tokens.json is the one source of every colour: no file of the window names one itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PyQt6.QtGui import QPalette

from kitsdesk.ui.design_tokens import read_theme, read_tokens, type_sizes
from tests.kitsdesk.ui.seen_widgets import contrast

ROOT = Path(__file__).parents[3]
LITERAL = re.compile(r"#[0-9A-Fa-f]{6}\b|QColor\(\s*\d|\brgba?\(")
# The sheet's shade is black by way of the token; Qt's own named colours are none but clear.
NAMED = re.compile(r"GlobalColor\.(?!transparent)\w+")
PAIRS = (
    (QPalette.ColorRole.WindowText, QPalette.ColorRole.Window),
    (QPalette.ColorRole.Text, QPalette.ColorRole.Base),
    (QPalette.ColorRole.ButtonText, QPalette.ColorRole.Button),
    (QPalette.ColorRole.HighlightedText, QPalette.ColorRole.Highlight),
    (QPalette.ColorRole.ToolTipText, QPalette.ColorRole.ToolTipBase),
    (QPalette.ColorRole.PlaceholderText, QPalette.ColorRole.Base),
)


@pytest.mark.parametrize("room", ["ui", "viewer"])
def test_no_colour_is_written_in_the_code(room):
    found = []
    for file in sorted((ROOT / "kitsdesk" / room).rglob("*.py")):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
            if LITERAL.search(line) or NAMED.search(line):
                found.append(f"{file.relative_to(ROOT)}:{number} {line.strip()}")
    assert found == []


def test_no_colour_and_no_type_size_is_written_in_the_style_sheet():
    text = (ROOT / "resources" / "style" / "kitsdesk.qss.in").read_text("utf-8")
    assert LITERAL.findall(text) == []
    assert re.findall(r"font-size:\s*\d+", text) == []
    assert set(type_sizes()) == set(read_tokens()["type"]["scale"])


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_palette_that_widgets_get_can_be_read(styled, qapp, theme):
    styled.set_theme(theme)
    palette = qapp.palette()
    worst = min(
        contrast(palette.color(text).name(), palette.color(ground).name()) for text, ground in PAIRS
    )
    assert worst >= 4.5


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_colour_of_the_style_sheet_is_one_of_the_theme(styled, qapp, theme):
    styled.set_theme(theme)
    known = {colour.lower() for colour in read_theme(theme).colours.values()}
    known.add(read_tokens()["canvas"]["gap_between_canvases"]["colour"].lower())
    used = {found.lower() for found in re.findall(r"#[0-9A-Fa-f]{6}\b", qapp.styleSheet())}
    assert used
    assert used <= known
