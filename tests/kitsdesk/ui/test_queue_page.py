"""The queue and the contact sheet as a person meets them: rows, filters, keys, buttons."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor

from kitsdesk.review.alike import Alike
from kitsdesk.review.components import Component
from kitsdesk.review.queue_rows import QueueRow
from kitsdesk.ui.parts.buttons import KeyedButton
from kitsdesk.ui.queue.alike_page import AlikePage
from kitsdesk.ui.queue.queue_list import RowButtons
from kitsdesk.ui.queue.queue_page import QueuePage
from tests.kitsdesk.ui.painted_texts import painted_texts


def component(number, **values) -> Component:
    record = Component(
        case=f"case_{700 + number // 3:05d}",
        place=number % 3,
        key=f"key{number}",
        title="Tumor missing in the reference, left lower pole",
        detail=f"{30 - number}.0 ml, 5 of 5 folds, 41 HU against kidney 168",
        sentence="Tumor missing in the reference, left lower pole, 5 of 5 folds",
        structure=1 + number % 2,
        prediction_only=number % 2 == 0,
        boundary=False,
        ml=30.0 - number,
        centre=(1, 2, 3),
        mean_hu=41.0,
        kidney_hu=168.0,
        distance_mm=0.0,
        folds_agree=5,
        folds=5,
        side="left",
        pole="lower pole",
    )
    return replace(record, **values)


def rows(count=12):
    return [
        QueueRow(component(n), reasons=("tumor missed",) if n < 3 else ()) for n in range(count)
    ]


@pytest.fixture
def page(shown):
    page = QueuePage()
    page.set_progress(4, 4)
    page.set_rows(rows())
    return shown(page, 912, 800)


def heard(signal):
    told = []
    signal.connect(told.append)
    return told


def test_the_first_row_is_marked_and_has_the_keys(page, qtbot):
    assert page.list.marked() == ("case_00700", "key0")
    assert page.focusWidget() is page.list
    assert page._words.text() == "12 disagreements, 294.0 ml"


def test_keys_walk_open_and_settle(page, qtbot):
    opened, taken, kept = (
        heard(signal) for signal in (page.openAsked, page.takeAsked, page.keepAsked)
    )
    qtbot.keyClick(page.list, Qt.Key.Key_N)
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    assert page.list.marked()[1] == "key2"
    qtbot.keyClick(page.list, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(page.list, Qt.Key.Key_Y)
    qtbot.keyClick(page.list, Qt.Key.Key_K)
    qtbot.keyClick(page.list, Qt.Key.Key_Space)
    qtbot.keyClick(page.list, Qt.Key.Key_Return)
    assert opened == taken == kept == [("case_00700", "key1")]


def test_filters_by_structure_direction_and_reason(page):
    page._part.button("tumor").click()
    assert {name[1] for name in page.shown()} == {f"key{n}" for n in range(1, 12, 2)}
    page._part.button("all").click()
    page._direction.button("prediction").click()
    assert len(page.shown()) == 6
    page._direction.button("prediction").click()
    assert len(page.shown()) == 12, "pressed again it shows both"
    page._choose_reason("tumor missed")
    assert [name[1] for name in page.shown()] == ["key0", "key1", "key2"]


def test_a_settled_row_stays_until_the_list_is_filled_again(page):
    page.update_row(replace(rows()[0], state="kept"))
    assert len(page.shown()) == 12
    page.set_rows([replace(rows()[0], state="kept"), *rows()[1:]])
    assert len(page.shown()) == 11
    page._settled.click()
    assert len(page.shown()) == 12


def test_the_marked_row_stays_marked_when_more_is_found(page):
    page.select(("case_00701", "key4"))
    page.set_rows([QueueRow(component(0, key="new", ml=99.0)), *rows()])
    assert page.list.marked() == ("case_00701", "key4")
    assert page.list.findChildren(RowButtons)


def test_pictures_are_asked_for_once_and_shown(page, qtbot):
    asked = []
    page.picturesWanted.connect(asked.extend)
    page._model._pictures.clear()
    page.list.viewport().repaint()
    qtbot.waitUntil(lambda: bool(asked), timeout=5000)
    assert len(asked) == len(set(asked))
    picture = np.zeros((128, 128, 3), np.uint8)
    picture[..., 0] = 250
    page.set_pictures({("case_00700", "key0"): picture})
    image = page.list.grab().toImage()
    assert QColor(image.pixel(48, 40)).red() > 200


def test_progress_shows_only_while_cases_are_compared(page):
    assert not page._line.isVisible()
    page.set_progress(34, 210)
    assert page._line.isVisible()
    assert page._progress.text() == "34 of 210 cases compared"


def test_an_empty_queue_says_why(page):
    page._choose_reason("tumor missed")
    page.set_rows(rows()[3:])
    assert page._nothing.text() == "No disagreement fits the filter."
    page.set_rows([])
    assert "predict the cases" in page._nothing.text()


def test_read_only_offers_to_look_only(page, qtbot):
    page.set_read_only(True)
    page.select(("case_00700", "key1"))
    taken = heard(page.takeAsked)
    qtbot.keyClick(page.list, Qt.Key.Key_Y)
    buttons = page.list.findChildren(RowButtons)[-1]
    assert not buttons.take.isEnabled()
    assert taken == []


def test_twenty_thousand_rows_filter_at_once(page):
    page.set_rows([QueueRow(component(n % 30, key=f"k{n}")) for n in range(20_000)])
    page._part.button("tumor").click()
    assert len(page.shown()) == 10_000


def test_each_card_is_decided_singly(shown, qtbot):
    sheet = AlikePage()
    found = [Alike(component(n), 0.1 * n, "41 HU against 40, same side") for n in range(1, 6)]
    sheet.show_alike(component(0), found)
    shown(sheet, 912, 800)
    told = {
        name: heard(getattr(sheet, name))
        for name in ("openAsked", "takeAsked", "keepAsked", "rejected")
    }
    first, second = sheet.cards()[:2]
    first.take.click()
    second.keep.click()
    second._open.click()
    first._unlike.click()
    assert told["takeAsked"] == told["rejected"] == [("case_00700", "key1")]
    assert told["keepAsked"] == told["openAsked"] == [("case_00700", "key2")]
    sheet.set_state(("case_00700", "key1"), "taken")
    assert first._state.isVisible()
    sheet.drop(("case_00700", "key1"))
    assert len(sheet.cards()) == 4
    for button in second.findChildren(KeyedButton):
        assert button.width() >= button.sizeHint().width(), "no text is cut"


def test_the_marked_row_offers_paint_beside_keep_and_take(page):
    painted = heard(page.paintAsked)
    page.select(("case_00701", "key4"))
    page.list.indexWidget(page.list.currentIndex()).paint_here.click()
    assert painted == [("case_00701", "key4")]
    page.set_read_only(True)
    page.select(("case_00701", "key4"))
    assert not page.list.indexWidget(page.list.currentIndex()).paint_here.isEnabled()


def words_of(shown, width):
    page = QueuePage()
    longest = "30.0 ml, 5 of 5 folds, 1 of which had not seen the case, 41 HU against kidney 168"
    title = "Tumor only in the reference, right kidney, middle"
    page.set_rows([QueueRow(component(n, title=title, detail=longest)) for n in range(4)])
    return painted_texts(shown(page, width, 600)), title


def test_every_sentence_is_read_whole(shown):
    painted, title = words_of(shown, 912)
    drawn = " ".join(painted.drawn)
    assert (drawn.count(title), drawn.count("kidney 168"), drawn.count("unreviewed")) == (4, 4, 4)
    assert painted.short == []


def test_beside_both_panels_of_a_small_screen_only_the_marked_title_is_shortened(shown):
    painted, title = words_of(shown, 646)
    drawn = " ".join(painted.drawn)
    assert drawn.count("middle") == 3
    assert (drawn.count("kidney 168"), drawn.count("unreviewed")) == (4, 4)
    assert [whole for whole, _ in painted.short] == [title]
