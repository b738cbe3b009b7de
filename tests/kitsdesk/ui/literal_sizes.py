"""Sizes in px that a file of the window writes itself instead of reading them from the tokens."""

from __future__ import annotations

import ast
import re
from pathlib import Path

SPACINGS = (
    *("setSpacing", "addSpacing", "setContentsMargins"),
    *("setHorizontalSpacing", "setVerticalSpacing"),
)
EXTENTS = (
    *("setFixedSize", "setFixedWidth", "setFixedHeight", "setMinimumSize", "setMinimumWidth"),
    *("setMinimumHeight", "setMaximumSize", "setMaximumWidth", "setMaximumHeight", "QSize"),
)
COLUMNS = ("setColumnMinimumWidth", "setRowMinimumHeight")
PLACED = (
    *("QRect", "QRectF", "QSize", "QSizeF", "QPoint", "QPointF", "QLineF", "QMargins", "px"),
    *("adjusted", "translated", "translate", "setWidth", "setHeight", "moveLeft", "moveTop"),
    *("setFixedSize", "setFixedWidth", "setFixedHeight", "setMinimumSize", "setMinimumWidth"),
    *("setMinimumHeight", "setMaximumWidth", "setMaximumHeight", "setIconSize", "drawLine"),
    *("drawEllipse", "drawText", "fillRect", "setWidthF", "Bar", "Glyph", "IconLabel"),
    *("setGeometry", "setColumnMinimumWidth", "setBlurRadius", "setOffset", "draw_text"),
    *("CardPicture", "ProgressLine"),
)
ROUND, PENS, FONTS = ("drawRoundedRect",), ("QPen",), ("font", "setPixelSize")
# What is a size where it is passed by its name.
NAMED = ("size", "width", "gap", "line_gap")
# A pixel's own edges and middle, and nothing.
PIXEL = (0, 0.5, 1, 1.5, 2)
LENGTH = re.compile(r"(?<![\w$.-])\d+(?:\.\d+)?(?:px|pt|mm)\b")
Found = list[tuple[int, float]]


def called(node: ast.Call) -> str:
    """Return the last name of what is called."""
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def numbers(node: ast.AST) -> Found:
    """Return the numbers written in an expression, those of a subscript or of a condition
    left out: they are places and states, not sizes."""
    if isinstance(node, ast.Constant):
        is_number = isinstance(node.value, int | float) and not isinstance(node.value, bool)
        return [(node.lineno, node.value)] if is_number else []
    if isinstance(node, ast.Subscript):
        return numbers(node.value)
    if isinstance(node, ast.Compare):
        return []
    if isinstance(node, ast.Call) and called(node) not in PLACED:
        return numbers(node.func)
    return [found for child in ast.iter_child_nodes(node) for found in numbers(child)]


def calls(tree: ast.AST, names: tuple[str, ...]) -> list[ast.Call]:
    """Return the calls of these names, outermost first."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node) in names]


def type_radius_and_line_sizes(tree: ast.AST) -> Found:
    """Return font sizes, corner radii and line widths written as numbers."""
    fonts = [found for call in calls(tree, FONTS) for found in first(call, 0)]
    pens = [found for call in calls(tree, PENS) for found in first(call, 1)]
    corners = [
        found for call in calls(tree, ROUND) for place in (1, 2) for found in first(call, place)
    ]
    return [*fonts, *pens, *corners]


def laid_out_sizes(tree: ast.AST) -> Found:
    """Return the spacings, margins and sizes of layouts and widgets that are written as
    numbers; twice a size and the half of one are no sizes, nor is nothing."""
    arguments = [part for call in calls(tree, (*SPACINGS, *EXTENTS)) for part in call.args]
    # The first argument is a column's number.
    columns = [part for call in calls(tree, COLUMNS) for part in call.args[1:]]
    found = {number for part in (*arguments, *columns) for number in added(part)}
    return sorted((line, value) for line, value in found if value != 0)


def added(node: ast.AST) -> Found:
    """Return the numbers of an expression that are no factor 2."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div | ast.FloorDiv):
        sides = [side for side in (node.left, node.right) if ast.unparse(side) != "2"]
        return [found for side in sides for found in added(side)]
    if isinstance(node, ast.BinOp):
        return [*added(node.left), *added(node.right)]
    return numbers(node)


def written_lengths(tree: ast.AST) -> list[tuple[int, str]]:
    """Return the lengths, such as 8px, in the texts of a file; its docstrings are prose."""
    prose = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        (node.lineno, length)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in prose
        for length in LENGTH.findall(node.value)
    ]


def sizes_of_a_template(text: str) -> list[str]:
    """Return the numbers other than 0 that a style sheet's template writes itself."""
    return [found for found in re.findall(r"(?<![\w$#])\d+(?:\.\d+)?", text) if found != "0"]


def placed_sizes(tree: ast.AST) -> Found:
    """Return the numbers in the sizes and places of what is drawn or laid out."""
    placed = [part for call in calls(tree, PLACED) for part in call.args]
    named = [
        word.value for word in ast.walk(tree) if isinstance(word, ast.keyword) and word.arg in NAMED
    ]
    found = {found for part in (*placed, *named) for found in numbers(part)}
    return sorted((line, value) for line, value in found if value not in PIXEL)


def first(call: ast.Call, place: int) -> Found:
    """Return the numbers of one argument."""
    return numbers(call.args[place]) if len(call.args) > place else []


def parsed(file: Path) -> ast.AST:
    """Return the syntax tree of a file."""
    return ast.parse(file.read_text("utf-8"))
