"""Paint from the queue, and the offer of others alike after it."""

from __future__ import annotations

from dataclasses import replace

from desk_cases import MISSING, TUMOR_AT
from desk_queue import Queue

from kitsdesk.review.queue_rows import in_order


def test_paint_opens_the_case_with_the_brush_and_the_first_stroke_settles(queue):
    name = queue.name(MISSING)
    shown = []
    queue.queue.opened.connect(lambda: shown.append(True))
    queue.queue.paint(name)
    queue.rest()
    desk = queue.desk
    assert desk.open_case.case == MISSING
    assert (desk.editing.tool, desk.editing.structure) == ("brush", 2)
    assert shown == [True]
    assert queue.page.marked == name
    assert queue.state(name) == ""
    desk.drag(TUMOR_AT)
    assert queue.state(name) == "painted"
    desk.editing.undo()
    assert queue.state(name) == ""


def test_after_painting_those_alike_are_offered(queue):
    name = queue.name(MISSING)
    row = queue.queue.rows[name]
    twin = replace(row, component=replace(row.component, case="case_00799", key="twin"))
    queue.queue._rows[twin.name] = twin
    queue.page.set_rows(in_order(list(queue.queue.rows.values())))
    queue.queue.paint(name)
    queue.rest()
    assert "More like this" not in queue.desk.said
    queue.desk.drag(TUMOR_AT)
    assert queue.desk.said == (
        "Painted. 1 unreviewed disagreement is like it: Review, More like this."
    )


def test_nothing_is_painted_in_a_project_that_is_only_read(closed):
    queue = Queue(closed)
    closed.start()
    queue.rest()
    name = queue.name(MISSING)
    queue.desk.session.close_project()
    queue.desk.start(read_only=True)
    queue.rest()
    queue.queue.paint(name)
    queue.rest()
    assert queue.desk.session.case is None
    assert queue.desk.editing.tool == "navigate"
    assert "read-only" in queue.desk.said
    queue.search.close()
