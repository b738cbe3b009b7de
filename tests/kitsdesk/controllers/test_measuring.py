from __future__ import annotations

import dataclasses

import pytest
from desk_cases import AGREEING, TUMOR_AT

from kitsdesk.controllers.drawn_shape import DrawnShape
from kitsdesk.viewer.scene import Shape

EMPTY = (4, 6, 6)


@pytest.fixture
def case(desk):
    return desk.show(AGREEING)


def test_a_drawn_shape_has_the_fields_of_the_canvases_own():
    assert [f.name for f in dataclasses.fields(DrawnShape)] == [
        f.name for f in dataclasses.fields(Shape)
    ]


def test_rulers_stay_until_a_click_or_another_tool(desk, case):
    desk.editing.choose_tool("ruler")
    desk.drag((4, 6, 6), (4, 6, 10), (4, 9, 10))
    desk.drag((4, 6, 6), (4, 6, 16))
    texts = [shape.text for shape in desk.canvas.shapes]
    assert texts == ["10.0 mm", "20.0 mm"]
    assert desk.canvas.shapes[1].points == ((12.0, 12.0, 12.0), (32.0, 12.0, 12.0))
    desk.click((4, 6, 6))
    assert desk.canvas.shapes == ()
    desk.drag((4, 6, 6), (4, 6, 16))
    desk.editing.choose_tool("navigate")
    assert desk.canvas.shapes == ()
    assert desk.history() == []


def test_an_ellipse_tells_mean_and_deviation(desk, case):
    desk.editing.choose_tool("ellipse")
    z, y, x = TUMOR_AT
    desk.drag((z, y - 2, x - 2), (z, y + 2, x + 2))
    shape = desk.canvas.shapes[0]
    mean, deviation = shape.text.removesuffix(" HU").split(" ± ")
    assert shape.kind == "ellipse"
    assert int(mean) == pytest.approx(60, abs=5)
    assert 2 <= int(deviation) <= 9
    desk.drag((4, 4, 4), (4, 8, 8))
    assert desk.said.startswith("−2")


def test_the_longest_axial_diameter_of_the_part_under_the_pointer(desk, case):
    desk.editing.choose_tool("diameter")
    desk.click(TUMOR_AT)
    shape = desk.canvas.shapes[0]
    assert shape.kind == "line"
    assert float(shape.text.removesuffix(" mm")) == pytest.approx(18.4, abs=0.6)
    assert desk.said == f"Longest axial diameter of the tumor: {shape.text}"
    assert desk.canvas.place[2] == shape.points[0][2]
    desk.click(EMPTY)
    assert desk.said == "Click on a kidney, tumor or cyst to measure it."
