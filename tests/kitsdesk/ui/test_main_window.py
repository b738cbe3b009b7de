from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QWidget
from sample_records import case_rows, comparison, retrain_facts, review_facts

from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.actions.action_registry import ActionRegistry
from kitsdesk.ui.command_palette import match_rank
from kitsdesk.ui.main_window import MainWindow
from kitsdesk.ui.style import active_style
from kitsdesk.ui.view_toolbar import ViewToolbar
from trainer.contract.errors import KitsDeskError


@pytest.fixture
def window(shown):
    made = MainWindow()
    made.set_views(QWidget())
    return shown(made, 1600, 1000)


def test_every_page_shows_what_belongs_to_it(window):
    assert window.centre.page() == "empty"
    assert not window.side.isVisible()
    window.show_views()
    assert window.side.isVisible()
    assert window.toolbar.isVisible()
    window.show_comparison(comparison())
    assert window.centre.page() == "compare"
    assert not window.side.isVisible()
    window.compare.closeAsked.emit()
    assert window.centre.page() == "views"


def test_a_problem_stays_until_dismissed_and_names_what_was_kept(window):
    window.show_views()
    window.show_problem(KitsDeskError("The disk is full.", kept="The old mask is unchanged."))
    assert window.centre.problem.isVisible()
    assert window.centre.problem.happened() == "The disk is full."
    window.centre.problem.dismiss()
    assert not window.centre.problem.isVisible()


def test_a_question_is_asked_where_its_buttons_are(window, qtbot):
    answers = []
    window.show_views()
    window.review.set_facts(review_facts())
    window.ask("Use it all the same?", "Use it", answers.append)
    assert window.review.strip.is_open()
    window.review.strip.options()["yes"].click()
    window.side.show_tab("tools")
    window.ask("Roll back?", "Roll back", answers.append)
    assert window.centre.strip.is_open()
    window.centre.strip._no.click()
    assert answers == [True, False]


def test_one_of_several_answers_is_chosen_below_the_centre(window, qtbot):
    answers = []
    window.show_views()
    options = (("a", "To a file"), ("b", "To a project"))
    window.choose("Where to?", options, answers.append)
    strip = window.centre.strip
    assert [button.text() for button in strip.options().values()] == ["To a file", "To a project"]
    strip.options()["a"].click()
    window.choose("Where to?", options, answers.append)
    qtbot.keyClick(strip._no, Qt.Key.Key_Escape)
    assert answers == ["a", ""]
    assert not strip.is_open()


def test_the_palette_finds_and_runs_commands(window, qtbot):
    window.registry.set_available(ActionId.PREDICT_REGION, False)
    window.palette_sheet.open_palette()
    qtbot.keyClicks(window.palette_sheet._field, "predict al")
    assert window.palette_sheet.entries()[0] == ActionId.PREDICT_ALL
    with qtbot.waitSignal(window.actionTriggered) as signal:
        qtbot.keyClick(window.palette_sheet._field, Qt.Key.Key_Return)
    assert signal.args == [ActionId.PREDICT_ALL]
    assert not window.palette_sheet.isVisible()
    window.palette_sheet.open_palette()
    assert ActionId.PREDICT_REGION not in window.palette_sheet.entries()


def test_better_matches_come_first():
    ranks = [match_rank(text, "pre") for text in ("Predict", "Use prediction", "Depress", "Save")]
    assert ranks == [0, 1, 2, None]
    assert match_rank("Retrain folds…", "rtf") == 4


def test_tools_that_are_not_there_have_no_menu_entry(window):
    window.set_tools(["navigate", "brush"])
    assert window.registry.action(ActionId.TOOL_BRUSH).isVisible()
    assert not window.registry.action(ActionId.TOOL_LASSO).isVisible()


def test_the_sheet_floats_inside_the_window(window):
    window.show_views()
    window.show_facts(retrain_facts())
    assert window.retrain.isVisible()
    assert window.rect().contains(window.retrain.geometry())
    window.close_sheet()
    assert not window.retrain.isVisible()


def test_a_message_goes_by_itself_and_the_words_come_back(window):
    window.status.set_under_pointer("Reference: kidney")
    window.show_message("Saved as r2.")
    assert window.status.message() == "Saved as r2."
    window.status._clock.timeout.emit()
    assert window.status.message() == "Reference: kidney"


def test_the_status_line_names_directions(window):
    window.status.set_position((-84.0, 12.6, -3.0), -74)
    assert window.status._position.text() == "R 84.0 · P 12.6 · I 3.0 mm"
    assert window.status._hu.text() == "−74 HU"


def test_the_toolbar_names_windows(window):
    window.toolbar.set_network_window(383, 112.5)
    for values, name in (
        ((400, 40), "Soft tissue 400/40"),
        ((1500, -600), "Lung 1500/−600"),
        ((383, 112.5), "Network view 383/112"),
        ((321, 7), "Window 321/7"),
    ):
        window.toolbar.set_window(*values)
        assert window.toolbar._window.text() == name


@pytest.mark.parametrize("width", [590, 650, 705, 720, 760, 880, 960])
def test_a_narrow_toolbar_gives_up_words_and_no_control(shown, width):
    bar = ViewToolbar(ActionRegistry())
    bar.set_legend("comparison")
    shown(bar, width, 44)
    bar.set_window(400, 40)
    assert bar.minimumSizeHint().width() <= 590
    assert bar._window.width() == bar._window.sizeHint().width()
    assert (bar._legend.isVisible(), bar._slab_label.isVisible()) == (width > 900, width > 706)


def test_typing_in_a_field_types(window, qtbot):
    window.cases.set_rows(case_rows(5))
    window.cases.focus_filter()
    with qtbot.assertNotEmitted(window.actionTriggered):
        qtbot.keyClicks(window.cases.head.field, "2b?")
    assert window.cases.head.field.text() == "2b?"


def test_the_smallest_window_still_holds_everything(window):
    window.show_views()
    window.review.set_facts(review_facts())
    window.resize(1280, 800)
    assert window.width() == 1280
    assert window.height() == 800


def test_the_layout_comes_back(window):
    window.show_views()
    window._across.setSizes([330, 880, 390])
    state, sizes = window.layout_state(), window._across.sizes()
    window._across.setSizes([264, 976, 360])
    assert window._across.sizes() != sizes
    window.restore_layout(state)
    assert window._across.sizes() == pytest.approx(sizes, abs=4)
    window.restore_layout("nonsense")


def test_closing_asks_first(window):
    window.set_close_check(lambda: False)
    assert not window.close()
    window.set_close_check(lambda: True)
    assert window.close()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_widget_paints_in_both_themes(window, styled, theme):
    styled.set_theme(theme)
    window.show_views()
    image = window.grab().toImage()
    assert image.pixelColor(800, 18) == styled.colour("window")
    assert image.pixelColor(1300, 950).name() == styled.colour("panel").name()


@pytest.mark.parametrize("width", [760, 880, 940])
def test_in_larger_text_a_legend_takes_no_room_from_a_control(qapp, qtbot, width):
    active_style().set_scale(1.3)
    try:
        window = MainWindow()
        qtbot.addWidget(window)
        window.set_views(QWidget())
        window.resize(width + 900, 900)
        window.show_page("views")
        window.show()
        qapp.processEvents()
        bar = window.toolbar
        bar.setFixedWidth(width)
        qapp.processEvents()
        bar.set_legend("working", "Working mask")
        for _ in range(3):
            qapp.processEvents()
        assert bar._window.width() == bar._window.sizeHint().width()
    finally:
        active_style().set_scale(1.0)
