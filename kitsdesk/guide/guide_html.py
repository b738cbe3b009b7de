"""A page as the HTML that Qt's text browser shows; colours come from its style sheet."""

from __future__ import annotations

import re
from html import escape

from kitsdesk.guide.guide_pages import Page, anchor_of, markdown, plain_text

_JOINTS = re.compile(r'(?=<a name="[^"]*"></a><h[1-6]>)|(?=<table class="data")|(?<=</table>\n)')
# About 20 ms of Qt's layout, tables included.
_PART_LETTERS = 5000


def page_html(page: Page) -> str:
    """Return the page: headings with anchors, wide tables, code on a ground of its own."""
    md = markdown()
    tokens = md.parse(page.source)
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", anchor_of(plain_text(tokens[place + 1])))
    html: str = md.renderer.render(tokens, md.options, {})
    html = re.sub(r'<h(\d) id="([^"]*)">', r'<a name="\2"></a><h\1>', html)
    html = re.sub(r"<pre><code[^>]*>(.*?)</code></pre>", _code, html, flags=re.DOTALL)
    return html.replace("<table>", '<table class="data" cellspacing="0" cellpadding="0">')


def page_parts(html: str) -> list[str]:
    """Return a page in parts that begin with a heading or around a table and are short enough
    to be laid out at once; together they are the page."""
    parts: list[str] = []
    for section in _JOINTS.split(html):
        if parts and len(parts[-1]) + len(section) <= _PART_LETTERS:
            parts[-1] += section
        elif section:
            parts.append(section)
    return parts or [""]


def plain_page(title: str, text: str) -> str:
    """Return a page that only says something, such as that the guide is missing."""
    return f"<h1>{escape(title)}</h1><p>{escape(text)}</p>"


def _code(found: re.Match[str]) -> str:
    return (
        '<table class="code" width="100%" cellspacing="0" cellpadding="0"><tr><td>'
        f"<pre>{found.group(1).rstrip()}</pre></td></tr></table>"
    )
