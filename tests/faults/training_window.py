"""The real window that starts a training and says so, or that comes back to one, tells what its
Jobs show, and cancels it.

Arguments: the project, and "start" or "look". Needs a display.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PyQt6.QtWidgets import QApplication

from kitsdesk.background.settings import Settings
from kitsdesk.compose.window_desk import WindowDesk
from kitsdesk.project.job_rows import JobRow
from kitsdesk.project.retrain_facts import RetrainChoice
from kitsdesk.ui.style import active_style

CHOICE = RetrainChoice(("residual",), "demo", (0,), warm_start=False, epochs=500, steps=1)


def start(host: WindowDesk) -> None:
    """Retrain one fold as the sheet's button does."""
    host.desk.training.retrain(CHOICE, lambda run: print(run, flush=True))


class Looking:
    """Tells every change of the first run's row; cancels it once a curve is there."""

    def __init__(self, host: WindowDesk) -> None:
        self._host, self._cancelled = host, False
        host.desk.watcher.rowsChanged.connect(self.tell)

    def tell(self, rows: list[JobRow]) -> None:
        for row in rows:
            points = sum(len(curve.loss) for curve in row.curves)
            shown = {"state": row.state, "points": points, "can_cancel": row.can_cancel}
            print(json.dumps(shown), flush=True)
            if points and not self._cancelled:
                self._cancelled = True
                self._host.desk.jobs.cancel(row.job)


def main() -> None:
    application = QApplication(sys.argv[:1])
    host = WindowDesk(active_style(), Settings(author="faults"), lambda _folder: None)
    host.window.show()
    looking = Looking(host) if sys.argv[2] == "look" else None
    opened = (lambda: start(host)) if looking is None else (lambda: None)
    host.desk.project.open(Path(sys.argv[1]), opened)
    sys.exit(application.exec())


main()
