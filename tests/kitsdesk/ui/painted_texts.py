"""The texts that a window's own painting draws, and those of them that do not fit their place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from PyQt6.QtCore import QRect, QRectF, Qt
from PyQt6.QtGui import QFontMetrics, QFontMetricsF, QPainter
from PyQt6.QtWidgets import QWidget

LEAST_LETTERS = 8
ROOMY = QRectF(0, 0, 100_000, 100_000)
WRAPPED = Qt.TextFlag.TextWordWrap.value
# Icons are letters of icon fonts, in the private parts of Unicode.
PRIVATE = (range(0xE000, 0xF900), range(0xF0000, 0x10FFFE))


@dataclass
class Painted:
    """What was drawn; `cut` are texts larger than their box, `short` are (whole, shown) of
    those that were shortened with dots."""

    drawn: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    short: list[tuple[str, str]] = field(default_factory=list)

    def unreadable(self) -> list[str]:
        """Return the shortened texts of which too little is left to tell them apart."""
        return [
            f"of {whole!r} only {shown!r} is left"
            for whole, shown in self.short
            if len(shown) < LEAST_LETTERS
        ]


def is_icon(text: str) -> bool:
    """Return whether a text is a letter of an icon font."""
    return all(any(ord(letter) in part for part in PRIVATE) for letter in text)


def overflow(painter: QPainter, box: QRectF, flags: int, text: str) -> str:
    """Return by how much a text is larger than its box, or nothing."""
    room = QRectF(0, 0, box.width(), ROOMY.height()) if flags & WRAPPED else ROOMY
    need = painter.boundingRect(room, flags, text)
    # A line's height has room above the letters, which may reach beyond the box.
    letters = QFontMetricsF(painter.font()).tightBoundingRect(text).height()
    high = need.height() if flags & WRAPPED else letters
    if need.width() > box.width() + 1 or high > box.height() + 1:
        return f"{need.width():.0f} × {high:.0f} in {box.width():.0f} × {box.height():.0f}"
    return ""


def _method(kind: type, name: str) -> Any:
    """Return what a class holds under a name, so that it can be put back as it was."""
    getattr(kind, name)
    return vars(kind)[name]


@contextmanager
def watched() -> Iterator[Painted]:
    """Note every text drawn into a box by the program's own painting, meanwhile."""
    painted = Painted()
    draw, shorten = _method(QPainter, "drawText"), {}
    for kind in (QFontMetrics, QFontMetricsF):
        shorten[kind] = _method(kind, "elidedText")

    def draw_text(painter: QPainter, *arguments: Any) -> Any:
        box, text = arguments[0], arguments[-1]
        if isinstance(box, QRect | QRectF) and isinstance(text, str) and text and not is_icon(text):
            painted.drawn.append(text)
            more = overflow(painter, QRectF(box), int(arguments[1]), text)
            if more:
                painted.cut.append(f"{text!r}: {more}")
        return draw.__get__(painter)(*arguments)

    def elided(kind: type) -> Any:
        def shortened(metrics: Any, text: str, *rest: Any) -> str:
            shown = shorten[kind].__get__(metrics)(text, *rest)
            if shown != text:
                painted.short.append((text, shown))
            return str(shown)

        return shortened

    QPainter.drawText = draw_text
    for kind in shorten:
        kind.elidedText = elided(kind)
    try:
        yield painted
    finally:
        QPainter.drawText = draw
        for kind, method in shorten.items():
            kind.elidedText = method


def painted_texts(window: QWidget) -> Painted:
    """Paint a window once more and return the texts that it draws itself."""
    with watched() as painted:
        window.grab()
    return painted
