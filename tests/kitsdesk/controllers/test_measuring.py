from __future__ import annotations

import dataclasses

import pytest
from desk_cases import AGREEING, MISSING, TUMOR_AT

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


def test_rulers_stay_in_every_tool_until_they_are_deleted(desk, case):
    desk.editing.choose_tool("ruler")
    desk.drag((4, 6, 6), (4, 6, 10), (4, 9, 10))
    desk.drag((4, 6, 6), (4, 6, 16))
    texts = [shape.text for shape in desk.canvas.measures]
    assert texts == ["10.0 mm", "20.0 mm"]
    assert desk.canvas.measures[1].points == ((12.0, 12.0, 12.0), (32.0, 12.0, 12.0))
    desk.editing.choose_tool("brush")
    assert len(desk.canvas.measures) == 2
    assert desk.history() == []


def test_a_click_on_a_measure_deletes_it_and_one_beside_it_does_not(desk, case):
    desk.editing.choose_tool("ruler")
    desk.drag((4, 6, 6), (4, 6, 16))
    desk.drag((5, 6, 6), (5, 6, 12))
    desk.click((4, 12, 12))
    desk.click((9, 6, 12))
    assert len(desk.canvas.measures) == 2
    desk.click((4, 6, 13))
    assert [shape.text for shape in desk.canvas.measures] == ["12.0 mm"]
    assert desk.said == "Measure deleted: 20.0 mm"


def test_delete_takes_the_measure_under_the_pointer_and_no_other_case_keeps_it(desk, case):
    desk.editing.choose_tool("ruler")
    desk.drag((4, 6, 6), (4, 6, 16))
    desk.drag((4, 20, 6), (4, 20, 12))
    desk.point("move", (4, 6, 10), buttons=())
    desk.operations.delete_measure()
    assert [shape.text for shape in desk.canvas.measures] == ["12.0 mm"]
    desk.point("move", (20, 6, 10), buttons=())
    desk.operations.delete_measure()
    assert desk.said == "No measure lies on the slices shown."
    desk.show(MISSING)
    assert desk.canvas.measures == ()


def test_an_ellipse_tells_mean_and_deviation(desk, case):
    desk.editing.choose_tool("ellipse")
    z, y, x = TUMOR_AT
    desk.drag((z, y - 2, x - 2), (z, y + 2, x + 2))
    shape = desk.canvas.measures[0]
    mean, deviation = shape.text.removesuffix(" HU").split(" ± ")
    assert shape.kind == "ellipse"
    assert int(mean) == pytest.approx(60, abs=5)
    assert 2 <= int(deviation) <= 9
    desk.drag((4, 4, 4), (4, 8, 8))
    assert desk.said.startswith("−2")


def test_the_longest_axial_diameter_of_the_part_under_the_pointer(desk, case):
    desk.editing.choose_tool("diameter")
    desk.click(TUMOR_AT)
    shape = desk.canvas.measures[0]
    assert shape.kind == "line"
    assert float(shape.text.removesuffix(" mm")) == pytest.approx(18.4, abs=0.6)
    assert desk.said == f"Longest axial diameter of the tumor: {shape.text}"
    assert desk.canvas.place[2] == shape.points[0][2]
    desk.click(EMPTY)
    assert desk.said == "Click on a kidney, tumor or cyst to measure it."
