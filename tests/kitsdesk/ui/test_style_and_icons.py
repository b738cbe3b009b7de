from __future__ import annotations

import qtawesome
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QFontMetricsF, QIcon

from kitsdesk.ui.actions.action_records import RECORDS
from kitsdesk.ui.icons import DECISION_ICONS, glyph
from kitsdesk.ui.jobs.job_words import STATE_ICONS
from kitsdesk.ui.style import active_style


def brightest(icon, mode=QIcon.Mode.Normal, state=QIcon.State.Off):
    image = icon.pixmap(QSize(32, 32), mode, state).toImage()
    best = max((image.pixelColor(x, y).alpha(), x, y) for x in range(32) for y in range(32))
    return image.pixelColor(best[1], best[2]).name()


def test_an_icon_takes_the_colour_of_the_theme_it_is_painted_in(styled):
    icon = glyph("ph.check", "text", "accent")
    dark = brightest(icon)
    styled.set_theme("light")
    light = brightest(icon)
    assert (dark, light) == ("#e7eaef", "#15181d")
    assert brightest(icon, state=QIcon.State.On) == styled.colour("accent").name()
    assert brightest(icon, QIcon.Mode.Disabled) == styled.colour("text_disabled").name()


def test_every_icon_named_is_there():
    names = {record.icon for record in RECORDS.values() if record.icon}
    names |= {icon for icon, _ in (*DECISION_ICONS.values(), *STATE_ICONS.values())}
    assert all(qtawesome.charmap(name) for name in names)


def test_digits_are_tabular(styled):
    metrics = QFontMetricsF(styled.font("base"))
    widths = {round(metrics.horizontalAdvance(digit * 10), 1) for digit in "0123456789"}
    assert len(widths) == 1


def test_the_style_sheet_is_filled_and_scales(qapp, styled):
    assert "$" not in qapp.styleSheet()
    styled.set_scale(1.3)
    assert "font-size: 17px" in qapp.styleSheet()
    styled.set_scale(3)
    assert styled.px(10) == 13
    styled.set_scale(1.0)
    assert active_style() is styled
