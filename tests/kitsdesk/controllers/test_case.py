from __future__ import annotations

import numpy as np
from desk_cases import AGREEING, BARE, MISSING, SEEN, DrivenDesk, reference_of

from trainer.imaging.mask_file import read_mask


def test_opening_shows_ct_mask_and_prediction(desk):
    case = desk.show(MISSING)
    assert desk.canvas.volume is case.volume
    assert np.array_equal(case.mask, reference_of(MISSING))
    assert case.base.number == 0
    assert case.prediction_is_heldout
    assert desk.cases.selected == [MISSING]
    assert desk.shell.saved == "All edits saved"


def test_a_case_that_every_fold_saw_shows_the_ensemble(desk):
    case = desk.show(SEEN)
    assert case.prediction is not None
    assert not case.prediction_is_heldout


def test_saving_makes_a_revision_on_the_source_grid_and_leaves_the_reference(desk):
    case = desk.show(AGREEING)
    desk.paint((4, 6, 6))
    assert desk.shell.saved == "1 edit not saved as a revision"
    desk.case.save()
    desk.rest()
    assert desk.said == "Saved as r1."
    assert case.base.number == 1
    assert case.unsaved == 0
    assert desk.shell.saved == "All edits saved"
    written = read_mask(case.base.path, like=case.volume.geometry)
    assert np.array_equal(written.array, case.mask)
    assert np.array_equal(read_mask(case.record.reference).array, reference_of(AGREEING))


def test_saving_with_nothing_new_makes_no_revision_and_says_so(desk):
    desk.show(AGREEING)
    desk.case.save()
    desk.rest()
    assert desk.said == "Nothing new to save: the mask is that of r0."


def test_two_saves_at_once_make_two_revisions_in_order(desk):
    case = desk.show(AGREEING)
    numbers = []
    desk.paint((4, 6, 6))
    desk.case.save(lambda revision: numbers.append(revision.number))
    desk.paint((4, 30, 6))
    desk.case.save(lambda revision: numbers.append(revision.number))
    desk.rest()
    assert numbers == [1, 2]
    assert case.base.number == 2
    assert case.unsaved == 0
    assert not desk.shell.problems


def test_a_case_is_not_left_before_its_mask_is_saved(desk):
    case = desk.show(AGREEING)
    desk.paint((4, 6, 6))
    desk.case.save()
    desk.case.open(MISSING)
    desk.rest()
    assert desk.open_case.case == MISSING
    assert case.base.number == 1
    assert desk.session.revisions.newest(AGREEING).number == 1
    again = desk.show(AGREEING)
    assert again.unsaved == 0
    assert np.array_equal(again.mask, case.mask)


def test_unsaved_edits_come_back_with_their_history_in_another_session(desk, qtbot):
    case = desk.show(AGREEING)
    desk.paint((4, 6, 6))
    desk.paint((4, 30, 6), structure=1)
    mask = case.mask.copy()
    desk.session.close_project()
    later = DrivenDesk(qtbot, desk.folder).start()
    try:
        again = later.show(AGREEING)
        assert np.array_equal(again.mask, mask)
        assert again.unsaved == 2
        assert "2 edits not saved as a revision came back with the case." in later.shell.messages
        assert [name.split(",")[0] for name in later.history()] == ["Paint tumor", "Paint kidney"]
        later.editing.undo()
        later.editing.undo()
        assert np.array_equal(again.mask, reference_of(AGREEING))
    finally:
        later.close()


def test_a_stroke_under_way_is_an_edit_when_the_case_is_left(desk):
    case = desk.show(AGREEING)
    desk.editing.choose_tool("brush")
    desk.point("press", (4, 6, 6))
    desk.show(MISSING)
    again = desk.show(AGREEING)
    assert again is not case
    assert again.unsaved == 1


def test_the_first_mask_of_a_case_without_reference(desk):
    case = desk.show(BARE)
    assert case.base is None
    assert not case.mask.any()
    desk.paint((16, 20, 10), structure=1)
    desk.case.save()
    desk.rest()
    assert case.base.kind == "first"
    assert case.base.number == 1


def test_next_unreviewed_goes_round_and_says_when_all_is_done(desk):
    order = desk.cases.visible_cases()
    desk.show(order[0])
    desk.session.decisions.decide([order[1]], "kept")
    desk.case.open_next_unreviewed()
    desk.rest()
    assert desk.open_case.case == order[2]
    desk.session.decisions.decide([order[3]], "kept")
    desk.case.open_next_unreviewed()
    desk.rest()
    assert desk.open_case.case == order[0]
    desk.session.decisions.decide(order, "deferred")
    desk.case.open_next_unreviewed()
    assert desk.said == "Every case in the list is reviewed."


def test_neighbours_end_at_the_ends_of_the_list(desk):
    order = desk.cases.visible_cases()
    desk.show(order[0])
    desk.case.open_neighbour(-1)
    assert desk.said == "No further case in the list."
    desk.case.open_neighbour(1)
    desk.rest()
    assert desk.open_case.case == order[1]


def test_read_only_projects_refuse_edits_and_saves(closed):
    closed.start(read_only=True)
    case = closed.show(AGREEING)
    before = case.mask.copy()
    closed.paint((4, 6, 6))
    assert closed.said == "The project is open read-only."
    closed.case.save()
    assert "read-only" in closed.said
    closed.apply("smooth", mm=2.0)
    closed.editing.choose_tool("fill")
    closed.click((4, 6, 6))
    assert np.array_equal(case.mask, before)
    assert not closed.shell.problems


def test_a_case_that_takes_long_is_announced_until_it_is_there(desk, qtbot):
    desk.show(AGREEING)
    desk.pool.hold(60_000)
    desk.case.open(MISSING)
    assert not desk.canvas.loading
    qtbot.waitUntil(lambda: desk.canvas.loading, timeout=5000)
    desk.pool.release()
    desk.rest()
    assert desk.open_case.case == MISSING
    assert not desk.canvas.loading


def test_a_case_that_cannot_be_opened_or_is_open_is_not_waited_for(desk, qtbot):
    case = desk.show(AGREEING)
    desk.case.open(AGREEING)
    image = desk.session.project.case(MISSING).image
    # The images are those of every test here.
    away = image.rename(image.with_name("away.nii.gz"))
    try:
        desk.pool.hold(60_000)
        desk.case.open(MISSING)
        qtbot.waitUntil(lambda: desk.canvas.loading, timeout=5000)
        desk.pool.release()
        desk.rest()
    finally:
        away.rename(image)
    assert desk.shell.problems
    assert desk.open_case is case
    assert not desk.canvas.loading
