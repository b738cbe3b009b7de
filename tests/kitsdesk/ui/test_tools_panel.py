from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt

from kitsdesk.editing.gates import Gates
from kitsdesk.ui.actions.action_ids import TOOL_ACTIONS
from kitsdesk.ui.tools.history_list import lines_of
from kitsdesk.ui.tools.hu_range import HuRange
from kitsdesk.ui.tools.tool_options import slider_mm, slider_place
from kitsdesk.ui.tools.tool_records import TOOLS
from kitsdesk.ui.tools.tools_panel import ToolsPanel


def test_every_tool_has_an_action():
    assert {record.tool for record in TOOLS} == set(TOOL_ACTIONS.values())


def test_only_tools_that_are_there_are_shown(shown, qtbot):
    panel = shown(ToolsPanel())
    panel.set_tools(["navigate", "brush", "eraser"])
    assert panel._palette.tools() == ["navigate", "brush", "eraser"]
    with qtbot.waitSignal(panel.toolChosen) as signal:
        panel._palette._cells["brush"].click()
    assert signal.args == ["brush"]
    assert panel._brush.isVisible()


def test_setters_make_no_signals(shown, qtbot):
    panel = shown(ToolsPanel())
    with (
        qtbot.assertNotEmitted(panel.sizeChanged),
        qtbot.assertNotEmitted(panel.gatesChanged),
        qtbot.assertNotEmitted(panel.structureChosen),
    ):
        panel.set_brush(7.5, "disc")
        panel.set_gates(Gates((0, 50), frozenset({0}), frozenset({1}), 2))
        panel.set_structure(1)


def test_gates_come_back_as_set_with_the_locks(shown, qtbot):
    panel = shown(ToolsPanel())
    gates = Gates((10.0, 90.0), frozenset({0, 1}), frozenset({3}), 3)
    panel.set_gates(gates)
    assert panel.gates() == gates
    with qtbot.waitSignal(panel.gatesChanged) as signal:
        panel._structures._buttons[1].lock.click()
    assert signal.args[0].locked == frozenset({1, 3})


def test_the_vote_gate_goes_with_the_votes(shown):
    panel = shown(ToolsPanel())
    panel.set_gates(Gates(votes_at_least=2))
    panel.set_members(1)
    assert panel.gates().votes_at_least is None


@pytest.mark.parametrize("mm", [0.5, 2.0, 12.0, 40.0, 100.0])
def test_the_size_slider_is_finer_for_small_brushes(mm):
    assert slider_mm(slider_place(mm)) == pytest.approx(mm, rel=0.06)


def test_the_hu_range_follows_mouse_and_keys(shown, qtbot):
    widget = shown(HuRange(), 320, 70)
    widget.set_histogram(np.ones(200), -160, 240)
    widget.set_range(10, 90)
    with qtbot.waitSignal(widget.rangeChanged) as signal:
        qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(1, 41))
    assert signal.args == [-160.0, 90.0]
    with qtbot.waitSignal(widget.rangeChanged) as signal:
        qtbot.keyClick(widget, Qt.Key.Key_Right)
    assert signal.args == [-159.0, 90.0]


def test_an_operation_says_its_parameters(shown, qtbot):
    panel = shown(ToolsPanel())
    panel.set_tool("islands")
    options = panel._options["islands"]
    options._modes.button("drop_small").click()
    with qtbot.waitSignal(panel.operationAsked) as signal:
        options._apply.click()
    assert signal.args == ["islands", {"ml": 0.5, "mode": "drop_small"}]


def test_history_shows_undone_edits_above_the_current_one():
    lines = lines_of([("Brush", 1), ("Erase", None)], 1)
    assert [(line.text, line.position, line.state) for line in lines] == [
        ("Erase", 2, "undone"),
        ("Saved as r1", 1, "saved"),
        ("Brush", 1, "now"),
        ("Opened", 0, "done"),
    ]


def test_undo_is_offered_only_where_there_is_something(shown, qtbot):
    panel = shown(ToolsPanel())
    panel.set_history([("Brush", None)], 1)
    assert panel._history._undo.isEnabled()
    assert not panel._history._redo.isEnabled()
    with qtbot.waitSignal(panel.undoAsked):
        panel._history._undo.click()
    panel.set_history([], 0)
    assert not panel._history._undo.isEnabled()


def test_the_list_says_which_edits_are_final():
    assert lines_of([("Brush", None)], 1)[-1].text == "Opened"
    assert lines_of([("Brush", None)], 1, 7)[-1].text == "Older edits can no longer be undone"


def test_a_preview_brings_its_bar_in_place_of_the_buttons(shown, qtbot):
    panel = shown(ToolsPanel())
    panel.set_tool("smooth")
    options = panel._options["smooth"]
    with qtbot.waitSignal(panel.previewAsked) as asked:
        options._ask_preview()
    assert asked.args == ["smooth", {"mm": 1.5, "mode": "gaussian"}]
    panel.set_preview("Smooth tumor: tumor −0.2 ml, 40 voxels", "ready")
    bar = panel._preview
    assert bar.isVisible()
    assert not options._buttons.isVisible()
    with qtbot.waitSignal(panel.takeAsked):
        bar.take.click()
    with qtbot.waitSignal(panel.rejectAsked):
        bar.reject.click()
    with qtbot.waitSignal(panel.takeAsked):
        qtbot.keyClick(bar.reject, Qt.Key.Key_Return)
    with qtbot.waitSignal(panel.rejectAsked):
        qtbot.keyClick(bar.take, Qt.Key.Key_Escape)
    panel.set_preview("Nothing to smooth.", "nothing")
    assert not bar.take.isEnabled()
    panel.set_preview("", "none")
    assert not bar.isVisible()
    assert options._buttons.isVisible()


@pytest.mark.parametrize("tool", [record.tool for record in TOOLS])
def test_no_options_are_wider_than_the_panel(shown, tool):
    panel = shown(ToolsPanel())
    panel.resize(360, 1000)
    panel.set_tool(tool)
    stack = panel._stack.currentWidget()
    assert stack.minimumSizeHint().width() <= 360 - 32


def test_the_options_are_as_high_as_the_tool_in_use_needs(shown, qtbot):
    panel = shown(ToolsPanel())
    panel.resize(384, 1000)
    panel.set_tool("grow")
    qtbot.waitUntil(lambda: panel._stack.height() > 90)
    panel.set_tool("lasso")
    page = panel._options["lasso"]
    qtbot.waitUntil(lambda: panel._stack.height() <= page.heightForWidth(page.width()) + 2)
