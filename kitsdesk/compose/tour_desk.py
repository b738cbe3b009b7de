"""Help ▸ Tour: offered once with the demo, run again at any time, on whatever is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QPoint, QRect
from PyQt6.QtWidgets import QWidget

from kitsdesk.background.settings import SETTINGS_NAME, save_settings
from kitsdesk.controllers.touring import TourController
from kitsdesk.guide.tour_steps import MOVED, TourStep
from kitsdesk.paths import config_dir
from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.actions.key_book import active_keys
from kitsdesk.ui.tour.tour_card import TourCard

if TYPE_CHECKING:
    from kitsdesk.compose.window_desk import WindowDesk

DEMO_PROJECT = "demo.kitsdesk"
OFFER = "A tour of ten steps shows the loop on these phantoms. It is in the Help menu, too."


class TourDesk(QObject):
    """Lives beside the window's desk. The tour itself edits, saves and decides nothing."""

    def __init__(self, host: WindowDesk) -> None:
        super().__init__(host)
        self._host = host
        self.card = TourCard(host.window, self._spot)
        self.tour = TourController(_Turning(host, self.card))
        self.card.nextAsked.connect(self.tour.next)
        self.card.backAsked.connect(self.tour.back)
        self.card.leaveAsked.connect(self.tour.leave)
        self.card.keyAsked.connect(self._press)
        host.window.registry.triggered.connect(self._triggered)
        host.canvas.crosshairMoved.connect(lambda _mm: self.tour.happened(MOVED))

    def start(self) -> None:
        """Begin; without the demo ask whether to open it, or to show what is open."""
        workspace = self._host.desk.session.workspace
        if workspace is not None and workspace.folder.name == DEMO_PROJECT:
            self.tour.start()
            return
        options = [("here", "Show me this window"), ("demo", "Open the demo")]
        self._host.window.choose(
            "The tour is made for the demo. Open it? What is open now is closed, its edits kept.",
            options,
            self._answered,
        )

    def offer(self) -> None:
        """Ask once, in a strip, whether to take the tour."""
        strip, settings = self._host.window.centre.strip, self._host.settings
        if settings.tour_offered or strip.is_open():
            return

        def answered(yes: bool, _text: str) -> None:
            settings.tour_offered = True
            save_settings(config_dir() / SETTINGS_NAME, settings)
            if yes:
                self.tour.start()

        strip.ask(OFFER, "Take the tour", answered, no="Not now")

    def _answered(self, key: str) -> None:
        if key == "demo":
            self._host.settings.tour_offered = True
            self._host.commands.open_demo(then=self.tour.start)
        elif key == "here":
            self.tour.start()

    def _press(self, chord: str) -> None:
        action = active_keys().action_of(chord)
        if action is not None:
            self._host.window.run_action(action)

    def _triggered(self, action: ActionId) -> None:
        # Esc over a view is Navigate; it leaves the tour, but for the step that speaks of it.
        step = self.tour.step
        if action == ActionId.TOOL_NAVIGATE and step is not None and step.spot != "palette":
            self.tour.leave()
        else:
            self.tour.happened(action.value)

    def _spot(self, step: TourStep) -> QRect:
        window = self._host.window
        if step.spot == "train":
            bar = window.header.bar
            entry = next(a for a in bar.actions() if a.text() == "Train")
            return _placed(bar, bar.actionGeometry(entry), window)
        parts: dict[str, QWidget] = {
            "cases": window.cases,
            "views": self._host.canvas,
            "jobs": window.jobs,
            "command": window.header.command,
            **window.review.spots(),
            **window.tools.spots(),
        }
        part = parts[step.spot]
        return _placed(part, part.rect(), window) if part.isVisible() else QRect()


class _Turning:
    """Turns to the tab that a step speaks of before its card points there."""

    def __init__(self, host: WindowDesk, card: TourCard) -> None:
        self._host, self._card = host, card

    def show_step(self, step: TourStep, number: int, total: int) -> None:
        """Turn to views and tab, then show the card."""
        window = self._host.window
        if self._host.desk.session.case is not None and window.centre.page() != "views":
            window.show_views()
        if step.tab:
            window.side.show_tab(step.tab)
        self._card.show_step(step, number, total)

    def close_tour(self) -> None:
        """Take the card away and give the keys back to the views."""
        self._card.close_tour()
        if self._host.desk.session.case is not None:
            self._host.canvas.take_focus()


def _placed(widget: QWidget, part: QRect, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)) + part.topLeft(), part.size())
