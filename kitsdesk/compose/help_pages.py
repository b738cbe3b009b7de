"""Help: a report of the system without patient data, the notice."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QT_VERSION_STR
from PyQt6.QtGui import QGuiApplication

from kitsdesk import __version__
from kitsdesk.background.gpu.gpu_installation import trainer_words
from kitsdesk.guide.system_report import ReportFacts, Rows, report_text, shortened
from kitsdesk.paths import config_dir, log_dir, resources
from kitsdesk.project.forecast_words import case_words
from kitsdesk.project.self_test_facts import SelfTestFacts
from kitsdesk.ui.actions.key_book import active_keys
from kitsdesk.ui.parts.wording import device_words
from kitsdesk.ui.report_sheet import ReportSheet

if TYPE_CHECKING:
    from kitsdesk.compose.window_desk import WindowDesk

NOTICE = "Research use only. Not a medical device."
_PACKAGES = (
    "PyQt6", "napari", "vispy", "numpy", "scipy", "SimpleITK", "pydicom", "torch", "openvino",
)  # fmt: skip


def about_text() -> str:
    """Return the one line about the program."""
    return f"KiTSDesk {__version__}, GPL-3.0-or-later. {NOTICE}"


class SystemReport:
    """Help ▸ System report: shows it on a sheet, from where it can be copied."""

    def __init__(self, host: WindowDesk) -> None:
        self._host = host
        self.sheet = ReportSheet()
        self.sheet.copyAsked.connect(self._copy)
        self._device = ""
        host.desk.serve.deviceKnown.connect(self._remember)

    def open(self) -> None:
        """Gather the report anew and show it."""
        self.sheet.show_report(report_text(self._facts()))
        self._host.window.centre.show_sheet(self.sheet)

    def _remember(self, device: str) -> None:
        self._device = device_words(device)

    def _copy(self, text: str) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(text)
            self._host.window.show_message("The system report was copied.")

    def _facts(self) -> ReportFacts:
        home = Path.home()
        return ReportFacts(
            program=(("KiTSDesk", __version__), ("trainer", trainer_words())),
            libraries=(
                ("Python", platform.python_version()),
                ("Qt", QT_VERSION_STR),
                *((name, _version(name)) for name in _PACKAGES),
            ),
            machine=self._machine(),
            self_test=_self_test_words(self._host.first_run.test.facts),
            settings=self._host.settings.model_dump(),
            edited_keys=len(active_keys().edited()),
            project=self._project(),
            folders=(
                ("settings", shortened(config_dir(), home)),
                ("log", shortened(log_dir(), home)),
                ("resources", shortened(resources(), home)),
            ),
        )

    def _machine(self) -> Rows:
        screens = QGuiApplication.screens()
        sizes = ", ".join(f"{s.size().width()}×{s.size().height()}" for s in screens)
        gpus = ", ".join(words for _key, words in self._host.preferences.gpus) or "none found yet"
        return (
            ("system", f"{platform.system()} {platform.release()} {platform.machine()}"),
            ("processors", str(os.cpu_count())),
            ("GPUs", gpus),
            ("predicts on", self._device or "not started in this session"),
            ("screens", sizes),
        )

    def _project(self) -> Rows:
        session = self._host.desk.session
        if session.workspace is None:
            return ()
        return (
            ("cases", str(len(session.project.cases()))),
            ("models in use", str(len(session.models.in_use()))),
            ("read-only", str(session.project.read_only)),
            ("case open", str(session.case is not None)),
        )


def _self_test_words(facts: SelfTestFacts) -> str:
    if facts.state == "done" and facts.seconds_per_case is not None:
        told = f"{facts.seconds_per_case:.1f} s per case ({facts.folds} folds, a small phantom)"
        full = facts.full_size
        return told if full is None else f"{told}; a full CT: {case_words(full)}"
    return "not run in this session"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
