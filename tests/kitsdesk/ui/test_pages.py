from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton
from sample_records import case_rows, comparison

from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.pages.compare_page import ComparePage, p_text
from kitsdesk.ui.pages.empty_page import EmptyPage
from kitsdesk.ui.pages.paired_plot import worst_cases
from kitsdesk.ui.pages.scatter_page import ScatterPage


def test_the_table_begins_with_the_worst_regression(shown, qtbot):
    page = shown(ComparePage(), 1296, 800)
    facts = comparison()
    page.show_comparison(facts)
    worst = worst_cases(facts.cases, "tumor")[0].case
    index = page._table._model.index(0)
    assert index.data() == worst
    place = page._table._view.visualRect(index).center()
    with qtbot.waitSignal(page.caseChosen) as signal:
        qtbot.mouseClick(page._table._view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert signal.args == [worst]


def test_a_click_on_a_mark_chooses_its_case(shown, qtbot):
    page = shown(ComparePage(), 1296, 800)
    facts = comparison()
    page.show_comparison(facts)
    qtbot.wait(50)
    lone = worst_cases(facts.cases, "tumor")[1].case
    place = page._plot.place_of(lone).toPoint()
    with qtbot.waitSignal(page.caseChosen, timeout=2000) as signal:
        qtbot.mouseClick(page._plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert signal.args == [lone]


def test_models_and_masks_can_be_changed(shown, qtbot):
    page = shown(ComparePage(), 1296, 800)
    page.show_comparison(comparison())
    with qtbot.waitSignal(page.modelsChosen) as signal:
        page._before.menu().actions()[1].trigger()
    assert signal.args == ["residual-2", "residual-2"]
    with qtbot.waitSignal(page.againstChosen) as signal:
        page._against.button("reference").click()
    assert signal.args == ["reference"]
    with qtbot.waitSignal(page.useModelAsked) as signal:
        page._use.click()
    assert signal.args == ["residual-2"]


def test_the_kidney_card_turns_plot_and_table(shown):
    page = shown(ComparePage(), 1296, 800)
    page.show_comparison(comparison())
    page._cards["kidney"].click()
    assert page._counts.text() == "better 140 · equal 30 · worse 36"
    assert page._table._cases[1] == "kidney"


def test_p_values_in_words():
    assert [p_text(p) for p in (None, 0.0002, 0.034, 0.4)] == [
        "–",
        "p < 0.001",
        "p = 0.034",
        "p = 0.40",
    ]


def test_a_click_in_the_scatter_opens_the_case(shown, qtbot):
    page = shown(ScatterPage(), 912, 800)
    rows = case_rows(60)
    page.set_rows(rows)
    qtbot.wait(50)
    first = rows[0].case
    place = page._plot.place_of(first).toPoint()
    with qtbot.waitSignal(page.caseChosen, timeout=2000) as signal:
        qtbot.mouseClick(page._plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert signal.args == [first]
    assert page._words.text().startswith("60 cases")


def test_cases_without_values_are_not_in_the_scatter(shown):
    page = shown(ScatterPage(), 912, 800)
    page.set_rows(case_rows(12, predicted=False))
    assert page._plot.count() == 0


def test_the_ways_on_without_a_model(shown, qtbot):
    page = shown(EmptyPage(), 1296, 900)
    page.show_no_model(210, "renal_ct.kitsdesk")
    buttons = {b.text(): b for b in page._cards.findChildren(QPushButton) if not b.isHidden()}
    with qtbot.waitSignal(page.actionAsked) as signal:
        buttons["Train first folds…"].click()
    assert signal.args == [ActionId.RETRAIN]
