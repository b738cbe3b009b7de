"""A settled disagreement is muted, and its words are still read at 4.5:1, as they are painted."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QRect
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QStyleOptionViewItem
from seen_widgets import contrast

from kitsdesk.review.rows import DisagreementRow
from kitsdesk.ui.review_side.disagreement_delegate import DisagreementDelegate
from kitsdesk.ui.review_side.disagreement_list import DisagreementModel
from kitsdesk.ui.style import active_style

WIDTH, HEIGHT, SCALE = 340, 62, 4
LEAST = 4.5


def painted(theme: str, settled: str):
    """Return a row of the list on the panel's ground, rows × columns × RGB, uint8."""
    active_style().set_theme(theme)
    model = DisagreementModel()
    row = DisagreementRow(0, "Tumor missed in the left kidney", "4.1 ml, 3 of 5", 2, True, settled)
    model.set_rows([row])
    image = QImage(WIDTH * SCALE, HEIGHT * SCALE, QImage.Format.Format_RGB888)
    image.fill(QColor(active_style().colour("panel")))
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, WIDTH, HEIGHT)
    painter = QPainter(image)
    painter.scale(SCALE, SCALE)
    DisagreementDelegate().paint(painter, option, model.index(0))
    painter.end()
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    flat = np.frombuffer(bits, np.uint8).reshape(image.height(), image.bytesPerLine())
    # A copy: the image takes its memory with it.
    return flat[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def strongest_contrast(pixels) -> float:
    """Return that of the strokes' middle, where no smoothing has mixed in the ground."""
    colours, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_counts=True)
    named = [QColor(*map(int, colour)).name() for colour in colours]
    ground = named[int(counts.argmax())]
    return max(contrast(ground, colour) for colour in named)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("settled", ["taken", "kept", "painted"])
def test_the_words_of_a_settled_row_can_be_read(qapp, theme, settled):
    pixels = painted(theme, settled)
    half = HEIGHT * SCALE // 2
    # Right of the mark, which has a colour of its own.
    words = pixels[:, 40 * SCALE :]
    title, detail = strongest_contrast(words[:half]), strongest_contrast(words[half:])
    assert min(title, detail) >= LEAST
    still_open = painted(theme, "")[:half, 40 * SCALE :]
    assert title < strongest_contrast(still_open)
