"""A second window on the same project: it reads, says whose lock it is, and offers no writing."""

from __future__ import annotations

import pytest

from kitsdesk.background.settings import Settings
from kitsdesk.compose.read_only_actions import WRITING
from kitsdesk.compose.window_desk import WindowDesk
from kitsdesk.project.job_rows import JobRow
from kitsdesk.project.lock_record import own_record
from kitsdesk.project.workspace import Workspace
from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.style import active_style
from tests.faults.soak import make_project

pytestmark = pytest.mark.gui


@pytest.fixture
def window(qtbot, tmp_path):
    """A window on a project that somebody else has open."""
    project = make_project(tmp_path)
    first = Workspace.open(project)
    host = WindowDesk(active_style(), Settings(), lambda _folder: None)
    host.window.show()
    opened = []
    host.desk.project.open(project, lambda: opened.append(True))
    qtbot.waitUntil(lambda: bool(opened), timeout=60000)
    yield host, first
    host.close()
    first.close()


def test_24_the_second_window_reads_and_says_whose_lock_it_is(window, qtbot):
    host, first = window
    own = own_record()
    assert host.desk.session.project.read_only
    problem = host.window.centre.problem
    assert problem.isVisible()
    assert f"is open elsewhere ({own.user} on {own.host} since " in problem.happened()
    registry = host.window.registry
    for action in WRITING:
        shown = registry.action(action)
        assert not shown.isEnabled(), action
        assert shown.toolTip().startswith("The project is open read-only."), action
        assert own.user in shown.toolTip(), action
    assert registry.action(ActionId.NEXT_CASE).isEnabled()
    assert registry.action(ActionId.TOOL_RULER).isEnabled()
    cells = host.window.tools._palette._cells
    assert not cells["brush"].isEnabled()
    assert "read-only" in cells["brush"].toolTip()
    assert cells["ruler"].isEnabled()
    run = JobRow("run-1", "train", "Retrain", "", "running", can_pause=True, can_cancel=True)
    host.window.jobs.set_jobs([run])
    buttons = host.window.jobs._strip.buttons
    for button in (buttons._pause, buttons._cancel):
        assert not button.isEnabled()
        assert own.user in button.toolTip()
    assert buttons._log.isEnabled()

    folder = first.folder
    first.close()
    opened = []
    host.desk.project.open(folder, lambda: opened.append(True))
    qtbot.waitUntil(lambda: bool(opened), timeout=60000)
    assert not host.desk.session.project.read_only
    assert all(registry.action(action).isEnabled() for action in WRITING)
    assert buttons._cancel.isEnabled()
    assert cells["brush"].isEnabled()
    assert "read-only" not in cells["brush"].toolTip()
