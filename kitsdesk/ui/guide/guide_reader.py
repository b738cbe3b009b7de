"""Shows a page of the guide in the active theme; pictures fit the width and follow the theme."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import Qt, QTimer, QUrl, pyqtSignal
from PyQt6.QtGui import (
    QImage,
    QImageReader,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PyQt6.QtWidgets import QFrame, QTextBrowser

from kitsdesk.guide.guide_html import page_parts
from kitsdesk.ui.design_tokens import part_sizes, type_weights
from kitsdesk.ui.parts.focus_ring import AreaFocus
from kitsdesk.ui.parts.overlay_scroll import OverlayScroll
from kitsdesk.ui.spacing import (
    EDGE,
    SPACE_4,
    SPACE_6,
    SPACE_8,
    SPACE_10,
    SPACE_12,
    SPACE_14,
    SPACE_16,
    SPACE_20,
)
from kitsdesk.ui.style import active_style

_PART = part_sizes("guide_reader")
MARGIN: int = _PART["margin"]
WIDEST_PICTURE: int = _PART["widest_picture"]
_SPARE: int = _PART["spare"]
_ABOVE_SECTION: int = _PART["above_section"]


class GuideReader(QTextBrowser):
    """`linkAsked(link)`: a person clicked a link; the reader itself goes nowhere."""

    linkAsked = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self._folder = Path()
        self._html, self._width = "", 0
        self._left: list[str] = []
        self._anchor, self._value = "", 0
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll = OverlayScroll(self)
        self._focus = AreaFocus(self)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._show_again)
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._append)
        self.anchorClicked.connect(lambda url: self.linkAsked.emit(url.toString()))
        active_style().changed.connect(self._show_again)

    def set_folder(self, folder: Path) -> None:
        """Look for pictures in this folder."""
        self._folder = folder

    def show_html(self, html: str, anchor: str) -> None:
        """Show a page from its anchor on, or from its top. What lies below the first part is
        laid out part by part, between a person's events."""
        if html != self._html:
            self._html = html
            self._fill()
        self._anchor, self._value = anchor, 0
        self._scroll_to(0)
        self._find_place()

    def loadResource(self, kind: int, url: QUrl) -> object:
        """Return a picture of the pages, the theme's own, no wider than the text."""
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return None
        path = self._folder / url.toString()
        if active_style().theme.name == "light":
            light = path.with_name(path.name.replace("_dark.png", "_light.png"))
            path = light if light.exists() else path
        ratio = self.devicePixelRatioF()
        reader = QImageReader(str(path))
        size = reader.size()
        widest = round(min(self._text_width(), WIDEST_PICTURE) * ratio)
        if not path.resolve().is_relative_to(self._folder.resolve()) or not size.isValid():
            return QImage()
        if size.width() > widest:
            reader.setScaledSize(
                size.scaled(widest, size.height(), Qt.AspectRatioMode.KeepAspectRatio)
            )
        image = reader.read()
        image.setDevicePixelRatio(ratio)
        return image

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Fit the pictures to the new width."""
        super().resizeEvent(event)
        if abs(self._text_width() - self._width) > _PART["width_step"]:
            # Not at once: the text may be just being laid out.
            self._later.start(0)

    def _text_width(self) -> int:
        viewport = self.viewport()
        whole = viewport.width() if viewport is not None else self.width()
        return whole - 2 * MARGIN - _SPARE

    def _show_again(self) -> None:
        bar = self.verticalScrollBar()
        if not self._left and bar is not None:
            self._anchor, self._value = "", bar.value()
        self._fill()
        self._find_place()

    def _scroll_to(self, value: int) -> None:
        bar = self.verticalScrollBar()
        if bar is not None:
            bar.setValue(value)

    def _fill(self) -> None:
        """Show the first part of the page; the others follow one by one."""
        self._width = self._text_width()
        document = self.document()
        if document is None:
            return
        first, *self._left = page_parts(self._html)
        document.clear()
        document.setDefaultStyleSheet(style_sheet())
        document.setDocumentMargin(MARGIN)
        document.setDefaultFont(active_style().font("reading"))
        self.setHtml(first)
        if self._left:
            self._next.start(0)

    def _append(self) -> None:
        if not self._left:
            return
        end = QTextCursor(self.document())
        end.movePosition(QTextCursor.MoveOperation.End)
        end.insertBlock(QTextBlockFormat(), QTextCharFormat())
        end.insertHtml(self._left.pop(0))
        self._find_place()
        if self._left:
            self._next.start(0)

    def _find_place(self) -> None:
        """Go to where the page is to be read from, as far as it is laid out."""
        if self._anchor:
            name = f'<a name="{self._anchor}"></a>'
            if any(name in part for part in self._left):
                return
            self.scrollToAnchor(self._anchor)
        elif self._value:
            self._scroll_to(self._value)
        bar = self.verticalScrollBar()
        if not self._left or (bar is not None and bar.value() < bar.maximum()):
            # There: what follows below must not move what a person scrolls now.
            self._anchor, self._value = "", 0


def style_sheet() -> str:
    """Return the style of pages in the active theme, in the part of CSS that Qt knows."""
    style = active_style()
    colour = {name: style.colour(name).name() for name in ("text", "accent", "border", "raised")}
    px = {role: style.px(size) for role, size in _PART["type"].items()}
    line = _PART["line_percent"]
    heading = f"font-weight: {type_weights()['semibold']}; margin"
    cell = f"border: {EDGE}px solid {colour['border']}; padding"
    return f"""
        body {{ color: {colour["text"]}; }}
        h1 {{ font-size: {px["page"]}px; {heading}: 0 0 {SPACE_14}px 0; }}
        h2 {{ font-size: {px["section"]}px; {heading}: {_ABOVE_SECTION}px 0 {SPACE_10}px 0; }}
        h3 {{ font-size: {px["paragraph"]}px; {heading}: {SPACE_20}px 0 {SPACE_8}px 0; }}
        p {{ margin: 0 0 {SPACE_12}px 0; line-height: {line["paragraph"]}%; }}
        li {{ margin: 0 0 {SPACE_6}px 0; line-height: {line["list"]}%; }}
        a {{ color: {colour["accent"]}; }}
        code {{ font-family: monospace; font-size: {px["code"]}px; }}
        pre {{ font-family: monospace; font-size: {px["code"]}px; line-height: {line["code"]}%;
               margin: 0; white-space: pre-wrap; }}
        table.code {{ margin: {SPACE_4}px 0 {SPACE_14}px 0; background-color: {colour["raised"]}; }}
        table.code td {{ {cell}: {SPACE_12}px {SPACE_14}px; }}
        table.data {{ border-collapse: collapse; margin: {SPACE_4}px 0 {SPACE_16}px 0; }}
        table.data td {{ {cell}: {SPACE_6}px {SPACE_12}px; }}
        table.data th {{ {cell}: {SPACE_6}px {SPACE_12}px;
                         background-color: {colour["raised"]}; text-align: left; }}
    """
