"""The profiles beside the rail are drawn anew when they or the rail change, and only then."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage, QPainter

from kitsdesk.viewer import canvas_style as style
from kitsdesk.viewer.planes import AXIAL
from kitsdesk.viewer.profile_picture import CURVE_PX, ProfilePicture
from kitsdesk.viewer.scene import Profiles
from kitsdesk.viewer.slice_rail import SliceRail

WIDTH, HEIGHT, SLICES, RIGHT = 100, 200, 11, 96.0


def profiles(area: list[int], disputed: list[int] | None = None) -> Profiles:
    none = np.zeros(SLICES)
    return Profiles((np.array(area), none, none), (np.array(disputed or none), none, none))


def drawn(picture: ProfilePicture, shown: Profiles, height: int = HEIGHT, ratio: float = 1):
    """Return the alpha of what is drawn, (rows, columns)."""
    image = QImage(int(WIDTH * ratio), int(height * ratio), QImage.Format.Format_RGBA8888)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    picture.draw(painter, SliceRail(AXIAL, WIDTH, height, SLICES), shown, RIGHT, ratio)
    painter.end()
    bits = image.bits().asarray(image.sizeInBytes())
    return np.frombuffer(bytes(bits), np.uint8).reshape(image.height(), image.width(), 4)


def row_of(index: int, height: int = HEIGHT) -> int:
    return round(SliceRail(AXIAL, WIDTH, height, SLICES).y_of(index))


@pytest.mark.parametrize("ratio", [1, 2])
def test_the_largest_area_is_the_widest_and_the_axial_rail_goes_up(qapp, ratio):
    area = [0] * SLICES
    area[8:10] = [40, 40]
    seen = drawn(ProfilePicture(), profiles(area), ratio=ratio)
    painted = (seen[..., 3] > 100).sum(axis=1)
    row = round((row_of(8) + row_of(9)) / 2 * ratio)
    assert row < HEIGHT * ratio / 2
    assert painted[row] == pytest.approx(CURVE_PX * ratio, abs=1.5)
    assert painted[row_of(3) * ratio] == 0
    columns = np.flatnonzero(seen[row, :, 3] > 100)
    assert columns.max() == pytest.approx(RIGHT * ratio - 1, abs=1)


def test_disagreement_lies_over_the_foreground_in_its_own_colour(qapp):
    area, disputed = [40] * SLICES, [0] * SLICES
    disputed[4:7] = [20, 20, 20]
    seen = drawn(ProfilePicture(), profiles(area, disputed))
    row, near, far = row_of(5), int(RIGHT) - 4, int(RIGHT - 0.8 * CURVE_PX)
    expected = [int(style.RAIL_DISAGREEMENT[i : i + 2], 16) for i in (1, 3, 5)]
    assert seen[row, near, :3].tolist() == pytest.approx(expected, abs=3)
    assert seen[row, far, :3].tolist() != pytest.approx(expected, abs=3)
    assert seen[row, far, 3] > 100


def test_other_profiles_and_another_height_are_drawn_anew(qapp):
    picture, low, high = ProfilePicture(), [0] * SLICES, [0] * SLICES
    low[1:3], high[8:10] = [9, 9], [9, 9]
    first = drawn(picture, profiles(low))
    assert np.array_equal(drawn(picture, profiles(high)), drawn(ProfilePicture(), profiles(high)))
    taller = drawn(picture, profiles(high), height=300)
    assert np.array_equal(taller, drawn(ProfilePicture(), profiles(high), height=300))
    assert np.array_equal(drawn(picture, profiles(low)), first)


def test_nothing_is_drawn_of_an_empty_mask(qapp):
    assert not drawn(ProfilePicture(), profiles([0] * SLICES))[..., 3].any()
