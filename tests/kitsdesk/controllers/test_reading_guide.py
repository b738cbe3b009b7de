import pytest

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.reading_guide import GuideController
from kitsdesk.paths import docs


class Reader:
    def __init__(self):
        self.opened, self.pages, self.hits = 0, [], []
        self.history, self.chapters = (False, False), []

    def open_window(self):
        self.opened += 1

    def show_contents(self, chapters, titles):
        self.chapters = [titles[name] for chapter in chapters for name in chapter.pages]

    def show_page(self, name, html, anchor):
        self.pages.append((name, anchor, html))

    def show_hits(self, hits):
        self.hits.append(hits)

    def set_history(self, back, forward):
        self.history = (back, forward)


@pytest.fixture
def reader():
    return Reader()


@pytest.fixture
def guide(qtbot, reader):
    outside = []
    pool = TaskPool()
    controller = GuideController(pool, reader, docs, outside.append)
    controller.outside = outside
    controller.open("phantoms")
    qtbot.waitUntil(lambda: bool(reader.chapters), timeout=10000)
    yield controller
    pool.close()


def shown(reader):
    return reader.pages[-1][:2]


def test_the_page_that_was_asked_for_is_shown_once_it_is_read(guide, reader):
    assert reader.opened == 1
    assert shown(reader) == ("phantoms", "")
    assert "What was measured" in reader.chapters


def test_links_lead_to_pages_places_and_out(guide, reader):
    guide.follow("calibration.md#advice")
    assert shown(reader) == ("calibration", "advice")
    guide.follow("#check")
    assert shown(reader) == ("calibration", "check")
    guide.follow("https://example.org/")
    assert guide.outside == ["https://example.org/"]
    assert shown(reader) == ("calibration", "check")


def test_back_and_forward_go_the_same_way(guide, reader):
    guide.open("table_1")
    assert reader.history == (True, False)
    guide.go(-1)
    assert shown(reader) == ("phantoms", "")
    assert reader.history == (False, True)
    guide.go(-1)
    assert shown(reader) == ("phantoms", "")
    guide.go(1)
    assert shown(reader) == ("table_1", "")
    guide.go(-1)
    guide.open("measurements")
    assert reader.history == (True, False)


def test_an_unknown_page_is_the_start(guide, reader):
    guide.open("nowhere")
    assert reader.pages[-1][0] == "index"


def test_a_search_lists_sections_and_its_end_the_contents(guide, reader):
    guide.search("suspicion")
    assert any("uspicion" in hit.title for hit in reader.hits[-1])
    guide.search(" ")
    assert reader.hits[-1] is None


def test_a_missing_guide_is_told_on_a_page(qtbot, reader, tmp_path):
    pool = TaskPool()
    controller = GuideController(pool, reader, lambda: tmp_path, print)
    controller.open()
    qtbot.waitUntil(lambda: bool(reader.pages), timeout=10000)
    assert "not complete" in reader.pages[-1][2]
    pool.close()
