from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel

from kitsdesk.review.fault_model import Evidence, Planted
from kitsdesk.review.kappa import agreement
from kitsdesk.review.list_preview import ListPreview, ListRow
from kitsdesk.review.recall import advice, estimate
from kitsdesk.review.rows import CaseRow
from kitsdesk.ui.case_list.case_model import fault_sentence, fault_text
from kitsdesk.ui.case_list.case_order import sort_value
from kitsdesk.ui.curating.estimate_sheet import EstimateSheet
from kitsdesk.ui.curating.list_sheet import ListSheet
from kitsdesk.ui.curating.second_look_sheet import SecondLookSheet
from trainer.imaging.geometry import Geometry
from trainer.imaging.volume import Volume

SHAPE = (6, 40, 40)
GRID = Geometry((40, 40, 6), (2.0, 2.0, 5.0), (0.0, 0.0, 0.0), (1.0, 0, 0, 0, 1.0, 0, 0, 0, 1.0))
FORBIDDEN = ("reference", "prediction", "kept", "replaced", "excluded", "corrected", "case_")


def words_of(widget):
    return [label.text() for label in widget.findChildren(QLabel) if not label.isHidden()]


@pytest.fixture
def preview():
    return ListPreview(
        "KiTS2019 paper",
        "What the winners did.",
        (
            ListRow("case_00015", "unreviewed", "replaced", "faulty", "arXiv", "corrected since"),
            ListRow("case_00037", "kept", "replaced", "faulty", refused="no prediction yet"),
        ),
        missing=("case_00133",),
        same=3,
        folds="The folds stay.",
    )


def test_a_list_shows_every_change_and_asks_once(shown, qtbot, preview):
    sheet = shown(ListSheet(), 832, 640)
    sheet.show_list(preview, "This is KiTS19.", False)
    said = " ".join(words_of(sheet))
    for words in ("case_00015", "faulty", "arXiv", "corrected since", "The folds stay."):
        assert words in said
    assert "Stays as it is: no prediction yet." in said
    assert "3 cases are decided so already." in said
    assert sheet._apply.text() == "Apply 1 change"
    with qtbot.waitSignal(sheet.applyAsked):
        sheet._apply.click()
    assert not sheet._apply.isEnabled()


def test_a_list_with_nothing_to_change_offers_nothing(shown, qtbot):
    sheet = shown(ListSheet(), 832, 640)
    sheet.show_list(ListPreview("Mine", "", ()), "ids agree", True)
    assert not sheet._apply.isEnabled()
    nothing = "Everything is as the list says already."
    qtbot.waitUntil(lambda: nothing in words_of(sheet))


def told_estimate():
    rng = np.random.default_rng(0)
    cases = [
        Evidence(f"c{i}", float(rng.random()), None, bool(i % 3 == 0) if i < 30 else None)
        for i in range(60)
    ]
    return estimate(cases, Planted(7, 9))


def test_the_estimate_says_found_left_and_advice(shown, qtbot):
    sheet = shown(EstimateSheet(), 760, 620)
    told = told_estimate()
    sheet.show_estimate(told, advice(told), "30 of 60 reviewed", 2, "")
    said = " ".join(words_of(sheet))
    assert told.sentence in said
    assert "You found 7 of 9." in said
    assert "2 cases show one now." in said
    with qtbot.waitSignal(sheet.plantAsked) as asked:
        sheet._plant.click()
    assert asked.args == [0.1]
    sheet.show_estimate(told, "", "", 0, "The project is open read-only.")
    assert not sheet._plant.isEnabled()
    assert not sheet._remove.isVisible()


@pytest.fixture
def pair():
    volume = Volume(np.zeros(SHAPE, np.int16), GRID)
    left, right = np.zeros(SHAPE, np.uint8), np.zeros(SHAPE, np.uint8)
    left[2, 10:20, 10:20], right[3, 10:20, 10:20] = 1, 2
    return volume, left, right


def test_the_second_look_names_no_side_and_no_decision(shown, pair):
    sheet = shown(SecondLookSheet(), 1040, 690)
    sheet.show_look((1, 5), *pair, 2)
    visible = " ".join([*words_of(sheet), *(b.text() for b in sheet._buttons.values())]).lower()
    visible += " ".join(side.accessibleName() for side in sheet._sides).lower()
    assert not any(word in visible for word in FORBIDDEN)
    assert "1 of 5" in visible


def test_wheel_slider_and_keys_turn_both_sides(shown, qtbot, pair):
    sheet = shown(SecondLookSheet(), 1040, 690)
    sheet.show_look((1, 5), *pair, 2)
    sheet._sides[1].stepped.emit(1)
    assert [side._frame.z for side in sheet._sides] == [3, 3]
    qtbot.keyClick(sheet, Qt.Key.Key_Down)
    assert [side._frame.z for side in sheet._sides] == [2, 2]


@pytest.mark.parametrize(("key", "side"), [("A", "left"), ("B", "right"), ("N", "")])
def test_a_key_answers_once_per_pair(shown, qtbot, pair, key, side):
    sheet = shown(SecondLookSheet(), 1040, 690)
    sheet.show_look((1, 5), *pair, 2)
    answers = []
    sheet.answered.connect(answers.append)
    qtbot.keyClick(sheet, key)
    qtbot.keyClick(sheet, key)
    assert answers == [side]


def test_the_agreement_is_a_table(shown):
    sheet = shown(SecondLookSheet(), 640, 480)
    first = ["reference"] * 8 + ["prediction"] * 4
    second = ["reference"] * 7 + ["prediction"] * 5
    sheet.show_start(3, agreement(first, second, ("reference", "prediction", "neither")))
    said = " ".join(words_of(sheet))
    assert "11 of 12 judged the same" in said
    assert "3 decided cases can be looked at again." in said


def test_the_chance_of_a_fault_in_the_list():
    row = CaseRow("case_00700", fault=0.34)
    assert fault_text(row) == "fault 34 %"
    assert fault_text(CaseRow("a", fault=0.002)) == "fault < 1 %"
    assert fault_text(CaseRow("a", decision="kept", fault=0.2)) == ""
    assert "missed is 20 %" in fault_sentence(CaseRow("a", decision="kept", fault=0.2))
    order = sorted(
        (CaseRow("a"), CaseRow("b", fault=0.1), CaseRow("c", fault=0.9)),
        key=lambda one: sort_value(one, "chance of a fault"),
    )
    assert [one.case for one in order] == ["c", "b", "a"]
