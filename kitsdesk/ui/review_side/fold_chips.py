"""The folds of the models in use: which saw the case, which mask is shown, and overlays."""

from __future__ import annotations

from PyQt6.QtCore import QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kitsdesk.review.rows import FoldChip, ReviewFacts
from kitsdesk.ui.design_tokens import control, icon_size, line_width, part_sizes
from kitsdesk.ui.icons import draw_icon
from kitsdesk.ui.parts.focus_ring import draw_ring, draw_ring_on_fill
from kitsdesk.ui.parts.icon_label import IconLabel
from kitsdesk.ui.parts.labels import section_label, text_label
from kitsdesk.ui.parts.rounded import draw_rounded
from kitsdesk.ui.parts.segments import Segments
from kitsdesk.ui.spacing import SPACE_4, SPACE_6, SPACE_8, SPACE_10, SPACE_12, SPACE_14, SPACE_16
from kitsdesk.ui.style import active_style

_PART = part_sizes("fold_chips")
_HEIGHT: int = control("height")
MEANINGS = {
    "held_out": "has not seen this case: counts as held-out",
    "saw": "was trained on this case: shown, never counted as held-out",
    "missing": "is not trained, or has no prediction here",
}


class FoldButton(QAbstractButton):
    """One chip; filled while its mask is the one in the views."""

    def __init__(self, chip: FoldChip) -> None:
        super().__init__()
        self.chip = chip
        self.setCheckable(True)
        self.setChecked(chip.shown)
        self.setEnabled(chip.state != "missing")
        self.setText(str(chip.fold))
        tip = f"Fold {chip.fold} of {chip.model} {MEANINGS[chip.state]}"
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return a chip."""
        return QSize(_PART["chip_width"], _HEIGHT)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the chip by the tokens of its state."""
        style = active_style()
        values = style.theme.fold_chips["shown" if self.isChecked() else self.chip.state]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(values["border"]), line_width("edge"))
        if "dashed" in values["border_style"]:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(values["background"]))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        draw_rounded(painter, box, "chip")
        if self.hasFocus():
            ring = draw_ring_on_fill if self.isChecked() else draw_ring
            ring(painter, QRectF(self.rect()), "chip")
        colour = QColor(values["text"])
        painter.setPen(colour)
        painter.setFont(style.font("base", 600 if self.isChecked() else 500))
        number = QRect(_PART["number_left"], 0, _PART["number_width"], _HEIGHT)
        painter.drawText(number, int(Qt.AlignmentFlag.AlignCenter), self.text())
        icon = style.theme.fold_chips[self.chip.state]["icon"]
        side = icon_size("small")
        place = QRect(_PART["icon_left"], (_HEIGHT - side) // 2, side, side)
        draw_icon(painter, icon, place, colour)


class FoldRow(QWidget):
    """`foldChosen(model, fold)`: fold −1 = the prediction itself again;
    `overlayChosen("votes" | "entropy" | "none")`."""

    foldChosen = pyqtSignal(str, int)
    overlayChosen = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[FoldChip, ...] | None = None
        self._rows = QVBoxLayout()
        self._rows.setSpacing(SPACE_6)
        self._overlay = Segments(
            (("votes", "Votes"), ("entropy", "Entropy")), optional=True, small=True
        )
        self._overlay.setFixedHeight(_HEIGHT)
        self._overlay.chosen.connect(lambda key: self.overlayChosen.emit(key or "none"))
        head = QHBoxLayout()
        head.setSpacing(SPACE_10)
        head.addWidget(section_label("Folds"), 1)
        head.addWidget(IconLabel("ph.check", "has not seen it"))
        head.addWidget(IconLabel("ph.eye", "has seen it"))
        line = QHBoxLayout()
        line.setSpacing(SPACE_8)
        line.addLayout(self._rows, 1)
        line.addWidget(self._overlay, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_16, SPACE_12, SPACE_16, SPACE_14)
        column.setSpacing(SPACE_8)
        column.addLayout(head)
        column.addLayout(line)

    def set_facts(self, facts: ReviewFacts) -> None:
        """Show one row of chips per model in use."""
        if facts.folds == self._shown:
            return
        self._shown = facts.folds
        while self._rows.count():
            item = self._rows.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        models = list(dict.fromkeys(chip.model for chip in facts.folds))
        for model in models:
            chips = [chip for chip in facts.folds if chip.model == model]
            self._rows.addWidget(self._chip_row(model if len(models) > 1 else "", chips))
        self.setVisible(bool(facts.folds))

    def _chip_row(self, model: str, chips: list[FoldChip]) -> QWidget:
        widget = QWidget()
        row = QHBoxLayout(widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_4)
        for chip in chips:
            button = FoldButton(chip)
            button.clicked.connect(
                lambda on, chip=chip: self.foldChosen.emit(chip.model, chip.fold if on else -1)
            )
            row.addWidget(button)
        if model:
            row.addWidget(text_label(model, "caption", "muted"))
        row.addStretch(1)
        return widget

    def set_overlay(self, kind: str) -> None:
        """Show which overlay is on, without a signal."""
        self._overlay.set_chosen("" if kind == "none" else kind)
