"""The queue over all cases: found in the background, walked, taken and kept from."""

from __future__ import annotations

import numpy as np
from desk_cases import AGREEING, MISSING, SEEN

from kitsdesk.controllers.worst_slice import WorstSlice
from kitsdesk.project.component_store import Components


def test_all_cases_are_compared_and_the_largest_comes_first(queue):
    rows = queue.page.rows
    assert queue.page.progress == (4, 4)
    assert [row.component.case for row in rows][:2] == [SEEN, MISSING]
    volumes = [row.component.ml for row in rows]
    assert volumes == sorted(volumes, reverse=True)
    title = next(row.component.title for row in rows if row.component.case == MISSING)
    assert title.startswith("Tumor missing in the reference, left")
    assert not [row for row in rows if row.component.case == AGREEING]


def test_what_was_found_is_there_at_once_when_the_project_opens_again(queue):
    before = [row.name for row in queue.page.rows]
    queue.desk.session.close_project()
    assert queue.page.rows == []
    found = []
    queue.search.compared.connect(found.append)
    queue.desk.start()
    queue.rest()
    assert [row.name for row in queue.page.rows] == before
    assert not found, "nothing was computed again"


def test_a_saved_mask_is_compared_again(queue):
    name = queue.name(MISSING)
    queue.queue.take(name)
    queue.rest()
    assert queue.state(name) == "taken"
    assert queue.desk.open_case.unsaved == 1
    queue.desk.case.save()
    queue.desk.qtbot.waitUntil(
        lambda: MISSING not in {row.component.case for row in queue.page.rows}, timeout=60000
    )


def test_open_goes_to_case_and_place(queue):
    name = queue.name(SEEN)
    queue.queue.open(name)
    queue.rest()
    assert queue.desk.open_case.case == SEEN
    component = next(row.component for row in queue.page.rows if row.name == name)
    index = queue.desk.open_case.volume.to_index(queue.desk.canvas.place)
    assert np.allclose(index, component.centre)


def test_n_walks_on_across_cases_and_back(queue):
    first, second = queue.page.shown()[:2]
    assert first[0] != second[0]
    queue.queue.open(first)
    queue.rest()
    queue.queue.step(1)
    queue.rest()
    assert queue.desk.open_case.case == second[0]
    assert queue.page.marked == second
    queue.queue.step(-1)
    queue.rest()
    assert queue.desk.open_case.case == first[0]


def test_opening_another_case_ends_the_walk(queue):
    queue.queue.open(queue.page.shown()[0])
    queue.rest()
    assert queue.queue.walking
    queue.desk.show(AGREEING)
    assert not queue.queue.walking


def test_taking_and_keeping_on_the_canvases_walk_on(queue):
    first, second = queue.page.shown()[:2]
    queue.queue.open(first)
    queue.rest()
    queue.desk.review.keep_reference()
    queue.rest()
    assert queue.state(first) == "kept"
    assert queue.desk.open_case.case == second[0]


def test_keep_needs_no_open_case_and_outlives_the_window(queue):
    name = queue.name(MISSING)
    queue.queue.keep(name)
    assert queue.state(name) == "kept"
    assert queue.desk.session.case is None
    queue.desk.session.close_project()
    queue.desk.start()
    queue.rest()
    assert queue.state(name) == "kept"
    queue.desk.show(MISSING)
    assert queue.desk.panels.facts.disagreements[0].settled == "kept"
    assert queue.desk.review.open_disagreements == len(queue.desk.review.disagreements) - 1


def test_undo_opens_a_taken_one_again(queue):
    name = queue.name(MISSING)
    queue.queue.take(name)
    queue.rest()
    queue.desk.editing.undo()
    queue.rest()
    assert queue.state(name) == ""
    assert Components(queue.desk.session.project).settled() == {}


def test_pictures_are_kept(queue):
    name = queue.name(MISSING)
    queue.queue.load_pictures([name], queue.page.set_pictures)
    queue.rest()
    assert queue.page.pictures[name].shape == (128, 128, 3)


def test_more_like_this_leaves_out_what_was_refused_or_settled(queue):
    name = queue.name(SEEN)
    queue.alike.show(name)
    others = [(c.component.case, c.component.key) for c in queue.page.cards]
    kind = next(row.component for row in queue.page.rows if row.name == name)
    for row in queue.page.rows:
        same = (row.component.structure, row.component.prediction_only, row.component.boundary)
        wanted = same == (kind.structure, kind.prediction_only, kind.boundary)
        assert (row.name in others) == (wanted and row.name != name)
    if others:
        queue.alike.reject(others[0])
        queue.alike.show(name)
        assert others[0] not in [(c.component.case, c.component.key) for c in queue.page.cards]


def test_a_click_in_the_scatter_opens_the_worst_slice(queue):
    desk = queue.desk.desk
    worst = WorstSlice(desk.session, desk.case, desk.review, queue.desk.canvas)
    worst.open(SEEN)
    queue.rest()
    case = queue.desk.open_case
    assert case.case == SEEN
    differ = (case.mask > 0) != (case.prediction > 0)
    differ |= (case.mask == 2) != (case.prediction == 2)
    z = int(np.rint(case.volume.to_index(queue.desk.canvas.place)[0]))
    assert z == int(differ.sum(axis=(1, 2)).argmax())
    queue.desk.canvas.set_crosshair((0.0, 0.0, 0.0))
    worst.open(SEEN)
    assert int(np.rint(case.volume.to_index(queue.desk.canvas.place)[0])) == z


def test_what_was_settled_is_on_disk_when_the_project_closes_at_once(queue):
    name = queue.name(MISSING)
    queue.queue.keep(name)
    queue.desk.session.close_project()
    queue.desk.start()
    queue.rest()
    assert Components(queue.desk.session.project).settled() == {name: "kept"}
    assert queue.state(name) == "kept"


def test_what_the_disk_refused_is_told_and_comes_with_the_next(queue):
    name, other = queue.name(MISSING), queue.name(SEEN)
    store = queue.desk.session.project.store
    may_write, store.may_write = store.may_write, lambda: False
    queue.queue.keep(name)
    queue.rest()
    assert "took this project over" in queue.desk.shell.problems[-1].happened
    assert queue.state(name) == "kept"
    store.may_write = may_write
    queue.queue.keep(other)
    queue.rest()
    assert Components(queue.desk.session.project).settled() == {name: "kept", other: "kept"}
