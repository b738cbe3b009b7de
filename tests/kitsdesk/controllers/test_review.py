from __future__ import annotations

import numpy as np
from desk_cases import AGREEING, BARE, KIDNEY_AT, MISSING, SEEN, TUMOR_AT, ball, predict


def facts(desk):
    assert desk.panels.facts is not None
    return desk.panels.facts


def settled(desk):
    return [row.settled for row in facts(desk).disagreements]


def test_the_panel_shows_numbers_sentences_and_folds(desk):
    desk.show(MISSING)
    shown = facts(desk)
    assert shown.case == MISSING
    assert shown.tumor_dice == 0.0
    assert 0.8 < shown.suspicion <= 0.95
    assert shown.against == "Reference against held-out prediction"
    assert len(shown.disagreements) == 1
    assert shown.disagreements[0].title.startswith("Tumor missing in the reference")
    assert len(shown.folds) == 5
    assert shown.proposed == "kept"
    assert shown.volumes


def test_the_first_disagreement_is_shown_at_its_place_with_navigate_only(desk):
    case = desk.show(MISSING)
    place = case.voxel_at(desk.canvas.place)
    assert case.prediction[place] == 2
    desk.editing.choose_tool("brush")
    desk.canvas.set_crosshair((0.0, 0.0, 0.0))
    desk.show(AGREEING)
    desk.show(MISSING)
    assert desk.canvas.place == (0.0, 0.0, 0.0)


def test_take_writes_the_prediction_as_an_edit_and_undo_opens_it_again(desk):
    case = desk.show(MISSING)
    desk.review.take()
    assert settled(desk) == ["taken"]
    assert np.array_equal(case.mask, case.prediction)
    assert desk.history()[0].startswith("Take prediction, Tumor missing")
    assert facts(desk).proposed == "corrected"
    assert desk.review.open_disagreements == 0
    desk.editing.undo()
    assert settled(desk) == [""]
    assert desk.review.open_disagreements == 1


def test_keep_reference_writes_nothing_and_outlives_a_decision(desk):
    case = desk.show(MISSING)
    desk.review.keep_reference()
    assert settled(desk) == ["kept"]
    assert case.unsaved == 0
    desk.decisions.decide_later()
    desk.rest()
    assert settled(desk) == ["kept"]
    assert facts(desk).decision == "deferred"


def test_paint_takes_up_the_brush_with_the_structure(desk):
    desk.show(MISSING)
    desk.editing.choose_structure(1)
    desk.review.paint(0)
    assert desk.editing.tool == "brush"
    assert desk.editing.structure == 2
    assert settled(desk) == [""], "nothing is painted yet"
    assert desk.review.open_disagreements == 1


def test_step_goes_round_and_says_where_there_is_nothing(desk):
    desk.show(SEEN)
    assert facts(desk).mark.startswith("every fold has seen this case")
    desk.review.step(1)
    desk.review.step(-1)
    desk.show(AGREEING)
    desk.review.step(1)
    assert desk.said == "Reference and prediction have no disagreement to show."
    desk.review.take()
    assert desk.history() == []


def test_one_folds_mask_is_shown_and_put_back(desk):
    case = desk.show(MISSING)
    shown = []
    desk.canvas.set_prediction = shown.append
    desk.review.show_fold("foreign", 4)
    desk.rest()
    assert not (shown[-1] == 2).any()
    assert [chip.shown for chip in facts(desk).folds] == [False] * 4 + [True]
    desk.review.show_fold("foreign", 4)
    assert shown[-1] is case.prediction


def test_a_fold_asked_for_just_before_leaving_is_not_drawn_on_the_next_case(desk):
    desk.show(MISSING)
    shown = []
    desk.review.show_fold("foreign", 4)
    desk.canvas.set_prediction = shown.append
    desk.session.close_case()
    desk.rest()
    assert shown == []


def test_votes_go_to_five_and_entropy_is_laid_as_it_is(desk):
    desk.show(MISSING)
    laid = []
    desk.canvas.set_overlay = lambda kind, values: laid.append((kind, values))
    desk.editing.choose_structure(2)
    desk.review.show_overlay("votes")
    desk.rest()
    kind, values = laid[-1]
    assert kind == "votes"
    assert values[TUMOR_AT] == 4
    assert values.max() == 4
    desk.review.show_overlay("none")
    assert laid[-1] == ("none", None)


def test_a_case_without_prediction_has_volumes_only(desk):
    desk.show(BARE)
    assert facts(desk).disagreements == ()
    assert not facts(desk).has_prediction
    desk.session.close_case()
    assert desk.panels.facts is None


def test_without_a_reference_its_volumes_are_not_known_until_there_is_a_mask(desk):
    predict(desk.session.project, BARE)
    desk.session.predictionsChanged.emit([BARE])
    case = desk.show(BARE)
    assert case.prediction is not None
    rows = {row.label: row for row in desk.panels.facts.volumes}
    assert (rows["Kidney"].right_reference, rows["Kidney"].left_reference) == (None, None)
    assert rows["Kidney"].right_prediction > 1
    desk.paint(KIDNEY_AT, structure=1)
    desk.case.save()
    desk.rest()
    rows = {row.label: row for row in desk.panels.facts.volumes}
    assert rows["Kidney"].right_reference > 0
    assert rows["Tumor"].left_reference == 0.0


def test_shells_are_hatched_and_taken_as_one_entry(desk):
    case = desk.show(AGREEING)
    truth = case.mask.copy()
    case.prediction = truth.copy()
    case.prediction[ball((16, 20, 10), (9, 7, 6)) & (truth == 0)] = 1
    desk.review.refresh()
    desk.rest()
    [row] = desk.panels.facts.disagreements
    assert row.title.startswith("Boundary differences, ")
    [item] = desk.review.disagreements
    desk.review.select(0)
    assert desk.canvas.hatched == item.parts
    desk.review.take(0)
    assert desk.history() == [f"Take prediction, {row.title}"]
    taken = case.mask != truth
    assert taken.sum() == item.crop.sum()
    assert np.array_equal(case.mask[taken], case.prediction[taken])
    assert desk.review.open_disagreements == 0
