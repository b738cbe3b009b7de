"""The window's icon is the drawing in resources/icons."""

from __future__ import annotations

from kitsdesk.ui.application_icon import application_icon


def test_small_and_large_pictures_have_the_colours_of_kidney_and_tumor(qapp):
    icon = application_icon()
    for size in (16, 64, 256):
        image = icon.pixmap(size, size).toImage()
        colours = [image.pixelColor(x, y) for x in range(size) for y in range(size)]
        assert any(one.blue() > 180 and one.red() < 120 for one in colours)
        assert any(one.red() > 200 and one.blue() < 90 for one in colours)
