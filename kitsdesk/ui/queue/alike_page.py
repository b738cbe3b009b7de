"""More like this: a contact sheet of disagreements like one, each decided singly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from kitsdesk.ui.design_tokens import padding, part_sizes
from kitsdesk.ui.parts.buttons import icon_button
from kitsdesk.ui.parts.labels import divider, text_label
from kitsdesk.ui.parts.wording import count_text
from kitsdesk.ui.queue.alike_card import CARD_WIDTH, AlikeCard, CardPicture, anchor_words
from kitsdesk.ui.queue.queue_model import Name
from kitsdesk.ui.side_tabs import scrolled
from kitsdesk.ui.spacing import SPACE_8, SPACE_12, SPACE_14, SPACE_16
from kitsdesk.ui.style import active_style

if TYPE_CHECKING:
    from kitsdesk.review.alike import Alike
    from kitsdesk.review.components import Component

_PART = part_sizes("alike_page")
GAP: int = _PART["gap"]


class AlikePage(QWidget):
    """Signals carry (case, key): `openAsked`, `takeAsked`, `keepAsked`, `rejected`; and
    `closeAsked()`."""

    openAsked = pyqtSignal(tuple)
    takeAsked = pyqtSignal(tuple)
    keepAsked = pyqtSignal(tuple)
    rejected = pyqtSignal(tuple)
    closeAsked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "panel")
        self._read_only = False
        self._anchor: Name | None = None
        self._picture = CardPicture(_PART["picture"])
        self._cards: list[AlikeCard] = []
        self._words = text_label("", "small", "muted")
        self._about = QHBoxLayout()
        self._sheet = QWidget()
        self._grid = QGridLayout(self._sheet)
        self._columns = 0
        self._area: QScrollArea = scrolled(self._sheet)
        self._lay_out()

    def _lay_out(self) -> None:
        close = icon_button("ph.x", "Back")
        close.clicked.connect(self.closeAsked)
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_16, SPACE_8, SPACE_16, SPACE_8)
        head.setSpacing(SPACE_12)
        head.addWidget(text_label("More like this", "title"))
        head.addStretch(1)
        head.addWidget(self._words)
        head.addWidget(close)
        self._about.setContentsMargins(SPACE_16, SPACE_12, SPACE_16, SPACE_12)
        self._about.setSpacing(SPACE_14)
        self._about.addWidget(self._picture)
        self._grid.setContentsMargins(SPACE_16, SPACE_16, SPACE_16, SPACE_16)
        self._grid.setSpacing(GAP)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(divider())
        column.addLayout(self._about)
        column.addWidget(divider())
        column.addWidget(self._area, 1)

    def set_read_only(self, read_only: bool) -> None:
        """Offer to look only, on the next sheet."""
        self._read_only = read_only

    def show_alike(self, anchor: Component, found: Sequence[Alike]) -> None:
        """Show these cards, nearest first."""
        self._anchor = (anchor.case, anchor.key)
        if self._about.count() > 1:
            item = self._about.takeAt(1)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._about.addWidget(anchor_words(anchor), 1)
        for card in self._cards:
            self._grid.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = [self._card(one) for one in found]
        self._columns = 0
        self._place()
        bar = self._area.verticalScrollBar()
        if bar is not None:
            bar.setValue(0)

    def set_pictures(self, pictures: Mapping[Name, NDArray[Any]]) -> None:
        """Show the pictures of anchor and cards."""
        if self._anchor is not None and self._anchor in pictures:
            self._picture.set_picture(pictures[self._anchor])
        for card in self._cards:
            if card.name in pictures:
                card.picture.set_picture(pictures[card.name])

    def set_state(self, name: Name, state: str) -> None:
        """Show that a card is settled: "taken" or "kept", "" = open again."""
        for card in self._cards:
            if card.name == name:
                card.set_state(state)

    def drop(self, name: Name) -> None:
        """Take one card away: it is not like the anchor."""
        for card in [card for card in self._cards if card.name == name]:
            self._cards.remove(card)
            self._grid.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._columns = 0
        self._place()

    def cards(self) -> list[AlikeCard]:
        """Return the cards, nearest first."""
        return list(self._cards)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Put as many cards into a row as fit."""
        super().resizeEvent(event)
        self._place()

    def _card(self, one: Alike) -> AlikeCard:
        card = AlikeCard(one.component, one.why, self._read_only)
        card.openAsked.connect(self.openAsked)
        card.takeAsked.connect(self.takeAsked)
        card.keepAsked.connect(self.keepAsked)
        card.rejected.connect(self.rejected)
        return card

    def _place(self) -> None:
        room = self.width() - 2 * padding("panel") + GAP
        columns = max(1, room // (active_style().px(CARD_WIDTH) + GAP))
        self._words.setText(f"{count_text(len(self._cards), 'unreviewed disagreement')} like it")
        if columns == self._columns:
            return
        self._columns = columns
        for number, card in enumerate(self._cards):
            self._grid.addWidget(card, number // columns, number % columns)
