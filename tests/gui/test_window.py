"""The real window on a real project, driven by mouse and keys."""

from __future__ import annotations

import shutil
from pathlib import Path

import nibabel
import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog

from kitsdesk.background.settings import Settings
from kitsdesk.compose.window_desk import WindowDesk
from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.style import active_style

pytestmark = pytest.mark.gui
LEFT = Qt.MouseButton.LeftButton
SILENT = {
    ActionId.QUIT,
    ActionId.GUIDE,
    ActionId.OPEN_DEMO,
    ActionId.PREDICT_ALL,
    ActionId.PREDICT_REGION,
}


@pytest.fixture(scope="module")
def host(qapp, predicted, tmp_path_factory):
    """One window for the module, on a copy of the predicted project."""
    copy = Path(shutil.copytree(predicted, tmp_path_factory.mktemp("window") / "w.kitsdesk"))
    active_style().set_theme("dark")
    host = WindowDesk(active_style(), Settings(author="tester"), lambda folder: iter(()))
    host.window.resize(1400, 900)
    host.window.show()
    host.window.activateWindow()
    QTest.qWaitForWindowActive(host.window, 5000)
    host.commands.open_path(copy)
    yield host
    host.close()


@pytest.fixture
def opened(host, qtbot):
    """The window with its first case open, painted and compared."""
    qtbot.waitUntil(lambda: host.desk.session.workspace is not None, timeout=20000)
    first = host.desk.session.project.cases()[0].case
    host.open_case_at(first)
    qtbot.waitUntil(
        lambda: host.desk.session.case is not None and host.desk.session.case.case == first,
        timeout=20000,
    )
    qtbot.waitUntil(lambda: not host.desk.pool.busy and host.canvas.is_painted(), timeout=30000)
    yield host
    host.desk.editing.choose_tool("navigate")


def paint(host) -> None:
    """Choose the brush by its key and draw a short stroke on the axial canvas."""
    overlay = host.canvas.canvases()["axial"].overlay
    overlay.setFocus()
    QTest.keyClick(overlay, Qt.Key.Key_B)
    middle = overlay.rect().center()
    QTest.mousePress(overlay, LEFT, pos=middle)
    for step in range(1, 6):
        QTest.mouseMove(overlay, middle + QPoint(4 * step, 0))
    QTest.mouseRelease(overlay, LEFT, pos=middle + QPoint(24, 0))


def test_the_list_has_every_case_with_its_suspicion(opened, qtbot):
    rows = opened.desk.project.rows
    assert len(rows) == 5
    assert all(row.suspicion is not None for row in rows.values())
    order = opened.window.cases.visible_cases()
    values = [rows[case].suspicion for case in order]
    assert values == sorted(values, reverse=True)


def test_the_canvases_show_the_patient(opened):
    picture = opened.canvas.screenshot()
    colours = {
        picture.pixel(x, y)
        for x in range(0, picture.width(), 9)
        for y in range(0, picture.height(), 9)
    }
    assert len(colours) > 20


def test_a_stroke_by_mouse_is_undone_redone_and_saved_on_the_source_grid(opened, qtbot):
    case = opened.desk.session.case
    before = case.mask.copy()
    paint(opened)
    assert opened.desk.editing.tool == "brush"
    assert case.unsaved == 1
    painted = case.mask.copy()
    assert np.count_nonzero(painted != before) > 10
    assert "not saved" in opened.window.status.message() or case.unsaved
    QTest.keyClick(opened.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert np.array_equal(case.mask, before)
    QTest.keyClick(opened.window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert np.array_equal(case.mask, painted)
    QTest.keyClick(opened.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: case.unsaved == 0, timeout=20000)
    written = nibabel.load(case.base.path)
    source = nibabel.load(case.record.image)
    assert case.base.number >= 1
    assert written.shape == source.shape
    assert np.allclose(written.affine, source.affine, atol=1e-5)
    assert np.isin(np.asarray(written.dataobj), (0, 1, 2)).all()


def test_a_digit_typed_into_the_filter_types_and_chooses_nothing(opened):
    opened.desk.editing.choose_structure(1)
    opened.window.cases.focus_filter()
    field = opened.window.cases.head.field
    QTest.keyClicks(field.focusWidget() or field, "2")
    assert opened.desk.editing.structure == 1
    opened.window.cases.head.field.clear_all()


def test_the_theme_changes_and_back(opened):
    opened.window.run_action(ActionId.THEME_LIGHT)
    light = opened.window.grab().toImage().pixelColor(20, 10).lightness()
    opened.window.run_action(ActionId.THEME_DARK)
    dark = opened.window.grab().toImage().pixelColor(20, 10).lightness()
    assert light > 180 > 60 > dark


@pytest.mark.parametrize("action", [a for a in ActionId if a not in SILENT], ids=str)
def test_every_action_can_be_asked_for(opened, qtbot, monkeypatch, action):
    for name in ("getExistingDirectory", "getOpenFileName", "getSaveFileName"):
        answer = "" if name == "getExistingDirectory" else ("", "")
        monkeypatch.setattr(QFileDialog, name, lambda *_a, _answer=answer, **_k: _answer)
    opened.window.registry.action(action).trigger()
    qtbot.waitUntil(lambda: not opened.desk.pool.busy, timeout=30000)
    if action == ActionId.FLICKER:
        opened.window.registry.action(action).trigger()
    for sheet in (opened.window.palette_sheet, opened.window.keys):
        sheet.hide()
    opened.window.close_sheet()
    opened.window.show_views()
    assert opened.desk.session.case is not None


def test_predict_case_in_the_warm_process_replaces_the_prediction(opened, qtbot):
    case = opened.desk.session.case.case
    folder = opened.desk.session.predictions.folder(case)
    before = opened.desk.session.predictions.scores(case).made
    shutil.rmtree(folder)
    heard = []
    opened.desk.session.predictionsChanged.connect(heard.append)
    assert opened.desk.jobs.predict_case(case)
    qtbot.waitUntil(lambda: bool(heard), timeout=120000)
    assert heard == [[case]]
    assert opened.desk.session.predictions.scores(case).made >= before
    assert opened.desk.session.predictions.heldout(case) is not None


def test_predict_region_lets_draw_and_offers_the_result_as_one_edit(opened, qtbot):
    case = opened.desk.session.case
    before = case.mask.copy()
    opened.window.side.show_tab("review")
    opened.window.run_action(ActionId.PREDICT_REGION)
    drawing = opened.window.centre.strip
    assert drawing.is_open()
    assert opened.desk.boxes.on
    QTest.mouseClick(drawing.options()["in view"], LEFT)
    assert not opened.desk.boxes.on
    # Above the review buttons, or below the centre where an earlier action hid the panel.
    strip = opened.window._strip()
    qtbot.waitUntil(
        lambda: strip.is_open() and "The region is predicted" in strip._question.text(),
        timeout=300000,
    )
    QTest.mouseClick(strip.options()["yes"], LEFT)
    qtbot.waitUntil(lambda: not opened.desk.pool.busy, timeout=30000)
    assert case.history.entries()[-1].name == "Predict region"
    assert (case.mask != before).any()
    QTest.keyClick(opened.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert np.array_equal(case.mask, before)
