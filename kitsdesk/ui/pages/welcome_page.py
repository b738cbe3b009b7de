"""The first start: the notice, what this computer can do, and the demo."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from kitsdesk.project.forecast_words import case_words
from kitsdesk.project.self_test_facts import SelfTestFacts
from kitsdesk.ui.design_tokens import control, part_sizes
from kitsdesk.ui.pages.empty_page import CardIcon, KidneyMark
from kitsdesk.ui.parts.bars import ProgressLine
from kitsdesk.ui.parts.buttons import KeyedButton
from kitsdesk.ui.parts.labels import surface, text_label, wrapped_label
from kitsdesk.ui.parts.wording import device_words, duration_text
from kitsdesk.ui.spacing import SPACE_8, SPACE_16, SPACE_18, SPACE_20, SPACE_24, SPACE_40
from kitsdesk.ui.status_line import NOTICE

_PART = part_sizes("welcome_page")
CARD_WIDTH: int = _PART["card_width"]
CARD_HEIGHT: int = _PART["card_height"]
PHASES = {"predict": "predicting a phantom", "load": "loading the model"}


class WelcomePage(QWidget):
    """`demoAsked()`, `goOnAsked()`, `testAsked()`, `cancelAsked()`."""

    demoAsked = pyqtSignal()
    goOnAsked = pyqtSignal()
    testAsked = pyqtSignal()
    cancelAsked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "window")
        self._result = wrapped_label("", "base", "muted")
        self._bar = ProgressLine(control("progress_thin"))
        self._test = KeyedButton("Cancel")
        self._demo = KeyedButton("Open the demo", kind="primary")
        self._go_on = KeyedButton("Go on without the demo", kind="quiet")
        self._running = False
        self._lay_out()
        self._test.clicked.connect(
            lambda: (self.cancelAsked if self._running else self.testAsked).emit()
        )
        self._demo.clicked.connect(self.demoAsked)
        self._go_on.clicked.connect(self.goOnAsked)

    def _lay_out(self) -> None:
        cards = QWidget()
        row = QHBoxLayout(cards)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_16)
        self._bar.setMinimumHeight(_PART["bar_room"])
        parts = (self._result, self._bar)
        row.addWidget(_card("ph.cpu", "This computer", parts, self._test))
        demo = wrapped_label(
            "Phantoms with known mask faults and a small model trained on phantoms. "
            "The first mask within a minute.",
            "base",
            "muted",
        )
        row.addWidget(_card("ph.play-circle", "See how it works", (demo,), self._demo))
        middle = Qt.AlignmentFlag.AlignHCenter
        words = "Masks and numbers are for research. They decide nothing about a patient."
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_40, SPACE_24, SPACE_40, SPACE_24)
        column.addStretch(2)
        for part, gap in (
            (KidneyMark(), _PART["drawing_gap"]),
            (text_label(NOTICE, "display"), _PART["notice_gap"]),
            (text_label(words, "base", "muted"), _PART["words_gap"]),
            (cards, _PART["cards_gap"]),
            (self._go_on, 0),
        ):
            column.addWidget(part, 0, middle)
            column.addSpacing(gap)
        column.addStretch(3)

    def show_self_test(self, facts: SelfTestFacts) -> None:
        """Show how far the device self-test is, or what it found."""
        self._running = facts.state == "running"
        self._result.setText(self_test_words(facts))
        self._bar.setVisible(self._running)
        self._bar.set_value(facts.fraction)
        self._test.setText("Cancel" if self._running else "Test again")


def self_test_words(facts: SelfTestFacts) -> str:
    """Return the self-test in words."""
    device = device_words(facts.device)
    if facts.state == "running":
        what = PHASES.get(facts.phase, facts.phase)
        return f"{device}: {what}…" if device else f"Self-test: {what}…"
    if facts.state == "failed":
        return f"The self-test did not end: {facts.problem}"
    if facts.state == "cancelled" or facts.seconds_per_case is None:
        return "The self-test was cancelled: the time a case takes is not known."
    time = duration_text(facts.seconds_per_case)
    works = (
        f"{device or 'This computer'} works. The {facts.folds} folds of the demo model take about "
        f"{time} for a small phantom"
    )
    if facts.full_size is None:
        return f"{works}. A full CT takes longer."
    return f"{works}, and {case_words(facts.full_size)} for a CT of 512×512×107 voxels."


def _card(icon: str, title: str, parts: tuple[QWidget, ...], button: KeyedButton) -> QWidget:
    card = surface("card")
    card.setFixedWidth(CARD_WIDTH)
    card.setMinimumHeight(CARD_HEIGHT)
    row = QHBoxLayout(card)
    row.setContentsMargins(SPACE_20, SPACE_20, SPACE_16, SPACE_18)
    row.setSpacing(SPACE_16)
    row.addWidget(CardIcon(icon), 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(SPACE_8)
    words.setSizeConstraint(QLayout.SizeConstraint.SetMinimumSize)
    words.addWidget(text_label(title, "title"))
    for part in parts:
        words.addWidget(part)
    words.addStretch(1)
    words.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
    row.addLayout(words, 1)
    return card
