"""The application: one window, its style, its errors, its end."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal

from kitsdesk.paths import config_dir, log_dir
from trainer.contract.errors import KitsDeskError

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QApplication

    from kitsdesk.background.settings import Settings
    from kitsdesk.compose.window_desk import WindowDesk
    from kitsdesk.ui.main_window import MainWindow

_LOG = logging.getLogger(__name__)
SCREENSHOT_TIMEOUT_MS = 60_000
Theme = Literal["dark", "light"] | None
Tab = Literal["tools", "review", "info"]


def run_demo(folder: Path | None, *, headless: bool, report: Path | None) -> int:
    """Open the window on the demo project, or walk the loop without one."""
    from kitsdesk.log import start_log

    start_log(log_dir())
    if headless:
        from kitsdesk.demo.headless import run_headless

        return run_headless(folder, report)

    def begin(host: WindowDesk) -> None:
        host.first_run.begin(working=True)
        host.commands.open_demo(folder)

    return _run(begin, None, None)


def run_window(
    path: Path | None,
    *,
    case: str = "",
    screenshot: Path | None = None,
    tab: Tab = "review",
    theme: Theme = None,
) -> int:
    """Open the window, on a project or case if one is given; returns the exit code.

    With `screenshot` it waits until the views are painted, writes the picture and quits.
    """
    from kitsdesk.log import start_log

    if path is not None and not path.exists():
        raise KitsDeskError(f"{path} does not exist.")
    start_log(log_dir())

    def begin(host: WindowDesk) -> None:
        host.window.side.show_tab(tab)
        if screenshot is None:
            host.first_run.begin(working=path is not None)
        if path is not None:
            host.commands.open_path(path.absolute(), case)

    return _run(begin, screenshot, theme)


def _run(begin: Callable[[WindowDesk], None], screenshot: Path | None, theme: Theme) -> int:
    from PyQt6.QtWidgets import QApplication

    from kitsdesk.background.settings import SETTINGS_NAME, load_settings, save_settings
    from kitsdesk.compose.opening import Opening, placed_window
    from kitsdesk.ui.application_icon import application_icon
    from kitsdesk.ui.style import install_style

    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("KiTSDesk")
    application.setDesktopFileName("kitsdesk")
    application.setWindowIcon(application_icon())
    settings_file = config_dir() / SETTINGS_NAME
    settings = load_settings(settings_file)
    install_style(application, theme or settings.theme).set_scale(settings.text_percent / 100)
    window = placed_window(settings)
    sys.excepthook = _report_to(window)

    def opened(host: WindowDesk) -> None:
        if screenshot is not None:
            _photograph(host, screenshot, application)
        begin(host)

    opening = Opening(window, lambda shell: _desk_of(shell, settings), opened)
    opening.start()
    code = application.exec()
    if opening.host is not None:
        opening.host.close()
        save_settings(settings_file, settings)
    logging.shutdown()
    # Qt and OpenGL objects outlive the interpreter's modules in an order nobody controls; all
    # that matters is on disk, so the process ends here.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _desk_of(window: MainWindow, settings: Settings) -> WindowDesk:
    from kitsdesk.compose.window_desk import WindowDesk
    from kitsdesk.demo.phantom_project import make_demo_project
    from kitsdesk.ui.style import active_style

    def make_demo(folder: Path) -> object:
        return make_demo_project(folder, settings.author)

    return WindowDesk(active_style(), settings, make_demo, window)


def _photograph(host: WindowDesk, screenshot: Path, application: QApplication) -> None:
    from kitsdesk.compose.opening import LARGEST_AT_FIRST
    from kitsdesk.compose.screenshots import Screenshot

    host.window.resize(*LARGEST_AT_FIRST)
    taker = Screenshot(host, screenshot, SCREENSHOT_TIMEOUT_MS)
    taker.ended.connect(application.exit)


def _report_to(
    window: MainWindow,
) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        _LOG.critical("unexpected error", exc_info=(kind, error, trace))
        if isinstance(error, KitsDeskError):
            window.show_problem(error)
            return
        window.show_problem(
            KitsDeskError(
                f"Something unexpected happened: {kind.__name__}: {error}.",
                kept="Edits are in the case's journal, saved masks are unchanged.",
                advice="Go on, or close and open the window; Help, System report has the log.",
            )
        )

    return hook
