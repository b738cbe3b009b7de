"""The case list's model by itself: order, filter, and what views hold on to."""

from __future__ import annotations

from PyQt6.QtCore import QItemSelectionModel, QPersistentModelIndex
from PyQt6.QtTest import QAbstractItemModelTester

from kitsdesk.review.rows import CaseRow
from kitsdesk.ui.case_list.case_model import CaseModel
from kitsdesk.ui.case_list.case_order import CaseFilter
from kitsdesk.ui.case_list.case_panel import CasePanel

ROWS = [
    CaseRow("case_00702", suspicion=0.2, tumor_dice=0.1),
    CaseRow("case_00700", suspicion=0.9, tumor_dice=0.8),
    CaseRow("case_00701", suspicion=0.5, tumor_dice=0.5, decision="kept"),
]


def ids(model):
    return [row.case[-1] for row in model.records()]


def filled():
    model = CaseModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_rows(ROWS)
    return model, tester


def test_views_keep_their_rows_through_order_filter_and_news(qapp):
    model, _tester = filled()
    assert ids(model) == ["0", "1", "2"]
    held = {name: QPersistentModelIndex(model.index(model.row_of(name))) for name in model._place}
    model.set_key("tumor Dice")
    assert ids(model) == ["2", "1", "0"]
    assert [index.data() for index in held.values()] == list(held)
    model.set_filter(CaseFilter(decisions=frozenset({"kept"})))
    assert ids(model) == ["1"]
    assert [name for name, index in held.items() if index.isValid()] == ["case_00701"]
    assert len(model.everything) == 3
    model.set_filter(CaseFilter())
    model.update_rows([CaseRow("case_00700", tumor_dice=0.0), CaseRow("case_00999")])
    assert ids(model) == ["0", "2", "1"]
    model.update_rows([CaseRow("case_00702", decision="excluded", tumor_dice=0.1)])
    assert ids(model) == ["0", "2", "1"]


def test_a_row_that_comes_to_fit_the_filter_appears_and_one_that_no_longer_does_goes(qapp):
    model, _tester = filled()
    model.set_filter(CaseFilter(decisions=frozenset({"kept"})))
    model.update_rows([CaseRow("case_00702", decision="kept"), CaseRow("case_00701")])
    assert ids(model) == ["2"]


def test_a_selection_holds_by_id_and_a_filter_that_hides_some_of_it_says_so(shown, qtbot):
    panel = shown(CasePanel(), 304)
    panel.set_rows(ROWS)
    selection = panel._view.selectionModel()
    for place in (0, 2):
        selection.select(panel._model.index(place), QItemSelectionModel.SelectionFlag.Select)
    assert panel.selected_cases() == ["case_00700", "case_00702"]
    panel.set_sort("id")
    assert sorted(panel.selected_cases()) == ["case_00700", "case_00702"]
    with qtbot.waitSignal(panel.selectionChanged) as told:
        panel.head.field.setText("00702")
    assert told.args == [["case_00702"]]
    panel.head.field.setText("")
    assert panel.selected_cases() == ["case_00702"], "what a filter hid is not selected again"
