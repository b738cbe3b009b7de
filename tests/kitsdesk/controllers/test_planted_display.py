from __future__ import annotations

import numpy as np
import pytest
from desk_cases import AGREEING, MISSING, reference_of, true_mask

from kitsdesk.project.planted_faults import PlantedFaults
from kitsdesk.project.revisions import Revisions


@pytest.fixture
def planted(desk):
    """A fault is planted in AGREEING, the one case that is probably right."""
    steps = PlantedFaults(desk.session.project).plant(0.1, seed=5)
    for case in steps:
        assert case == AGREEING
    desk.session.casesChanged.emit([AGREEING])
    desk.rest()
    return desk


def truth_on_disk(desk):
    return Revisions(desk.session.project).load(AGREEING)[0]


def nothing_was_written(desk) -> bool:
    project = desk.session.project
    return (
        [r.number for r in Revisions(project).all(AGREEING)] == [0]
        and not project.masks_folder(AGREEING).exists()
        and not project.journal_path(AGREEING).exists()
        and np.array_equal(truth_on_disk(desk), true_mask())
        and desk.decision(AGREEING) == "unreviewed"
    )


def test_it_is_shown_as_any_other_fault(planted):
    row = planted.project.rows[AGREEING]
    assert row.suspicion > 0.1
    assert row.decision == "unreviewed"
    case = planted.show(AGREEING)
    assert case.planted is not None
    assert case.journal is None
    assert not np.array_equal(case.mask, true_mask())
    assert planted.panels.facts.disagreements
    assert planted.panels.facts.decision == "unreviewed"


def test_keeping_it_is_a_miss_and_the_real_case_comes_back_unreviewed(planted):
    planted.show(AGREEING)
    planted.decisions.keep()
    planted.rest()
    assert planted.session.planted.counts() == type(planted.session.planted.counts())(0, 1)
    assert "it was missed" in planted.said
    assert planted.open_case.planted is None
    assert np.array_equal(planted.open_case.mask, true_mask())
    assert planted.project.rows[AGREEING].suspicion == pytest.approx(0.0)
    assert nothing_was_written(planted)


@pytest.mark.parametrize("how", ["exclude", "replace"])
def test_throwing_it_out_finds_it_and_changes_nothing(planted, how):
    planted.show(AGREEING)
    if how == "exclude":
        planted.decisions.exclude("wrong")
    else:
        planted.decisions.use_prediction("wrong")
    planted.rest()
    assert planted.session.planted.counts().found == 1
    assert "you found it" in planted.said
    assert nothing_was_written(planted)


@pytest.mark.parametrize("save", ["correction", "ctrl_s", "done"])
def test_a_correction_finds_it_only_where_the_fault_was(planted, save):
    case = planted.show(AGREEING)
    wrong = np.argwhere(case.mask != true_mask())[0]
    planted.editing.choose_structure(int(true_mask()[tuple(wrong)]))
    structure = int(true_mask()[tuple(wrong)])
    planted.paint(tuple(int(v) for v in wrong), structure=structure)
    if save == "correction":
        planted.decisions.save_correction()
    elif save == "ctrl_s":
        planted.case.save()
    else:
        planted.decisions.done_and_next()
    planted.rest()
    counts = planted.session.planted.counts()
    assert (counts.found, counts.judged) == (1, 1)
    assert nothing_was_written(planted)


def test_a_correction_elsewhere_is_a_miss(planted):
    planted.show(AGREEING)
    planted.paint((2, 4, 4), structure=1)
    planted.decisions.save_correction()
    planted.rest()
    counts = planted.session.planted.counts()
    assert (counts.found, counts.judged) == (0, 1)
    assert nothing_was_written(planted)


def test_drawing_on_it_leaves_no_journal(planted):
    planted.show(AGREEING)
    planted.paint((2, 4, 4), structure=1)
    planted.show(MISSING)
    planted.rest()
    assert nothing_was_written(planted)
    assert planted.show(AGREEING).unsaved == 0


def test_putting_it_off_removes_it_without_a_verdict(planted):
    planted.show(AGREEING)
    planted.decisions.decide_later()
    planted.rest()
    assert planted.session.planted.counts().judged == 0
    assert planted.session.planted.active() == {}
    assert nothing_was_written(planted)


def test_among_several_cases_only_the_real_ones_are_decided(planted):
    planted.show(MISSING)
    planted.cases.selected = [MISSING, AGREEING]
    planted.decisions.keep()
    planted.rest()
    assert planted.decision(MISSING) == "kept"
    assert nothing_was_written(planted)
    assert planted.session.planted.counts().judged == 1


def test_several_masks_are_replaced_at_once_and_undone_as_one(desk):
    desk.show(MISSING)
    desk.cases.selected = [MISSING, AGREEING]
    desk.decisions.use_prediction("networks agree")
    desk.rest()
    assert desk.decision(MISSING) == desk.decision(AGREEING) == "replaced"
    assert np.array_equal(Revisions(desk.session.project).load(MISSING)[0], true_mask())
    assert desk.open_case.case == MISSING
    assert np.array_equal(desk.open_case.mask, true_mask())
    desk.cases.selected = [MISSING]
    desk.decisions.undo_decision()
    assert desk.decision(MISSING) == desk.decision(AGREEING) == "unreviewed"
    desk.cases.selected = [MISSING, AGREEING]
    desk.decisions.restore_reference()
    desk.rest()
    assert np.array_equal(Revisions(desk.session.project).load(MISSING)[0], reference_of(MISSING))


def test_those_that_cannot_be_replaced_are_named(desk):
    desk.show(MISSING)
    desk.cases.selected = [MISSING, "case_00702"]
    desk.decisions.use_prediction("networks agree")
    desk.rest()
    assert desk.decision("case_00702") == "unreviewed"
    assert "1 left as they were: case_00702: every fold has seen it" in desk.said
