"""Predict first, Use the CPU, Pause, Cancel, Retry and Log of one job."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from kitsdesk.project.job_rows import JobRow
from kitsdesk.ui.jobs.job_words import ACTIVE
from kitsdesk.ui.parts.buttons import KeyedButton, explain
from kitsdesk.ui.spacing import SPACE_4

WITH_LOG = ("train", "predict", "compare", "crossval", "install")

OF_A_PROJECT = ("train", "predict", "compare", "crossval")


class JobButtons(QWidget):
    """`asked(what, job)`, what: first, processor, pause_blocking, pause,
    resume, cancel, retry, log, dismiss."""

    asked = pyqtSignal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._row: JobRow | None = None
        self._first = KeyedButton("Predict first", "ph.arrow-line-up")
        self._first.setToolTip("Predict this case next, before the others that wait")
        self._processor = KeyedButton("Use the CPU", "ph.cpu")
        self._processor.setToolTip("Predict on the CPU now instead of waiting for the GPU")
        self._pause_blocking = KeyedButton("Pause the run", "ph.pause")
        self._pause_blocking.setToolTip(
            "Pause the run that uses the GPU after its present step; resume it in its own row"
        )
        self._why = ""
        self._pause = KeyedButton("Pause", "ph.pause")
        self._retry = KeyedButton("Retry", "ph.arrow-clockwise")
        self._cancel = KeyedButton("Cancel", "ph.x", kind="quiet")
        self._log = KeyedButton("Log", "ph.terminal-window", kind="quiet")
        self._dismiss = KeyedButton("Dismiss", "ph.check", kind="quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_4)
        for button in (
            self._first,
            self._processor,
            self._pause_blocking,
            self._pause,
            self._retry,
            self._cancel,
            self._log,
            self._dismiss,
        ):
            row.addWidget(button)
        self._connect()

    def _connect(self) -> None:
        self._pause.clicked.connect(
            lambda: self._ask("resume" if self._row and self._row.state == "paused" else "pause")
        )
        self._first.clicked.connect(lambda: self._ask("first"))
        self._processor.clicked.connect(lambda: self._ask("processor"))
        self._pause_blocking.clicked.connect(lambda: self._ask("pause_blocking"))
        self._retry.clicked.connect(lambda: self._ask("retry"))
        self._cancel.clicked.connect(lambda: self._ask("cancel"))
        self._log.clicked.connect(lambda: self._ask("log"))
        self._dismiss.clicked.connect(lambda: self._ask("dismiss"))

    def set_writable(self, writable: bool, why: str) -> None:
        """Say whether the project may be changed, and if not why: its runs belong to it."""
        self._why = "" if writable else why
        self._explain()

    def _explain(self) -> None:
        own = self._row is None or self._row.kind in OF_A_PROJECT
        allowed = not (own and self._why)
        for button in (self._pause, self._retry, self._cancel, self._dismiss):
            explain(button, allowed, self._why)
        explain(self._pause_blocking, not self._why, self._why)

    def _ask(self, what: str) -> None:
        if self._row is not None:
            self.asked.emit(what, self._row.job)

    def set_job(self, row: JobRow) -> None:
        """Offer what the job allows now."""
        self._row = row
        self._explain()
        paused = row.state == "paused"
        self._pause.setText("Resume" if paused else "Pause")
        self._pause.set_icon_name("ph.play" if paused else "ph.pause")
        self._first.setVisible(row.can_be_first)
        self._processor.setVisible(row.can_use_processor)
        self._pause_blocking.setVisible(bool(row.blocked_by))
        self._pause.setVisible(row.can_pause and row.state in ("running", "paused"))
        self._cancel.setVisible(row.can_cancel and row.state in ACTIVE)
        self._retry.setVisible(row.can_retry)
        self._log.setVisible(row.kind in WITH_LOG)
        self._dismiss.setVisible(row.state not in ACTIVE)
