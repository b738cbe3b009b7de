"""A settled disagreement is muted, and its words are still read at 4.5:1, as they are painted."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QRect
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QStyleOptionViewItem

from kitsdesk.review.rows import DisagreementRow
from kitsdesk.ui.review_side.disagreement_delegate import DisagreementDelegate
from kitsdesk.ui.review_side.disagreement_list import DisagreementModel
from kitsdesk.ui.style import active_style

WIDTH, HEIGHT, SCALE = 340, 62, 4
LEAST = 4.5


def luminance(pixels):
    """Return the relative luminance (WCAG 2.2) of rows × columns × RGB in 0..1."""
    linear = np.where(pixels <= 0.04045, pixels / 12.92, ((pixels + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def painted(theme: str, settled: str):
    """Return a row of the list on the panel's ground, rows × columns × RGB in 0..1."""
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
    return flat[:, : 3 * image.width()].reshape(image.height(), image.width(), 3) / 255


def strongest_contrast(pixels) -> float:
    """Return that of the strokes' middle, where no smoothing has mixed in the ground."""
    light = luminance(pixels)
    ground = np.median(light)
    brighter, darker = np.maximum(light, ground), np.minimum(light, ground)
    return float(((brighter + 0.05) / (darker + 0.05)).max())


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
