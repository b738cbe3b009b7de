"""What a state looks like once every colour is taken away: shapes, lines and words are left."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QStyleOptionViewItem, QWidget

from kitsdesk.review.rows import CaseRow, FoldChip
from kitsdesk.ui.case_list.case_delegate import CaseDelegate
from kitsdesk.ui.case_list.case_model import CaseModel
from kitsdesk.ui.icons import DECISION_ICONS, draw_icon
from kitsdesk.ui.pages.plot_legend import ShapeMark
from kitsdesk.ui.pages.scatter_page import ScatterPage
from kitsdesk.ui.pages.scatter_plot import MARKS
from kitsdesk.ui.parts.structure_swatch import HatchSwatch
from kitsdesk.ui.review_side.fold_chips import FoldButton
from kitsdesk.viewer import canvas_style
from kitsdesk.viewer.mask_painting import outline_pens
from trainer.contract.export_manifest import DECISIONS

LEAST_SHARE = 0.12
"""Of the pixels that either of two shapes has, the share that the other lacks."""


def picture(paint, width, height, scale=4):
    """Return what is painted on black as (rows, columns) grey values."""
    image = QImage(width * scale, height * scale, QImage.Format.Format_RGB32)
    image.fill(QColor(0, 0, 0))
    painter = QPainter(image)
    painter.scale(scale, scale)
    paint(painter)
    painter.end()
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    bits = grey.constBits()
    bits.setsize(grey.sizeInBytes())
    lines = np.frombuffer(bits, np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return lines[:, : grey.width()].copy()


def shape_of(paint, width=16, height=16):
    """Return where something differs from its ground, whatever its colour and lightness."""
    return away_from_ground(picture(paint, width, height))


def away_from_ground(grey):
    grey = grey.astype(int)
    away = np.abs(grey - int(grey[0, 0]))
    return away > 0.3 * max(1, away.max())


def differing(one, other):
    return (one ^ other).sum() / max(1, (one | other).sum())


def widget_shape(widget: QWidget, part=(slice(None), slice(None))):
    size = widget.sizeHint()
    widget.resize(size)
    flags = QWidget.RenderFlag(0)
    grey = picture(
        lambda painter: widget.render(painter, QPoint(), flags=flags), size.width(), size.height()
    )
    return away_from_ground(grey[part])


def all_differ(shapes):
    assert all(shape.any() for shape in shapes.values())
    alike = {
        (one, other): differing(shapes[one], shapes[other])
        for one, other in combinations(shapes, 2)
        if shapes[one].shape == shapes[other].shape
    }
    assert {pair: share for pair, share in alike.items() if share < LEAST_SHARE} == {}


def test_each_decision_has_an_icon_of_its_own_and_its_word(styled):
    white, box = QColor("white"), QRectF(1, 1, 14, 14)

    def shape(decision):
        return shape_of(lambda p: draw_icon(p, DECISION_ICONS[decision][0], box, white))

    all_differ({decision: shape(decision) for decision in DECISIONS})
    model = CaseModel()
    model.set_rows([CaseRow(decision, decision=decision) for decision in DECISIONS])
    for row in range(model.rowCount()):
        spoken = model.index(row).data(Qt.ItemDataRole.AccessibleTextRole)
        assert spoken.startswith(f"{model.record(row).case}, {model.record(row).decision}")


def test_rows_of_two_decisions_differ_in_grey_where_the_word_stands(styled):
    model, delegate = CaseModel(), CaseDelegate()
    model.set_rows([CaseRow("case", decision="kept"), CaseRow("other")])
    option = QStyleOptionViewItem()
    option.rect = QRectF(0, 0, 304, 72).toRect()
    seen = {}
    for decision in DECISIONS:
        model.set_rows([CaseRow("case", decision=decision)])
        index = model.index(0)
        grey = picture(lambda p, i=index: delegate.paint(p, option, i), 304, 72)
        seen[decision] = away_from_ground(grey[16:112, 800:1160])
    all_differ(seen)


def test_each_decision_has_a_mark_of_its_own_in_the_scatter(shown):
    assert len({(symbol, hollow) for symbol, _role, hollow in MARKS.values()}) == len(MARKS)
    page = shown(ScatterPage(), 912, 800)
    marks = [mark for mark in page.findChildren(ShapeMark) if mark._shape != "line"]
    assert len(marks) == len(DECISIONS)
    all_differ({mark._shape: widget_shape(mark) for mark in marks})


def test_the_relation_of_a_fold_to_the_case_is_an_icon(styled):
    states = ("held_out", "saw", "missing")
    icon = (slice(24, 88), slice(80, 144))
    chips = {state: FoldButton(FoldChip("m", 0, state)) for state in states}
    all_differ({state: widget_shape(chip, icon) for state, chip in chips.items()})


def test_which_side_has_a_component_is_the_direction_of_its_hatch(styled):
    for prediction_only in (True, False):
        inner = widget_shape(HatchSwatch(prediction_only))[12:-12, 12:-12]
        rising = differing(inner[4:, :-4], inner[:-4, 4:])
        falling = differing(inner[4:, 4:], inner[:-4, :-4])
        assert (rising < falling) == prediction_only


@pytest.mark.parametrize("line", ["solid", "dashed", "dotted"])
def test_structures_and_masks_differ_in_their_lines(styled, line):
    lines = {}
    for structure in canvas_style.STRUCTURES:
        pens = list(outline_pens(structure, line, 1.0))
        lines[structure] = tuple((pen.widthF(), tuple(pen.dashPattern())) for pen in pens)
        assert all(bool(pen.dashPattern()) == (line != "solid") for pen in pens)
    assert len(set(lines.values())) == len(lines)


def test_prediction_and_reference_differ_in_their_dashes(styled):
    for structure in canvas_style.STRUCTURES:
        dashed, dotted = (
            [tuple(pen.dashPattern()) for pen in outline_pens(structure, line, 1.0)]
            for line in ("dashed", "dotted")
        )
        assert not set(dashed) & set(dotted)
