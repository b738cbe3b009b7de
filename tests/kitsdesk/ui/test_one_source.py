"""tokens.json is the one source of colours and sizes: no file of the window names one itself."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from PyQt6.QtGui import QPalette

from kitsdesk.ui import spacing
from kitsdesk.ui.design_tokens import read_theme, read_tokens, type_sizes
from tests.kitsdesk.ui.literal_sizes import (
    LENGTH,
    laid_out_sizes,
    parsed,
    placed_sizes,
    sizes_of_a_template,
    type_radius_and_line_sizes,
    written_lengths,
)
from tests.kitsdesk.ui.seen_widgets import contrast

ROOT = Path(__file__).parents[3]
LITERAL = re.compile(
    r"#[0-9A-Fa-f]{6}\b|[\"' ]#[0-9A-Fa-f]{3}\b|QColor\(\s*\d|\brgba?\(\s*\d|0x\w\w, 0x\w\w, 0x"
)
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

TEMPLATES = sorted(
    file for file in (ROOT / "resources").rglob("*") if file.suffix in (".in", ".j2")
)
FILES = sorted(
    file for room in ("ui", "viewer") for file in (ROOT / "kitsdesk" / room).rglob("*.py")
)


def test_no_colour_is_written_in_the_code():
    found = []
    for file in sorted((ROOT / "kitsdesk").rglob("*.py")):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
            if LITERAL.search(line) or NAMED.search(line):
                found.append(f"{file.relative_to(ROOT)}:{number} {line.strip()}")
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        'INK = "#E7EAEF"',
        "ink = '#fff'",
        "QColor(0, 0, 0)",
        "a { color: rgba(0,0,0,.6); }",
        "KIDNEY = (0x38, 0xBD, 0xF8)",
    ],
)
def test_a_colour_written_into_the_code_is_found(line):
    assert LITERAL.search(line)


def test_no_length_is_written_into_a_style_in_the_code():
    found = [
        f"{file.relative_to(ROOT)}:{line} {value}"
        for file in sorted((ROOT / "kitsdesk").rglob("*.py"))
        for line, value in written_lengths(parsed(file))
    ]
    assert found == []
    page = ast.parse("def page():\n    'A 4px line.'\n    return f'p {{ margin: 8px; }} {px}px'")
    assert written_lengths(page) == [(3, "8px")]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.name)
def test_no_colour_and_no_length_is_written_in_a_template(template):
    text = template.read_text("utf-8")
    assert LITERAL.findall(text) == []
    assert LENGTH.findall(text) == []


def test_no_size_and_no_weight_is_written_in_the_style_sheet():
    text = (ROOT / "resources" / "style" / "kitsdesk.qss.in").read_text("utf-8")
    assert sizes_of_a_template(text) == []
    assert set(type_sizes()) == set(read_tokens()["type"]["scale"])


def test_a_size_written_into_a_template_is_found():
    rule = "QMenu { padding: $space_4 0 5px; border: 1px solid $line; font-weight: 600; }"
    assert sizes_of_a_template(rule) == ["5", "1", "600"]


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


def test_no_layout_and_no_widget_has_a_size_written_in_the_code():
    found = [
        f"{file.relative_to(ROOT)}:{line} {value}"
        for file in FILES
        for line, value in laid_out_sizes(parsed(file))
    ]
    assert found == []


def test_the_spacings_have_the_names_of_the_tokens():
    scale = read_tokens()["spacing"]["scale"]
    named = {name.lower(): value for name, value in vars(spacing).items() if "SPACE_" in name}
    assert named == scale


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
    assert laid_out_sizes(fonts) == [(3, 7)]
    twice = ast.parse("box.setFixedHeight(2 * line + 1)\ngrid.setColumnMinimumWidth(1, width)")
    assert laid_out_sizes(twice) == [(1, 1)]
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
    for name in read_tokens()["parts"]["documents"]:
        writer = ROOT / "kitsdesk" / "project" / f"{name}.py"
        assert f'report_look("{name}")' in writer.read_text("utf-8")
