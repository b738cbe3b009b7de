"""One card of the contact sheet: a picture, what it shows, and what to do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray
from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent, QPixmap
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.parts.buttons import KeyedButton, explain, icon_button
from kitsdesk.ui.parts.icon_label import IconLabel
from kitsdesk.ui.parts.labels import ElidedLabel, text_label, wrapped_label
from kitsdesk.ui.parts.thumbnail_painting import colour_pixmap, draw_picture
from kitsdesk.ui.queue.queue_model import Name
from kitsdesk.ui.review_side.disagreement_delegate import SETTLED
from kitsdesk.ui.spacing import SPACE_2, SPACE_6, SPACE_8, SPACE_12
from kitsdesk.ui.style import active_style

if TYPE_CHECKING:
    from kitsdesk.review.components import Component

_PART = part_sizes("alike_card")
PICTURE: int = _PART["picture"]
CARD_WIDTH: int = _PART["card_width"]
_BELOW_WORDS: int = _PART["below_words"]


class CardPicture(QWidget):
    """The picture of a component, black until it is there."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self._side = side
        self._pixmap: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return a square."""
        return QSize(self._side, self._side)

    def set_picture(self, picture: NDArray[Any]) -> None:
        """Show a picture, RGB uint8 (rows, columns, 3)."""
        self._pixmap = colour_pixmap(picture, round(self._side * self.devicePixelRatioF()))
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw it with round corners."""
        draw_picture(QPainter(self), self._pixmap, self.rect().toRectF())


class AlikeCard(QFrame):
    """Signals carry (case, key): `openAsked`, `takeAsked`, `keepAsked`, `rejected`."""

    openAsked = pyqtSignal(tuple)
    takeAsked = pyqtSignal(tuple)
    keepAsked = pyqtSignal(tuple)
    rejected = pyqtSignal(tuple)

    def __init__(self, found: Component, why: str, read_only: bool) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "card")
        self.setFixedWidth(active_style().px(CARD_WIDTH))
        self.name: Name = (found.case, found.key)
        self.setAccessibleName(f"{found.case}: {found.sentence}")
        self.picture = CardPicture(PICTURE)
        self.take = KeyedButton("Take prediction", size="small")
        self.keep = KeyedButton("Keep reference", size="small")
        self._open = icon_button("ph.corners-out", "Open the case at this place")
        self._unlike = icon_button("ph.x", "Not like this: it is not offered again")
        self._state = IconLabel("ph.circle", "")
        self._state.hide()
        title = wrapped_label(found.title)
        title.setToolTip(found.sentence)
        title.setMinimumHeight(2 * title.fontMetrics().height() + _BELOW_WORDS)
        title.setAlignment(Qt.AlignmentFlag.AlignTop)
        case = ElidedLabel(found.case, "base")
        case.setProperty("weight", "semibold")
        reason = wrapped_label(why, "small", "muted")
        reason.setAlignment(Qt.AlignmentFlag.AlignTop)
        reason.setMinimumHeight(2 * reason.fontMetrics().height() + _BELOW_WORDS)
        self._lay_out(case, title, reason)
        for button, signal in (
            (self._open, self.openAsked),
            (self.take, self.takeAsked),
            (self.keep, self.keepAsked),
            (self._unlike, self.rejected),
        ):
            button.clicked.connect(lambda _on, signal=signal: signal.emit(self.name))
        for button in (self.take, self.keep):
            explain(button, not read_only, "The project is open read-only")

    def _lay_out(self, case: QWidget, title: QWidget, reason: QWidget) -> None:
        side = QVBoxLayout()
        side.setSpacing(SPACE_6)
        side.addWidget(self._open)
        side.addWidget(self._unlike)
        side.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(SPACE_8)
        top.addWidget(self.picture)
        top.addLayout(side)
        head = QHBoxLayout()
        head.addWidget(case, 1)
        head.addWidget(self._state)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_6)
        buttons.addWidget(self.take, 1)
        buttons.addWidget(self.keep, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_12, SPACE_12, SPACE_12, SPACE_12)
        column.setSpacing(SPACE_6)
        column.addLayout(top)
        column.addLayout(head)
        column.addWidget(title)
        column.addWidget(reason)
        column.addLayout(buttons)

    def set_state(self, state: str) -> None:
        """Show that it was settled, or that it is open again ("")."""
        self._state.setVisible(bool(state))
        if state:
            icon, words = SETTLED[state]
            self._state.show_state(icon, "success", words)


def anchor_words(found: Component) -> QWidget:
    """Return the sentence of the component that the others are like."""
    words = QWidget()
    column = QVBoxLayout(words)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(SPACE_2)
    column.addWidget(text_label(found.case, "base", "", "semibold"))
    column.addWidget(ElidedLabel(found.sentence, "base"))
    column.addWidget(
        wrapped_label(
            "Nearest first by HU, size and distance to the kidney, each in standard deviations, "
            "by which folds agree, and by side",
            "small",
            "muted",
        )
    )
    return words
