"""The pages of the guide: plain Markdown in docs/, in the chapters that index.md lists."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from trainer.contract.errors import KitsDeskError

START = "index"
_LINK = re.compile(r"^- \[[^\]]*\]\((\w+)\.md\)", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """A heading with the text below it, up to the next heading; `anchor` is its place."""

    page: str
    anchor: str
    title: str
    text: str


@dataclass(frozen=True)
class Page:
    """A page: `name` is its file's name without .md, `source` its Markdown."""

    name: str
    title: str
    source: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Chapter:
    """A chapter of the contents with the names of its pages."""

    title: str
    pages: tuple[str, ...]


@dataclass(frozen=True)
class Guide:
    """Everything there is to read; `pages` by name, index first."""

    chapters: tuple[Chapter, ...]
    pages: dict[str, Page]


@cache
def markdown() -> MarkdownIt:
    """Return the reader of the pages: CommonMark with tables, as Sphinx reads them."""
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def read_guide(folder: Path) -> Guide:
    """Read the pages that index.md links to.

    Raises
    ------
    KitsDeskError : the folder holds no guide.
    """
    try:
        index = (folder / f"{START}.md").read_text("utf-8")
        chapters = read_chapters(index)
        names = [name for chapter in chapters for name in chapter.pages]
        texts = {name: (folder / f"{name}.md").read_text("utf-8") for name in names}
    except OSError as error:
        raise KitsDeskError(
            "The guide's pages are not complete.",
            kept="Nothing else is concerned.",
            advice=f"Install the program again; they belong into {folder}.",
        ) from error
    pages = {name: read_page(name, text) for name, text in {START: index, **texts}.items()}
    return Guide(chapters, pages)


def read_chapters(index: str) -> tuple[Chapter, ...]:
    """Return the chapters of index.md: each heading with the pages that its list links to."""
    found = []
    for part in re.split(r"^## ", index, flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        found.append(Chapter(title.strip(), tuple(_LINK.findall(body))))
    return tuple(chapter for chapter in found if chapter.pages)


def read_page(name: str, source: str) -> Page:
    """Divide a page into sections, whose text is what a search looks through."""
    sections: list[Section] = []
    title, in_heading = "", False
    words: list[str] = []
    for token in markdown().parse(source):
        if token.type == "heading_open":
            _close(sections, name, title, words)
            words, in_heading = [], True
        elif token.type == "inline":
            if in_heading:
                title, in_heading = plain_text(token), False
            else:
                words.append(plain_text(token))
        elif token.type in ("fence", "code_block"):
            words.append(token.content.strip())
    _close(sections, name, title, words)
    first = sections[0].title if sections else name
    return Page(name, first, source, tuple(sections))


def _close(sections: list[Section], page: str, title: str, words: list[str]) -> None:
    if title:
        sections.append(Section(page, anchor_of(title), title, " ".join(" ".join(words).split())))


def plain_text(token: Token) -> str:
    """Return the words of an inline token, without its marks."""
    parts = []
    for child in token.children or []:
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return "".join(parts)


def anchor_of(title: str) -> str:
    """Return a heading's anchor, as GitHub and Sphinx's MyST parser form it."""
    words = re.sub(r"[^\w\- ]", "", title.strip().lower())
    return words.replace(" ", "-")
