"""The first start: the notice is shown once, with a self-test of the device and the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from kitsdesk.background.settings import SETTINGS_NAME, save_settings
from kitsdesk.compose.help_pages import NOTICE
from kitsdesk.controllers.self_test import SelfTest
from kitsdesk.paths import config_dir, demo_model

if TYPE_CHECKING:
    from kitsdesk.compose.window_desk import WindowDesk


class FirstRun(QObject):
    """Shows the notice until a person has gone on from it once."""

    def __init__(self, host: WindowDesk) -> None:
        super().__init__(host)
        self._host = host
        page = host.window.welcome
        self.test = SelfTest(host.desk.pool, host.desk.serve, page)
        page.testAsked.connect(self._start_test)
        page.cancelAsked.connect(self.test.cancel)
        page.goOnAsked.connect(self._go_on)
        page.demoAsked.connect(self._open_demo)
        host.desk.session.projectOpened.connect(self.test.cancel)

    def begin(self, *, working: bool) -> None:
        """Show the page, or beside work that was asked for a strip with the notice alone."""
        if self._host.settings.notice_seen:
            return
        if working:
            words = (
                f"{NOTICE} Masks and numbers are for research and decide nothing about a patient."
            )
            strip = self._host.window.centre.strip
            strip.ask(
                words, "Understood", lambda yes, _text: self._seen() if yes else None, no="Later"
            )
            return
        self._host.window.show_page("welcome")
        self._start_test()

    def _start_test(self) -> None:
        self.test.start(demo_model(), self._host.settings.device)

    def _open_demo(self) -> None:
        self._seen()
        self._host.commands.open_demo()

    def _go_on(self) -> None:
        self._seen()
        self._host.window.show_page("empty")

    def _seen(self) -> None:
        self.test.cancel()
        self._host.settings.notice_seen = True
        save_settings(config_dir() / SETTINGS_NAME, self._host.settings)
