"""The Review tab: what speaks against the mask of the open case, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from kitsdesk.review.rows import ReviewFacts
from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.design_tokens import icon_size
from kitsdesk.ui.parts.buttons import KeyedButton
from kitsdesk.ui.parts.icon_label import Glyph
from kitsdesk.ui.parts.labels import divider, text_label, wrapped_label
from kitsdesk.ui.parts.wording import count_text
from kitsdesk.ui.question_strip import QuestionStrip
from kitsdesk.ui.review_side.case_title import CaseTitle
from kitsdesk.ui.review_side.decision_buttons import NO_CASE, DecisionButtons
from kitsdesk.ui.review_side.dice_block import DiceBlock
from kitsdesk.ui.review_side.disagreement_list import DisagreementList
from kitsdesk.ui.review_side.fold_chips import FoldRow
from kitsdesk.ui.review_side.volume_table import VolumeTable
from kitsdesk.ui.side_tabs import scrolled
from kitsdesk.ui.spacing import SPACE_8, SPACE_10, SPACE_12, SPACE_16, SPACE_24, SPACE_32


class ReviewPanel(QWidget):
    """Signals: `decided(decision, reason)`, `restoreAsked()`, `doneAsked()`,
    `disagreementChosen(index)`, `takeAsked(index)`, `keepAsked(index)`, `paintAsked(index)`,
    `alikeAsked(index)`,
    `foldChosen(model, fold; −1 = none)`, `overlayChosen("votes"|"entropy"|"none")`,
    `predictAsked()`."""

    decided = pyqtSignal(str, str)
    restoreAsked = pyqtSignal()
    doneAsked = pyqtSignal()
    disagreementChosen = pyqtSignal(int)
    takeAsked = pyqtSignal(int)
    keepAsked = pyqtSignal(int)
    paintAsked = pyqtSignal(int)
    alikeAsked = pyqtSignal(int)
    foldChosen = pyqtSignal(str, int)
    overlayChosen = pyqtSignal(str)
    predictAsked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._title = CaseTitle()
        self._dice = DiceBlock()
        self._volumes = VolumeTable()
        self._list = DisagreementList()
        self._folds = FoldRow()
        self._fold_rule = divider()
        self._buttons = DecisionButtons()
        self._missing = NoPrediction()
        self._nothing = text_label(NO_CASE, "base", "muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._nothing)
        self._pages.addWidget(self._make_page())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._pages, 1)
        self._decision_rule = divider()
        column.addWidget(self._decision_rule)
        column.addWidget(self._buttons)
        self._selection: tuple[str, ...] = ()
        self._connect()
        self.set_facts(None)

    def _make_page(self) -> QWidget:
        upper = QWidget()
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._title)
        column.addWidget(divider())
        self._values = QWidget()
        block = QVBoxLayout(self._values)
        block.setContentsMargins(SPACE_16, SPACE_12, SPACE_16, SPACE_12)
        block.setSpacing(SPACE_10)
        block.addWidget(self._dice)
        block.addWidget(self._volumes)
        column.addWidget(self._values)
        column.addWidget(self._missing, 1)
        self._value_rule = divider()
        column.addWidget(self._value_rule)
        column.addWidget(self._list, 1)
        column.addWidget(self._fold_rule)
        column.addWidget(self._folds)
        page = QFrame()
        whole = QVBoxLayout(page)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(scrolled(upper), 1)
        return page

    def _connect(self) -> None:
        self._list.chosen.connect(self.disagreementChosen)
        self._list.takeAsked.connect(self.takeAsked)
        self._list.keepAsked.connect(self.keepAsked)
        self._list.paintAsked.connect(self.paintAsked)
        self._list.alikeAsked.connect(self.alikeAsked)
        self._folds.foldChosen.connect(self.foldChosen)
        self._folds.overlayChosen.connect(self.overlayChosen)
        self._buttons.decided.connect(self.decided)
        self._buttons.restoreAsked.connect(self.restoreAsked)
        self._buttons.doneAsked.connect(self.doneAsked)
        self._missing.predictAsked.connect(self.predictAsked)

    def spots(self) -> dict[str, QWidget]:
        """Return the parts that the tour points at."""
        return {"dice": self._values, "disagreements": self._list, "decisions": self._buttons}

    def set_facts(self, facts: ReviewFacts | None) -> None:
        """Show the open case, or that there is none."""
        self._pages.setCurrentIndex(0 if facts is None else 1)
        self._buttons.set_facts(facts)
        self._offer_decisions()
        if facts is None:
            return
        self._title.set_facts(facts)
        self._dice.set_facts(facts)
        self._volumes.set_rows(facts.volumes)
        self._list.set_facts(facts)
        self._folds.set_facts(facts)
        compared = facts.has_prediction and facts.has_reference
        self._values.setVisible(compared or bool(facts.volumes))
        self._dice.setVisible(compared)
        self._list.setVisible(compared)
        self._value_rule.setVisible(compared)
        self._missing.setVisible(not compared)
        self._missing.set_state(facts.has_prediction, facts.has_reference)
        self._fold_rule.setVisible(bool(facts.folds))

    def set_forecast(self, words: str) -> None:
        """Say beside the button how long predicting takes and how much memory."""
        self._missing.set_forecast(words)

    def set_selection(self, cases: Sequence[str]) -> None:
        """Say which cases are selected in the list: decisions are for them where they are
        several, or where no case is open."""
        self._selection = tuple(cases)
        self._buttons.set_selected(cases)
        self._offer_decisions()

    def _offer_decisions(self) -> None:
        count = len(self._selection)
        offered = self.has_case() or count > 0
        self._decision_rule.setVisible(offered)
        self._buttons.setVisible(offered)
        chosen = f"Decisions are for the {count_text(count, 'chosen case')}"
        self._nothing.setText(f"{NO_CASE}\n{chosen}" if count else NO_CASE)

    def has_case(self) -> bool:
        """Return whether a case is shown."""
        return self._pages.currentIndex() == 1

    def select_disagreement(self, index: int | None) -> None:
        """Mark one disagreement, or none."""
        self._list.select(index)

    def selected_disagreement(self) -> int | None:
        """Return the marked disagreement's index."""
        return self._list.selected()

    def set_overlay(self, kind: str) -> None:
        """Show which overlay is on: "votes", "entropy" or "none"."""
        self._folds.set_overlay(kind)

    def begin_decision(self, decision: str) -> None:
        """Do what the decision's button does ("restore" for Restore reference): ask for a
        reason where one is required, then emit `decided`."""
        self._buttons.begin(decision)

    @property
    def strip(self) -> QuestionStrip:
        """Return the strip above the buttons, where questions are asked."""
        return self._buttons.strip


