"""A planted fault stands in the queue as it does in the list, and goes from it."""

from __future__ import annotations

import pytest
from desk_cases import AGREEING
from desk_queue import Queue
from test_planted_display import nothing_was_written

from kitsdesk.project.component_finding import ComponentFinder
from kitsdesk.project.component_store import Components
from kitsdesk.project.planted_faults import PlantedFaults


@pytest.fixture
def desk_with_plant(desk):
    """A fault is planted in AGREEING, whose real mask equals the prediction."""
    finder = ComponentFinder(desk.session.project)
    assert finder.find(AGREEING) == []
    assert finder.missing([AGREEING]) == []
    list(PlantedFaults(desk.session.project).plant(0.1, seed=5))
    desk.session.casesChanged.emit([AGREEING])
    desk.rest()
    return desk


@pytest.fixture
def queue(desk_with_plant):
    made = Queue(desk_with_plant)
    made.search.catch_up()
    made.rest()
    yield made
    made.search.close()


def of_case(page):
    return [row for row in page.rows if row.component.case == AGREEING]


def test_the_components_of_a_planted_case_are_those_the_review_panel_shows(desk_with_plant):
    desk = desk_with_plant
    finder = ComponentFinder(desk.session.project)
    assert finder.missing([AGREEING]) == [AGREEING]
    found = finder.find(AGREEING)
    assert finder.missing([AGREEING]) == []
    desk.show(AGREEING)
    assert [part.key for part in found] == list(desk.review.keys)
    assert found
    assert nothing_was_written(desk)


def test_they_go_with_the_fault(desk_with_plant):
    project = desk_with_plant.session.project
    finder = ComponentFinder(project)
    finder.find(AGREEING)
    PlantedFaults(project).remove([AGREEING])
    assert finder.missing([AGREEING]) == [AGREEING]
    assert finder.known([AGREEING]) == []
    assert finder.find(AGREEING) == []
    assert Components(project).of(AGREEING) == []


def test_the_queue_opens_the_fault_and_forgets_what_was_said_of_it(queue):
    rows = of_case(queue.page)
    assert rows
    queue.queue.keep(rows[0].name)
    assert of_case(queue.page)[0].state == "kept"
    assert Components(queue.desk.session.project).settled(AGREEING) == {}
    queue.queue.open(rows[0].name)
    queue.desk.qtbot.waitUntil(
        lambda: queue.desk.session.case is not None and queue.desk.review.ready, timeout=20000
    )
    assert queue.desk.session.case.case == AGREEING
    assert rows[0].component.key in queue.desk.review.keys
