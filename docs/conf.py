"""Sphinx's configuration of the guide: `make guide` writes it as HTML to build/guide.

The pages are plain Markdown, which the window's own reader shows, too. Order and chapters of
both come from the lists of links in index.md.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms import SphinxTransform

if TYPE_CHECKING:
    from sphinx.application import Sphinx

HERE = Path(__file__).parent
THEMES = json.loads((HERE.parent / "resources/style/tokens.json").read_text("utf-8"))["themes"]
FONTS = "Inter, system-ui, 'Segoe UI', 'Helvetica Neue', sans-serif"
# Furo's variables and the design's colours that they take.
ROLES = {
    "color-foreground-primary": "text",
    "color-foreground-secondary": "text_muted",
    "color-foreground-muted": "text_muted",
    "color-foreground-border": "border_strong",
    "color-background-primary": "panel",
    "color-background-secondary": "window",
    "color-background-hover": "hover",
    "color-background-border": "border",
    "color-background-item": "raised",
    "color-brand-primary": "accent",
    "color-brand-content": "accent",
    "color-brand-visited": "accent",
    "color-link-underline": "border_strong",
    "color-inline-code-background": "raised",
    "color-code-background": "raised",
    "color-highlighted-background": "accent_soft",
    "color-highlight-on-target": "accent_soft",
    "color-table-header-background": "window",
    "color-table-border": "border",
    "color-sidebar-background": "window",
    "color-sidebar-background-border": "border",
    "color-sidebar-search-background": "panel",
    "color-sidebar-search-background--focus": "raised",
    "color-sidebar-item-background--current": "selected",
    "color-sidebar-item-background--hover": "hover",
}


def _variables(theme: str) -> dict[str, str]:
    colours = THEMES[theme]["colours"]
    return {name: colours[role] for name, role in ROLES.items()}


project = "KiTSDesk"
copyright = "the KiTSDesk developers, GPL-3.0-or-later. Research use only, not a medical device"  # noqa: A001
extensions = ["myst_parser"]
exclude_patterns = ["_static"]
myst_heading_anchors = 3
suppress_warnings = ["misc.highlighting_failure"]
html_theme = "furo"
html_title = "KiTSDesk guide"
html_static_path = ["_static"]
html_css_files = ["guide.css"]
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
html_last_updated_fmt = None
html_theme_options: dict[str, Any] = {
    "light_css_variables": {**_variables("light"), "font-stack": FONTS},
    "dark_css_variables": _variables("dark"),
    "navigation_with_keys": True,
}
highlight_language = "sh"
pygments_style = "friendly"
pygments_dark_style = "monokai"


class BothThemes(SphinxTransform):
    """Shows NAME_light.png to readers of the light theme where a page names NAME_dark.png."""

    default_priority = 10

    def apply(self, **_kwargs: Any) -> None:
        """Put the light picture behind each dark one, each for its theme alone."""
        for dark in list(self.document.findall(nodes.image)):
            light_uri = re.sub(r"_dark\.png$", "_light.png", dark["uri"])
            if light_uri == dark["uri"] or not (HERE / light_uri).exists():
                continue
            light = dark.deepcopy()
            light["uri"] = light_uri
            light["classes"].append("only-light")
            dark["classes"].append("only-dark")
            dark.parent.insert(dark.parent.index(dark) + 1, light)


def _add_contents(app: Sphinx, page: str, source: list[str]) -> None:
    """Give index.md the tree of contents that its lists of links describe."""
    if page != "index":
        return
    for chapter in re.split(r"^## ", source[0], flags=re.MULTILINE)[1:]:
        title, _, body = chapter.partition("\n")
        names = re.findall(r"^- \[[^\]]*\]\((\w+)\.md\)", body, flags=re.MULTILINE)
        lines = ["```{toctree}", ":hidden:", f":caption: {title.strip()}", "", *names, "```"]
        source[0] += "\n" + "\n".join(lines) + "\n"


def setup(app: Sphinx) -> None:
    """Connect both to Sphinx."""
    app.add_transform(BothThemes)
    app.connect("source-read", _add_contents)
