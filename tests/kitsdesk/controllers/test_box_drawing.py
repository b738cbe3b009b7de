from __future__ import annotations

import pytest
from desk_cases import AGREEING, SPACING


@pytest.fixture
def boxes(desk):
    desk.show(AGREEING)
    heard = []
    desk.boxes.changed.connect(heard.append)
    desk.boxes.begin(depth_mm=9.0)
    return heard


def drag(desk, *indices, view="axial"):
    for kind, index in zip(
        ("press", *["move"] * (len(indices) - 2), "release"), indices, strict=True
    ):
        z, y, x = (at * step for at, step in zip(index, SPACING, strict=True))
        buttons = ("left",) if kind != "release" else ()
        desk.boxes.on_pointer(desk.told(kind, (x, y, z), view, (), buttons))


def test_a_drag_makes_a_box_with_its_depth_and_tells_it_once(desk, boxes):
    drag(desk, (16, 8, 8), (16, 12, 12), (16, 20, 24), (16, 20, 24))
    assert desk.boxes.box == (15, 18, 8, 21, 8, 25)
    assert desk.canvas.drawn_box == desk.boxes.box
    assert boxes == [desk.boxes.box]


def test_sides_are_pulled_in_another_view_and_the_inside_moves_it(desk, boxes):
    drag(desk, (16, 8, 8), (16, 20, 24), (16, 20, 24))
    drag(desk, (17.4, 15, 16), (25, 15, 16), (25, 15, 16), view="coronal")
    assert desk.boxes.box == (15, 26, 8, 21, 8, 25)
    drag(desk, (20, 14, 16), (20, 18, 13), (20, 18, 13))
    assert desk.boxes.box == (15, 26, 12, 25, 5, 22)


def test_a_click_makes_no_box_and_a_drag_outside_makes_a_new_one(desk, boxes):
    drag(desk, (16, 8, 8), (16, 8.4, 8.4), (16, 8.4, 8.4))
    assert desk.boxes.box is None
    drag(desk, (16, 8, 8), (16, 20, 24), (16, 20, 24))
    drag(desk, (4, 30, 30), (4, 35, 36), (4, 35, 36))
    assert desk.boxes.box == (3, 6, 30, 36, 30, 37)


def test_the_box_goes_with_its_end_and_with_the_case(desk, boxes):
    drag(desk, (16, 8, 8), (16, 20, 24), (16, 20, 24))
    desk.session.close_case()
    assert desk.boxes.box is None
    assert desk.canvas.drawn_box is None
    assert boxes[-1] is None
    desk.show(AGREEING)
    desk.boxes.end()
    drag(desk, (16, 8, 8), (16, 20, 24), (16, 20, 24))
    assert desk.boxes.box is None
