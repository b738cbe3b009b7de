from __future__ import annotations

from PyQt6.QtCore import Qt
from sample_records import case_rows

from kitsdesk.review.rows import CaseRow, Chip
from kitsdesk.ui.case_list.case_delegate import CaseDelegate
from kitsdesk.ui.case_list.case_order import CaseFilter, sort_value
from kitsdesk.ui.case_list.case_panel import CasePanel


def row(case, **values):
    return CaseRow(case, **values)


def test_the_default_order_is_suspicion_then_volume_then_id(shown):
    panel = shown(CasePanel(), 304)
    panel.set_rows(
        [
            row("d"),
            row("c", misfit=0.9),
            row("b2", suspicion=0.5, disagreeing_ml=1),
            row("b1", suspicion=0.5, disagreeing_ml=9),
            row("a2", suspicion=0.5, disagreeing_ml=1),
            row("z", suspicion=0.9),
        ]
    )
    assert panel.visible_cases() == ["z", "b1", "a2", "b2", "c", "d"]


def test_unknown_values_come_last_whatever_the_key():
    for key in ("suspicion", "tumor Dice", "kidney Dice", "agreement", "misfit"):
        known = row("b", suspicion=0.1, tumor_dice=0.9, kidney_dice=0.9, agreement=0.9, misfit=0.1)
        assert sort_value(known, key) < sort_value(row("a"), key)


def test_the_filter_reads_ids_chips_and_decisions():
    found = row("case_00015", decision="deferred", chips=(Chip("tumor missed"),))
    assert CaseFilter("15 missed").admits(found)
    assert not CaseFilter("excluded").admits(found)
    assert CaseFilter(decisions=frozenset({"deferred"})).admits(found)
    assert not CaseFilter(unsaved_only=True).admits(found)


def test_a_filter_that_hides_all_says_so_and_can_be_cleared(shown, qtbot):
    panel = shown(CasePanel(), 304)
    panel.set_rows(case_rows(20))
    panel.head.field.setText("nothing fits this")
    assert panel.visible_cases() == []
    assert panel._stack.currentWidget() is panel._empty
    panel._empty.clearFilterAsked.emit()
    assert len(panel.visible_cases()) == 20


def test_a_click_opens_a_case_and_an_update_keeps_the_place(shown, qtbot):
    panel = shown(CasePanel(), 304)
    rows = case_rows(60)
    panel.set_rows(rows)
    second = panel.visible_cases()[1]
    index = panel._model.index(1)
    place = panel._view.visualRect(index).center()
    with qtbot.waitSignal(panel.caseChosen) as signal:
        qtbot.mouseClick(panel._view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert signal.args == [second]
    panel._view.verticalScrollBar().setValue(500)
    with qtbot.assertNotEmitted(panel.caseChosen):
        panel.set_rows([*rows, row("new")])
    assert panel.current_case() == second
    assert panel._view.verticalScrollBar().value() == 500


def test_space_never_opens_a_case(shown, qtbot):
    panel = shown(CasePanel(), 304)
    panel.set_rows(case_rows(5))
    panel.select(panel.visible_cases()[0])
    with qtbot.assertNotEmitted(panel.caseChosen):
        qtbot.keyClick(panel._view, Qt.Key.Key_Space)
    with qtbot.waitSignal(panel.caseChosen):
        qtbot.keyClick(panel._view, Qt.Key.Key_Return)


def test_of_two_thousand_cases_only_those_in_sight_are_painted(shown, monkeypatch):
    painted = []
    paint = CaseDelegate.paint
    monkeypatch.setattr(
        CaseDelegate, "paint", lambda *given: (painted.append(given[3].row()), paint(*given))[1]
    )
    panel = shown(CasePanel(), 304, 900)
    panel.set_rows(case_rows(2000))
    bar = panel._view.verticalScrollBar()
    panel._view.grab()
    painted.clear()
    bar.setValue(900)
    panel._view.viewport().grab()
    assert 5 < len(set(painted)) < 40


def test_progress_counts_decisions_but_not_deferred_ones(shown):
    panel = shown(CasePanel(), 304)
    panel.set_rows(
        [
            row("a", decision="kept", tumor_dice=0.5),
            row("b", decision="deferred"),
            row("c"),
            row("d", decision="excluded"),
        ]
    )
    assert "<b>2</b> of 4 reviewed" in panel.head._reviewed.text()
