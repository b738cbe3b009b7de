"""What the centre shows with no project, and with a project that has no model."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.design_tokens import canvas_structures, icon_size, line_width, part_sizes
from kitsdesk.ui.icons import draw_icon
from kitsdesk.ui.parts.buttons import KeyedButton
from kitsdesk.ui.parts.icon_label import IconLabel
from kitsdesk.ui.parts.labels import surface, text_label, wrapped_label
from kitsdesk.ui.parts.rounded import draw_rounded
from kitsdesk.ui.parts.wording import count_text
from kitsdesk.ui.spacing import SPACE_4, SPACE_8, SPACE_16, SPACE_18, SPACE_20, SPACE_24, SPACE_40
from kitsdesk.ui.style import active_style

_PART = part_sizes("empty_page")
_ICON_SQUARE: int = _PART["icon_square"]


@dataclass(frozen=True)
class Way:
    """One way on: a card with one button."""

    icon: str
    title: str
    text: str
    button: str
    action: ActionId


def _model_ways(cases: int, estimate: str) -> tuple[Way, ...]:
    masks = f"On the {cases} reference masks as they are." if cases else "On reference masks."
    return (
        Way(
            "ph.download-simple",
            "Import an nnU-Net model",
            "A trained folder of nnU-Net v2, which predicts here as it does there. "
            "The cases a fold never saw become held-out.",
            "Import nnU-Net model…",
            ActionId.IMPORT_MODEL,
        ),
        Way(
            "ph.file-arrow-down",
            "Import predictions",
            "Masks that somebody else made of these cases, one file per case.",
            "Import predictions…",
            ActionId.IMPORT_PREDICTIONS,
        ),
        Way(
            "ph.tree-structure",
            "Train first folds",
            f"{masks} {estimate}".strip(),
            "Train first folds…",
            ActionId.RETRAIN,
        ),
        Way(
            "ph.play-circle",
            "Open the demo",
            "Phantoms with known mask faults and a small model. The first mask within a minute.",
            "Open the demo",
            ActionId.OPEN_DEMO,
        ),
    )


START_WAYS: tuple[Way, ...] = (
    Way(
        "ph.file-plus",
        "New project",
        "A KiTS folder, loose NIfTI files, a DICOM folder or an nnU-Net raw data set. "
        "The source stays as it is.",
        "New project…",
        ActionId.NEW_PROJECT,
    ),
    Way(
        "ph.folder-open",
        "Open project",
        "Go on where you stopped.",
        "Open project…",
        ActionId.OPEN_PROJECT,
    ),
    Way(
        "ph.image",
        "Open case",
        "Look at one CT, predict it, correct its mask.",
        "Open case…",
        ActionId.OPEN_CASE,
    ),
    Way(
        "ph.play-circle",
        "Open the demo",
        "Phantoms with known mask faults and a small model. The first mask within a minute.",
        "Open the demo",
        ActionId.OPEN_DEMO,
    ),
)


class KidneyMark(QWidget):
    """Two kidneys as the program draws them: a mask, and a prediction with a tumor."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the drawing's size."""
        return QSize(*_PART["drawing"])

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw both kidneys in the colours of structures."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dark = active_style().theme.name == "dark"
        colours = canvas_structures() if dark else active_style().theme.structures
        painter.setPen(QPen(QColor(colours[1]), line_width("focus")))
        painter.drawPath(_kidney(_PART["left_kidney"], mirrored=False))
        pen = QPen(QColor(colours[1]), line_width("focus"))
        pen.setDashPattern(_PART["dash"])
        painter.setPen(pen)
        painter.drawPath(_kidney(_PART["right_kidney"], mirrored=True))
        painter.setPen(QPen(QColor(colours[2]), line_width("thick")))
        painter.setBrush(active_style().colour("window"))
        tumor = _PART["tumor_radius"]
        painter.drawEllipse(QPointF(*_PART["tumor_middle"]), tumor, tumor)


