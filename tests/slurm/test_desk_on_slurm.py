"""The desk itself on a real Slurm: retrained by its controller, closed meanwhile, and picked up
by the next desk from the run's folder alone."""

from __future__ import annotations

from kitsdesk.compose.desk import build_desk
from kitsdesk.demo.silent_views import SilentCaseList, SilentPanels, SilentShell, silent_views
from kitsdesk.project.case_sources import discover
from kitsdesk.project.retrain_facts import RetrainChoice
from kitsdesk.project.workspace import Workspace
from tests.slurm.followed_run import CPU
from trainer.contract.engine_plan import make_plan

MINUTES = 400_000


class SilentDesk:
    """A desk without a window on one project."""

    def __init__(self, folder, qtbot):
        self.shell, self.panels = SilentShell(), SilentPanels()
        self.desk = build_desk(silent_views(self.shell, SilentCaseList(), self.panels), "tester")
        self.desk.project.open(folder)
        qtbot.waitUntil(lambda: self.desk.session.workspace is not None, timeout=MINUTES)

    def row(self):
        return self.panels.runs[0] if self.panels.runs else None


def job_of(desk):
    return desk.row().tasks[0].job


def test_two_folds_are_started_by_one_desk_and_seen_to_their_end_by_the_next(
    slurm, data, tmp_path, qtbot
):
    folder = tmp_path / "small.kitsdesk"
    Workspace.create(folder, discover(data)).close()
    first = SilentDesk(folder, qtbot)
    plan = make_plan("slurm", CPU | {"tasks_at_once": 1})
    choice = RetrainChoice(("residual",), "demo", (0, 1), False, plan, epochs=1, steps=1)
    first.desk.training.retrain(choice)
    qtbot.waitUntil(lambda: first.row() is not None and bool(job_of(first)), timeout=MINUTES)
    assert first.row().where == "Slurm"
    assert first.row().queued
    first.desk.close()

    second = SilentDesk(folder, qtbot)
    reasons = set()

    def over():
        row = second.row()
        if row is None:
            return False
        reasons.update(task.reason for task in row.tasks if task.reason)
        return row.state in ("done", "failed", "cancelled")

    qtbot.waitUntil(over, timeout=MINUTES)
    row = second.row()
    assert row.state == "done", row.error
    assert [len(curve.epoch) for curve in row.curves] == [1, 1]
    assert all(task.job for task in row.tasks)
    assert reasons
    assert not second.shell.problems
    second.desk.close()