class NoPrediction(QWidget):
    """What stands in place of values where there is nothing to compare."""

    predictAsked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._head = text_label("", "base", "", "semibold")
        self._text = wrapped_label("", "small", "muted")
        self._text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._predict = KeyedButton("Predict case", "ph.play", ActionId.PREDICT_CASE)
        self._takes = wrapped_label("", "small", "muted")
        self._takes.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_32, SPACE_24, SPACE_32, SPACE_24)
        column.setSpacing(SPACE_8)
        column.addStretch(1)
        middle = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(Glyph("ph.circle-dashed", "text_muted", icon_size("empty")), 0, middle)
        column.addWidget(self._head, 0, middle)
        column.addWidget(self._text)
        column.addWidget(self._predict, 0, middle)
        column.addWidget(self._takes)
        column.addStretch(1)
        self._predict.clicked.connect(self.predictAsked)

    def set_state(self, has_prediction: bool, has_reference: bool) -> None:
        """Say what is missing."""
        self._head.setText("No reference mask" if has_prediction else "No prediction yet")
        self._text.setText(
            "The prediction can become this case's first mask."
            if has_prediction
            else "Predict the case to see where mask and networks disagree."
        )
        self._predict.setVisible(not has_prediction)
        self._takes.setVisible(not has_prediction)

    def set_forecast(self, words: str) -> None:
        """Say what predicting takes, "" where that is not known."""
        self._takes.setText(f"Takes {words}." if words else "")
