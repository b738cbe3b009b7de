"""F1 in the real window: the page for where a person is, the search, the ways out."""

from __future__ import annotations

import pytest
from keyed_window import canvas_of, field_of
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QLineEdit

from kitsdesk.compose import guide_desk
from kitsdesk.ui.actions.action_ids import ActionId as Id
from kitsdesk.ui.style import active_style

pytestmark = pytest.mark.gui
Key = Qt.Key

PATIENCE_MS = 60_000


@pytest.fixture
def guide(desk, qtbot):
    """Press F1 over the canvases and wait for the pages."""
    desk.window.side.show_tab("review")
    QTest.keyClick(canvas_of(desk), Key.Key_F1)
    window = desk.guide.window
    qtbot.waitUntil(lambda: len(window.entries()) > 1 and not desk.desk.pool.busy, timeout=20000)
    yield window
    window.findChild(QLineEdit).clear()
    window.close()
    desk.window.activateWindow()
    QTest.qWaitForWindowActive(desk.window, 5000)


def page(guide) -> str:
    return guide._page


def test_f1_opens_the_page_for_where_a_person_is(desk, guide):
    assert guide.isVisible()
    assert page(guide) == "review_day"
    desk.window.side.show_tab("tools")
    desk.window.activateWindow()
    QTest.qWaitForWindowActive(desk.window, 5000)
    QTest.keyClick(canvas_of(desk), Key.Key_F1)
    assert page(guide) == "editing"
    desk.window.activateWindow()
    QTest.qWaitForWindowActive(desk.window, 5000)
    QTest.keyClick(field_of(desk), Key.Key_F1)
    assert page(guide) == "review_day"
    desk.window.keys.open_sheet()
    desk.window.run_action(Id.GUIDE)
    assert page(guide) == "keys"


def test_typing_finds_enter_opens_esc_leaves(guide, qtbot):
    field = guide.findChild(QLineEdit)
    QTest.keyClicks(field, "misfit")
    assert "The case list" in guide.entries()
    assert "Safety" not in guide.entries()
    QTest.keyClick(field, Key.Key_Down)
    QTest.keyClick(field, Key.Key_Return)
    qtbot.waitUntil(lambda: "misfit" in guide.reader.toPlainText().lower())
    QTest.keyClick(field, Key.Key_Escape)
    assert field.text() == ""
    assert guide.isVisible()
    QTest.keyClick(field, Key.Key_Escape)
    assert not guide.isVisible()


def test_links_and_the_way_back_work_by_hand(guide):
    before = page(guide)
    guide.reader.linkAsked.emit("calibration.md#advice")
    assert page(guide) == "calibration"
    QTest.keyClick(guide, Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert page(guide) == before


def test_a_long_page_is_laid_out_in_parts_and_opens_at_its_end(guide, qtbot):
    guide.reader.linkAsked.emit("measurements.md#reading-files-without-silent-errors")
    assert page(guide) == "measurements"
    bar = guide.reader.verticalScrollBar()
    qtbot.waitUntil(lambda: "silent errors" in guide.reader.toPlainText(), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: bar.value() > bar.maximum() * 0.7, timeout=PATIENCE_MS)
    kept = bar.value()
    active_style().set_theme("light")
    qtbot.waitUntil(lambda: abs(bar.value() - kept) < 100, timeout=PATIENCE_MS)
    active_style().set_theme("dark")
    assert guide.reader.toPlainText().count("What was measured") == 1
    guide.reader.linkAsked.emit("keys.md")
    qtbot.waitUntil(lambda: "silent errors" not in guide.reader.toPlainText(), timeout=PATIENCE_MS)
    assert bar.value() == 0


def test_the_page_follows_the_theme(guide, qtbot):
    def accented() -> bool:
        return active_style().colour("accent").name() in guide.reader.toHtml()

    qtbot.waitUntil(accented, timeout=PATIENCE_MS)
    dark = guide.reader.toHtml()
    active_style().set_theme("light")
    qtbot.waitUntil(accented, timeout=PATIENCE_MS)
    assert guide.reader.toHtml() != dark
    active_style().set_theme("dark")
    qtbot.waitUntil(accented, timeout=PATIENCE_MS)


def test_without_a_browser_it_says_where_the_page_is(guide, monkeypatch, tmp_path):
    built = tmp_path / "guide"
    built.mkdir()
    (built / "index.html").write_text("x", "utf-8")
    monkeypatch.setattr(guide_desk, "guide", lambda: built)
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    guide.browserAsked.emit()
    assert str(built / "index.html") in guide._note.text()
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url) or True)
    guide.browserAsked.emit()
    assert opened[0].toLocalFile() == str(built / "index.html")
    assert guide._note.isHidden()
