"""The controllers behind the window, on a real project, with views that only remember."""

from __future__ import annotations

import numpy as np
import pytest

from kitsdesk.compose.desk import Views, build_desk
from kitsdesk.demo.loop import StrokePoint
from kitsdesk.demo.silent_views import SilentCanvas, SilentCaseList, SilentPanels, SilentShell
from kitsdesk.demo.waiting import call_and_wait, wait_until
from kitsdesk.editing.gates import Gates


class Bench:
    """A desk with silent views on one project."""

    def __init__(self, folder):
        self.shell, self.cases, self.panels = SilentShell(), SilentCaseList(), SilentPanels()
        panels = self.panels
        self.desk = build_desk(
            Views(self.shell, self.cases, SilentCanvas(), panels, panels, panels, panels, panels),
            "tester",
        )
        self.wait_for(lambda then: self.desk.project.open(folder, then))

    def wait_for(self, call):
        return call_and_wait(call, "the step", 60, self.shell.problems)

    def until(self, condition):
        wait_until(condition, "the condition", 60, self.shell.problems)

    def open(self, number=0):
        case = self.desk.session.project.cases()[number].case
        self.wait_for(lambda then: self.desk.case.open(case, then))
        self.until(lambda: not self.desk.pool.busy)
        return self.desk.session.case

    def stroke(self, case, index, tool="brush", modifiers=frozenset()):
        self.desk.editing.choose_tool(tool)
        mm = tuple(float(v) for v in case.volume.to_mm(index))
        for kind in ("press", "move", "release"):
            self.desk.editing.on_pointer(StrokePoint(kind, "axial", mm, modifiers=modifiers))

    def decision(self, case):
        return self.desk.session.decisions.current(case.case).decision


@pytest.fixture
def bench(qapp, project):
    bench = Bench(project)
    bench.desk.editing.set_diameter(40.0)
    yield bench
    bench.desk.close()


def test_a_stroke_paints_undo_takes_it_back_by_name_and_redo_brings_it(bench):
    case = bench.open()
    before = case.mask.copy()
    bench.desk.editing.choose_structure(2)
    bench.stroke(case, (10, 10, 10))
    painted = case.mask.copy()
    assert case.mask[10, 10, 10] == 2
    bench.desk.editing.undo()
    assert np.array_equal(case.mask, before)
    assert bench.shell.messages[-1].startswith("Undone: ")
    bench.desk.editing.redo()
    assert np.array_equal(case.mask, painted)


def test_the_eraser_takes_every_structure_and_ctrl_only_the_active_one(bench):
    case = bench.open()
    case.mask[8:13, 30:50, 30:50] = 1
    case.mask[8:13, 30:50, 40:50] = 2
    bench.desk.editing.choose_structure(2)
    bench.stroke(case, (10, 40, 40), modifiers=frozenset({"ctrl"}))
    assert case.mask[10, 40, 41] == 0
    assert case.mask[10, 40, 38] == 1
    bench.stroke(case, (10, 40, 36), tool="eraser")
    assert case.mask[10, 40, 36] == 0


def test_a_locked_structure_stays_and_the_status_bar_says_so(bench):
    case = bench.open()
    case.mask[8:13, 30:50, 30:50] = 1
    bench.desk.editing.set_gates(Gates(locked=frozenset({1})))
    bench.desk.editing.choose_structure(2)
    bench.stroke(case, (10, 40, 40))
    assert case.mask[10, 40, 40] == 1
    assert any("locked" in message for message in bench.shell.messages)


def test_edits_come_back_when_the_case_is_opened_again(bench):
    case = bench.open(0)
    bench.stroke(case, (10, 10, 10))
    painted = case.mask.copy()
    bench.open(1)
    again = bench.open(0)
    assert again.unsaved == 1
    assert np.array_equal(again.mask, painted)


def test_a_saved_correction_is_a_revision_and_a_decision_that_can_be_undone(bench):
    case = bench.open()
    bench.stroke(case, (10, 10, 10))
    bench.wait_for(bench.desk.decisions.save_correction)
    assert (case.base.number, case.unsaved, bench.decision(case)) == (1, 0, "corrected")
    bench.desk.decisions.undo_decision()
    assert bench.decision(case) == "unreviewed"


def test_the_held_out_prediction_replaces_the_mask_with_its_reason(bench):
    case = bench.open()
    bench.wait_for(lambda then: bench.desk.decisions.use_prediction("wrong side", then))
    assert bench.decision(case) == "replaced"
    assert np.array_equal(case.mask, case.prediction)
    record = bench.desk.session.decisions.current(case.case)
    assert (record.reason, record.author) == ("wrong side", "tester")


def test_restore_reference_is_a_new_revision_equal_to_it(bench):
    case = bench.open()
    bench.stroke(case, (10, 10, 10))
    bench.wait_for(bench.desk.decisions.save_correction)
    bench.desk.decisions.restore_reference()
    bench.until(lambda: case.base.number == 2 and bench.decision(case) == "unreviewed")
    assert np.array_equal(case.mask, case.reference)


def test_excluding_without_a_reason_is_refused_and_with_one_recorded(bench):
    case = bench.open()
    bench.desk.decisions.exclude("")
    assert bench.shell.problems
    bench.shell.problems.clear()
    bench.desk.decisions.exclude("two phases")
    assert bench.decision(case) == "excluded"


def test_done_and_next_asks_twice_while_disagreements_are_open(bench):
    case = bench.open()
    assert bench.desk.review.open_disagreements > 0
    bench.desk.decisions.done_and_next()
    assert bench.decision(case) == "unreviewed"
    assert "still open" in bench.shell.messages[-1]
    bench.desk.decisions.done_and_next()
    assert bench.decision(case) == "kept"
    bench.until(
        lambda: bench.desk.session.case is not None and bench.desk.session.case.case != case.case
    )


def test_taking_a_disagreement_makes_the_mask_agree_there(bench):
    case = bench.open()
    item = bench.desk.review.disagreements[0]
    where = tuple(item.centre)
    assert case.mask[where] != case.prediction[where]
    bench.desk.review.take(0)
    assert (case.mask[where] > 0) == (case.prediction[where] > 0)
    assert case.unsaved == 1
    assert case.history.entries()[-1].name.startswith("Take prediction")
