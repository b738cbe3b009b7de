"""Retrain folds… and Runs in the real window by mouse and keys, with the real trainer: a dry
run for a cluster, two tiny folds on this computer, and the window closed meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from kitsdesk.background.settings import Settings
from kitsdesk.compose.window_desk import WindowDesk
from kitsdesk.project.run_progress import job_row
from kitsdesk.project.run_specs import runs
from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.style import active_style

pytestmark = pytest.mark.gui
LEFT = Qt.MouseButton.LeftButton
MINUTES = 150_000


@pytest.fixture
def open_window(qapp, project, qtbot):
    """Open windows on one project, one after another."""
    hosts = []

    def opened():
        active_style().set_theme("dark")
        host = WindowDesk(active_style(), Settings(author="tester"), lambda folder: iter(()))
        hosts.append(host)
        host.window.resize(1600, 1000)
        host.window.show()
        host.window.activateWindow()
        QTest.qWaitForWindowActive(host.window, 5000)
        host.commands.open_path(project)
        qtbot.waitUntil(lambda: host.desk.session.workspace is not None, timeout=MINUTES)
        # The first case opens by itself, and turns to the views.
        qtbot.waitUntil(lambda: host.desk.session.case is not None, timeout=MINUTES)
        qtbot.waitUntil(lambda: not host.desk.pool.busy, timeout=MINUTES)
        return host

    yield opened
    close(hosts[-1])


def close(host):
    host.close()
    host.window.close()
    QApplication.processEvents()


def click(widget):
    QTest.mouseClick(widget, LEFT)


def sheet_of(host, qtbot):
    """Open Retrain folds… by its key: the demo's preset, two folds, one step each."""
    QTest.keyClick(host.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    sheet = host.window.retrain
    qtbot.waitUntil(sheet.isVisible, timeout=MINUTES)
    sheet._choices._preset._choose("demo")
    for fold in (2, 3, 4):
        click(sheet._choices._folds[fold])
    chosen = sheet.choice
    # The demo's own 36 epochs are minutes; nothing on the sheet shortens them.
    sheet.choice = lambda: replace(chosen(), epochs=1, steps=1)
    return sheet


def test_a_cluster_that_is_not_there_is_refused_and_its_script_can_be_read(
    open_window, qtbot, monkeypatch, tmp_path
):
    host = open_window()
    before = runs(host.desk.session.project)
    sheet = sheet_of(host, qtbot)
    click(sheet.place.engines["slurm"])
    assert not sheet._go.isEnabled()
    place = sheet.place
    qtbot.waitUntil(lambda: place.facts() is not None, timeout=MINUTES)
    assert place.facts().problem
    assert sheet._note.text() == place.facts().problem
    click(place.script)
    qtbot.waitUntil(lambda: bool(sheet.script.text.toPlainText()), timeout=MINUTES)
    assert "#SBATCH --array=0-1" in sheet.script.text.toPlainText()
    assert sheet.script.isVisible()
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    assert runs(host.desk.session.project) == before


def test_two_folds_on_this_computer_are_seen_in_runs_also_after_the_window_was_closed(
    open_window, qtbot
):
    host = open_window()
    before = len(runs(host.desk.session.project))
    sheet = sheet_of(host, qtbot)
    assert sheet._go.text() == "Retrain 2 folds"
    click(sheet._go)
    qtbot.waitUntil(lambda: len(runs(host.desk.session.project)) > before, timeout=MINUTES)
    run = runs(host.desk.session.project)[0]
    host.window.run_action(ActionId.RUNS)
    page = host.window.runs
    qtbot.waitUntil(lambda: page.list.row(run.name) is not None, timeout=MINUTES)
    page.select(run.name)
    assert [task.key for task in host.desk.runs.rows()[0].tasks] == [
        "residual/fold_0",
        "residual/fold_1",
        "predict",
    ]
    qtbot.waitUntil(lambda: (run / "runner.json").exists(), timeout=MINUTES)
    close(host)

    again = open_window()
    again.window.run_action(ActionId.RUNS)
    page = again.window.runs
    qtbot.waitUntil(lambda: page.list.row(run.name) is not None, timeout=MINUTES)
    assert page.list.current() == run.name
    click(page.detail.grid.cells()["residual/fold_1"])
    assert page.detail.task().key == "residual/fold_1"

    def trained():
        return [t.state for t in job_row(run).tasks if t.curve is not None] == ["done", "done"]

    qtbot.waitUntil(trained, timeout=MINUTES)
    qtbot.waitUntil(lambda: page.detail.task().state == "done", timeout=MINUTES)
    curve = page.detail.task().curve
    assert len(curve.epoch) == 1
    click(page.detail._task_buttons.button("log"))
    qtbot.waitUntil(page.detail.log_is_shown, timeout=MINUTES)
    assert page.detail._log.toPlainText().strip()
    if job_row(run).state == "running":
        click(page.detail._buttons.button("cancel"))
    qtbot.waitUntil(lambda: job_row(run).state in ("cancelled", "done"), timeout=MINUTES)
    qtbot.waitUntil(lambda: page.list.row(run.name).state != "running", timeout=MINUTES)
    assert again.window.centre.problem.happened() == ""
