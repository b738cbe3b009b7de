"""tokens.json is the one source of colours and sizes: no file of the window names one itself."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from PyQt6.QtGui import QPalette

from kitsdesk.ui.design_tokens import read_theme, read_tokens, type_sizes
from tests.kitsdesk.ui.literal_sizes import (
    parsed,
    placed_sizes,
    spacings,
    type_radius_and_line_sizes,
)
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

FILES = sorted(
    file for room in ("ui", "viewer") for file in (ROOT / "kitsdesk" / room).rglob("*.py")
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


def test_no_font_corner_or_line_has_a_size_of_its_own():
    found = [
        f"{file.relative_to(ROOT)}:{line} {value}"
        for file in FILES
        for line, value in type_radius_and_line_sizes(parsed(file))
    ]
    assert found == []


def test_the_spacings_of_layouts_are_steps_of_the_scale():
    scale = {0, 1, *read_tokens()["spacing"]["scale"]}
    found = [
        f"{file.relative_to(ROOT)}:{line} {value}"
        for file in FILES
        for line, value in spacings(parsed(file))
        if value not in scale
    ]
    assert found == []


def test_no_file_writes_another_size_into_its_painting():
    found = [
        f"{file.relative_to(ROOT)}:{line} {value}"
        for file in FILES
        for line, value in placed_sizes(parsed(file))
    ]
    assert found == []


def test_a_size_written_into_a_painter_is_found():
    tree = ast.parse("painter.drawText(QPointF(x + 14, 0), word)\npen = QPen(ink, 1.3)\nw = 3")
    assert placed_sizes(tree) == [(1, 14)]
    assert type_radius_and_line_sizes(tree) == [(2, 1.3)]
    fonts = ast.parse("style.font(12)\npainter.drawRoundedRect(box, 6, 6)\nrow.setSpacing(7)")
    assert type_radius_and_line_sizes(fonts) == [(1, 12), (2, 6), (2, 6)]
    assert spacings(fonts) == [(3, 7)]
    named = ast.parse("mark = IconLabel(name, size=16)\nlabel = tool.label(name, weight=500)")
    assert placed_sizes(named) == [(1, 16)]


def test_every_part_of_the_tokens_is_read_by_its_file():
    rooms = {"panels": "ui", "canvas": "viewer"}
    for kind, room in rooms.items():
        for name in read_tokens()["parts"][kind]:
            files = list((ROOT / "kitsdesk" / room).rglob(f"{name}.py"))
            assert len(files) == 1, name
            assert f'part_sizes("{name}")' in files[0].read_text("utf-8") or (
                f'style.part("{name}")' in files[0].read_text("utf-8")
            )
