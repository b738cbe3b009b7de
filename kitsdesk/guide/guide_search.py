"""Search in the guide: every word must occur in a section, the best sections first."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kitsdesk.guide.guide_pages import START, Guide, Section

MOST = 40
BEFORE, AFTER = 40, 90


@dataclass(frozen=True)
class Hit:
    """A section that fits, with the words around the first match."""

    page: str
    anchor: str
    title: str
    page_title: str
    before: str
    match: str
    after: str


def find(guide: Guide, query: str) -> list[Hit]:
    """Return the sections with all words of `query`, those with them in their heading first.

    A word fits where a word of the text begins with it; case does not matter.
    """
    words = re.findall(r"[\w.+-]+", query.lower())
    if not words:
        return []
    found = []
    for place, section in enumerate(_sections(guide)):
        rank = _rank(section, guide.pages[section.page].title, words)
        if rank is not None:
            found.append((rank, place, section))
    return [_hit(guide, section, words) for _rank, _place, section in sorted(found)[:MOST]]


def _sections(guide: Guide) -> list[Section]:
    names = [name for chapter in guide.chapters for name in chapter.pages]
    return [section for name in [*names, START] for section in guide.pages[name].sections]


def _rank(section: Section, page_title: str, words: list[str]) -> int | None:
    in_title = sum(_begins(word, section.title) for word in words)
    both = f"{section.title} {section.text}"
    if in_title == len(words):
        return 0
    if _begins(" ".join(words), both):
        return 1
    if all(_begins(word, both) for word in words):
        return 2 if in_title else 3
    if all(_begins(word, f"{page_title} {both}") for word in words):
        return 4
    return None


def _begins(word: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}", text, re.IGNORECASE) is not None


def _hit(guide: Guide, section: Section, words: list[str]) -> Hit:
    text = section.text
    places = [re.search(rf"(?<!\w){re.escape(word)}\w*", text, re.IGNORECASE) for word in words]
    first = next((place for place in places if place is not None), None)
    at, end = first.span() if first is not None else (0, 0)
    start = max(0, at - BEFORE)
    if start:
        start = text.find(" ", start, at) + 1 or start
    return Hit(
        page=section.page,
        anchor=section.anchor,
        title=section.title,
        page_title=guide.pages[section.page].title,
        before=("…" if start else "") + text[start:at],
        match=text[at:end],
        after=text[end : end + AFTER],
    )
