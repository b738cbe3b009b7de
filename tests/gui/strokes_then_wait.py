"""A window's process without the window: opens a case, paints, says so, and waits to be killed.

Arguments: the project, and "strokes" or "run".
"""

from __future__ import annotations

import sys
from pathlib import Path

from PyQt6.QtCore import QCoreApplication

from kitsdesk.compose.desk import build_desk
from kitsdesk.demo.loop import StrokePoint
from kitsdesk.demo.silent_views import (
    SilentCaseList,
    SilentPanels,
    SilentShell,
    silent_views,
)
from kitsdesk.demo.waiting import call_and_wait, wait_until
from kitsdesk.project.run_specs import runs
from trainer.contract.run_folder import read_status
from trainer.imaging.hashing import array_hash

STROKES = 5


def main() -> None:
    application = QCoreApplication(sys.argv[:1])
    shell, cases, panels = SilentShell(), SilentCaseList(), SilentPanels()
    desk = build_desk(silent_views(shell, cases, panels), "tester")
    folder = Path(sys.argv[1])
    call_and_wait(lambda then: desk.project.open(folder, then), "opening", 60, shell.problems)
    if sys.argv[2] == "strokes":
        paint(desk, shell)
    else:
        start_run(desk, shell)
    application.exec()


def paint(desk, shell) -> None:
    case_id = desk.session.project.cases()[0].case
    call_and_wait(lambda then: desk.case.open(case_id, then), "case", 60, shell.problems)
    case = desk.session.case
    desk.editing.choose_tool("brush")
    desk.editing.set_diameter(40.0)
    for number in range(STROKES):
        mm = tuple(float(v) for v in case.volume.to_mm((4 + 2 * number, 40, 20 + 4 * number)))
        for kind in ("press", "move", "release"):
            desk.editing.on_pointer(StrokePoint(kind, "axial", mm))
    print(case_id, case.unsaved, array_hash(case.mask), flush=True)


def start_run(desk, shell) -> None:
    desk.jobs.predict_all()
    workspace = desk.session.project

    def running() -> bool:
        found = [run for run in runs(workspace) if (run / "runner.json").exists()]
        return bool(found) and read_status(found[0], "predict").state == "running"

    wait_until(running, "the run", 60, shell.problems)
    print(runs(workspace)[0], flush=True)


main()
