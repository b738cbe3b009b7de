import re
from pathlib import Path

import pytest

from kitsdesk.guide.guide_html import page_html, page_parts
from kitsdesk.guide.guide_pages import START, anchor_of, read_guide, read_page
from kitsdesk.guide.guide_places import PAGES, page_for
from kitsdesk.guide.guide_search import find
from kitsdesk.paths import docs
from trainer.contract.errors import KitsDeskError


@pytest.fixture(scope="module")
def guide():
    return read_guide(docs())


def small(folder: Path) -> Path:
    index = "# Guide\n\nWords.\n\n## Work\n\n- [One](one.md): first\n- [Two](two.md): second\n"
    (folder / "index.md").write_text(index, "utf-8")
    one = "# The first page\n\nRed *kidneys*.\n\n## Wrong masks\n\nA `fold` that saw it.\n"
    (folder / "one.md").write_text(one, "utf-8")
    two = "# The second page\n\nWrong masks are rare; a mask is not a foldaway bed.\n"
    (folder / "two.md").write_text(two, "utf-8")
    return folder


def test_chapters_and_sections_come_from_the_pages(tmp_path):
    guide = read_guide(small(tmp_path))
    assert [(c.title, c.pages) for c in guide.chapters] == [("Work", ("one", "two"))]
    sections = guide.pages["one"].sections
    assert [(s.anchor, s.title) for s in sections] == [
        ("the-first-page", "The first page"),
        ("wrong-masks", "Wrong masks"),
    ]
    assert sections[1].text == "A fold that saw it."


def test_a_guide_that_is_not_there_is_said_in_words(tmp_path):
    with pytest.raises(KitsDeskError, match="not complete"):
        read_guide(tmp_path)


def test_every_page_of_the_docs_is_in_the_contents(guide):
    files = {path.stem for path in docs().glob("*.md")}
    listed = [name for chapter in guide.chapters for name in chapter.pages]
    assert files == {START, *listed}
    assert len(listed) == len(set(listed))


def test_every_link_and_picture_of_the_docs_leads_somewhere(guide):
    lost = []
    for page in guide.pages.values():
        for target in re.findall(r"\]\(([^)\s]+)\)", page.source):
            name, _, anchor = target.partition("#")
            if "://" in target:
                continue
            if name and not (docs() / name).exists():
                lost.append(f"{page.name}: {target}")
            elif anchor:
                there = guide.pages[Path(name).stem if name else page.name]
                if anchor not in {section.anchor for section in there.sections}:
                    lost.append(f"{page.name}: {target}")
    assert not lost


def test_every_place_of_the_window_has_a_page_and_a_heading(guide):
    for place, (page, anchor) in PAGES.items():
        anchors = {section.anchor for section in guide.pages[page].sections}
        assert not anchor or anchor in anchors, place
    assert page_for("nowhere") == (START, "")


def test_html_has_anchors_wide_tables_and_no_active_content():
    html = page_html(
        read_page("p", "# A page\n\n## Where to?\n\n<script>x</script>\n\n    a < b\n")
    )
    assert '<a name="where-to"></a><h2>Where to?</h2>' in html
    assert "<script>" not in html
    assert "<pre>a &lt; b</pre>" in html
    assert '<table class="code"' in html


def test_an_anchor_is_githubs():
    assert anchor_of("Saving, and `undo`: r1?") == "saving-and-undo-r1"


def test_search_wants_every_word_and_puts_headings_first(tmp_path):
    guide = read_guide(small(tmp_path))
    hits = find(guide, "wrong MASK")
    assert [(hit.page, hit.anchor) for hit in hits] == [
        ("one", "wrong-masks"),
        ("two", "the-second-page"),
    ]
    assert hits[1].match == "Wrong"
    assert find(guide, "fold saw")[0].anchor == "wrong-masks"
    assert find(guide, "old") == []
    assert find(guide, "  ") == []


def test_search_finds_in_the_real_guide_what_a_person_looks_for(guide):
    assert find(guide, "table 1")[0].page == "table_1"
    assert find(guide, "phantom")[0].page == "phantoms"


def test_the_parts_of_a_page_are_short_and_together_the_page(guide):
    for page in guide.pages.values():
        html = page_html(page)
        parts = page_parts(html)
        assert "".join(parts) == html
        assert all(part.count("<table") == part.count("</table>") for part in parts)
    measured = page_parts(page_html(guide.pages["measurements"]))
    assert len(measured) > 4
    assert max(map(len, measured)) < 6000
