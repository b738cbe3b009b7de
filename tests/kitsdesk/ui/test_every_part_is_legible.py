"""Every panel, page and sheet at every scale: no cut text, no small target, a name and a
visible focus for each control."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QApplication, QListWidget, QTabBar, QVBoxLayout, QWidget

from tests.kitsdesk.ui.painted_texts import painted_texts
from tests.kitsdesk.ui.seen_widgets import cut_tabs, small_rows

ROOT = Path(__file__).parents[3]


LARGE, LAPTOP = ("1600", "1000"), ("1280", "800")


# What a laptop shows, and what a screen of 2560 × 1600 does at 200 %, is the least window.
@pytest.mark.parametrize(
    ("screen", "font", "size"),
    [
        ("1", "1.0", LARGE),
        ("1", "1.3", LARGE),
        ("2", "1.0", LARGE),
        ("1", "1.0", LAPTOP),
        ("1.5", "1.0", LAPTOP),
        ("2", "1.0", LAPTOP),
    ],
)
def test_every_part_can_be_read_and_hit(screen, font, size):
    """The scale of the screen is read when the application starts: a process for each."""
    environment = {**os.environ, "QT_SCALE_FACTOR": screen, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "tests.kitsdesk.ui.look_at_every_part", font, *size]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.stdout == ""
    assert done.returncode == 0, done.stderr[-2000:]
    parts, texts = re.findall(r"looked at (\d+) parts and (\d+) painted", done.stderr)[0]
    assert int(parts) > 30
    assert int(texts) > 2000


class Narrow(QWidget):
    """Paints one text into a box of 40 px, and one that it shortens to 40 px."""

    def paintEvent(self, event):
        painter = QPainter(self)
        word = "a disagreement"
        painter.drawText(QRectF(0, 0, 40, 30), int(Qt.AlignmentFlag.AlignVCenter), word)
        short = painter.fontMetrics().elidedText(word, Qt.TextElideMode.ElideRight, 40)
        painter.drawText(QRectF(0, 30, 60, 30), int(Qt.AlignmentFlag.AlignVCenter), short)
        painter.end()


def test_a_painted_text_that_is_cut_or_shortened_to_nothing_is_found(shown):
    narrow = shown(Narrow(), 200, 80)
    painted = painted_texts(narrow)
    assert [text.partition(":")[0] for text in painted.cut] == ["'a disagreement'"]
    assert len(painted.unreadable()) == 1
    assert len(painted.drawn) == 2
    assert len(painted_texts(narrow).drawn) == 2


def test_a_row_and_a_tab_that_are_too_small_to_hit_are_found(shown):
    box = QWidget()
    column = QVBoxLayout(box)
    rows, bar = QListWidget(), QTabBar()
    rows.addItems(["one", "two"])
    rows.setStyleSheet("QListWidget::item { height: 12px; }")
    bar.addTab("Review")
    column.addWidget(rows)
    column.addWidget(bar)
    shown(box, 300, 300)
    assert len(small_rows(box)) == 1
    assert cut_tabs(box) == []
    bar.setFixedWidth(20)
    QApplication.processEvents()
    assert cut_tabs(box) == ["tab 'Review'"]
