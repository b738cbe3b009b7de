"""`kitsdesk demo --headless`: the loop without a person, its report, its exit code."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PyQt6.QtCore import QCoreApplication

from kitsdesk.compose.desk import build_desk
from kitsdesk.demo.loop import DemoLoop
from kitsdesk.demo.report import Report
from kitsdesk.demo.silent_views import (
    SilentCaseList,
    SilentPanels,
    SilentShell,
    silent_views,
)
from trainer.contract.errors import KitsDeskError

ABOUT = (
    "KiTSDesk headless demo on phantoms. Dice values are of phantoms and say nothing about "
    "patients; two folds of a few steps show the mechanics. Research use only."
)


def run_headless(folder: Path | None, report_file: Path | None) -> int:
    """Drive the loop in `folder` (a temporary one by default); 0 only if every step was true."""
    application = QCoreApplication.instance() or QCoreApplication(sys.argv[:1])
    report = Report(say=lambda line: print(line, flush=True))
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        _drive(folder.absolute(), report)
    else:
        with tempfile.TemporaryDirectory(prefix="kitsdesk-demo-") as temporary:
            _drive(Path(temporary), report)
    if report_file is not None:
        report.write(report_file, ABOUT)
    application.processEvents()
    print("every step was true" if report.ok else "a step was not true", flush=True)
    return 0 if report.ok else 1


def _drive(folder: Path, report: Report) -> None:
    shell, case_list, panels = SilentShell(), SilentCaseList(), SilentPanels()
    views = silent_views(shell, case_list, panels)
    desk = build_desk(views, author="demo")
    loop = DemoLoop(desk, folder, shell, case_list, panels)
    try:
        for name, work in loop.steps():
            report.step(name, work)
    except KitsDeskError as error:
        print(error, file=sys.stderr)
    finally:
        desk.close()