def _kidney(edge: float, mirrored: bool) -> QPainterPath:
    sign = -1.0 if mirrored else 1.0

    def at(x: float, y: float) -> QPointF:
        return QPointF(edge + sign * x, y)

    path = QPainterPath(at(20, 4))
    path.cubicTo(at(34, 2), at(40, 14), at(33, 24))
    path.cubicTo(at(28, 31), at(29, 34), at(33, 42))
    path.cubicTo(at(38, 54), at(29, 61), at(20, 60))
    path.cubicTo(at(6, 58), at(0, 44), at(0, 32))
    path.cubicTo(at(0, 16), at(8, 6), at(20, 4))
    return path


class CardIcon(QWidget):
    """An icon on a soft accent square."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setFixedSize(_ICON_SQUARE, _ICON_SQUARE)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw square and icon."""
        style = active_style()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.colour("accent_soft"))
        draw_rounded(painter, QRectF(self.rect()), "card")
        side = icon_size("card")
        left, top = (self.width() - side) / 2, (self.height() - side) / 2
        draw_icon(painter, self._name, QRectF(left, top, side, side), style.colour("accent"))


class EmptyPage(QWidget):
    """`actionAsked(ActionId)`: a card's button was pressed."""

    actionAsked = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "window")
        self._title = text_label("", "display")
        self._text = text_label("", "title", "muted")
        self._text.setStyleSheet("font-weight: 400;")
        self._cards = QWidget()
        self._grid = QGridLayout(self._cards)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACE_16)
        self._note = IconLabel("ph.lock-simple", "", text_role="small")
        middle = Qt.AlignmentFlag.AlignHCenter
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_40, SPACE_24, SPACE_40, SPACE_24)
        column.addStretch(2)
        for part, gap in (
            (KidneyMark(), _PART["drawing_gap"]),
            (self._title, _PART["title_gap"]),
            (self._text, _PART["text_gap"]),
            (self._cards, _PART["cards_gap"]),
            (self._note, 0),
        ):
            column.addWidget(part, 0, middle)
            column.addSpacing(gap)
        column.addStretch(3)
        self.show_start()

    def show_starting(self) -> None:
        """The window is there before what fills it."""
        self._show("Starting\u2026", "The views are being made ready.", (), "")

    def show_start(self) -> None:
        """No project is open."""
        self._show(
            "Find the wrong masks first",
            "Open a data set, or look at the demo.",
            START_WAYS,
            "Research use only. Not a medical device.",
        )

    def show_no_model(self, cases: int, project: str, estimate: str = "") -> None:
        """A project is open and has no model; `estimate` is a sentence on training time."""
        ready = f"{count_text(cases, 'case')} {'is' if cases == 1 else 'are'} ready."
        self._show(
            "No model yet",
            f"{ready} Four ways on:",
            _model_ways(cases, estimate),
            f"The source data set stays read-only. Everything is written to {project}.",
        )

    def show_choose_case(self, cases: int) -> None:
        """A project with models is open, and no case yet."""
        self._show(
            "Choose a case",
            f"{count_text(cases, 'case')} in the list, the most suspicious first.",
            (),
            "",
        )

    def title(self) -> str:
        """Return the words in the middle."""
        return self._title.text()

    def _show(self, title: str, text: str, ways: tuple[Way, ...], note: str) -> None:
        self._title.setText(title)
        self._text.setText(text)
        self._note.show_state(
            "ph.lock-simple" if ways != START_WAYS else "ph.info", "text_muted", note
        )
        self._note.setVisible(bool(note))
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for place, way in enumerate(ways):
            self._grid.addWidget(self._card(way), place // 2, place % 2)
        self._cards.setVisible(bool(ways))

    def _card(self, way: Way) -> QWidget:
        card = surface("card")
        card.setFixedWidth(_PART["card_width"])
        card.setMinimumHeight(_PART["card_least_height"])
        row = QHBoxLayout(card)
        row.setContentsMargins(SPACE_20, SPACE_20, SPACE_16, SPACE_18)
        row.setSpacing(SPACE_16)
        row.addWidget(CardIcon(way.icon), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(SPACE_4)
        title = text_label(way.title, "title")
        words.addWidget(title)
        words.addWidget(wrapped_label(way.text, "base", "muted"))
        words.addStretch(1)
        words.addSpacing(SPACE_8)
        button = KeyedButton(way.button)
        button.clicked.connect(lambda: self.actionAsked.emit(way.action))
        words.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        row.addLayout(words, 1)
        return card
