from __future__ import annotations

import io

import numpy as np
import pytest
from matplotlib.image import imread

from kitsdesk.review.png_bytes import png_bytes
from kitsdesk.review.slice_pictures import (
    COLOURS,
    SMALLEST_MM,
    Frame,
    scale_bar_share,
    slice_picture,
    worst_frame,
)
from trainer.imaging.geometry import Geometry
from trainer.imaging.volume import Volume

SHAPE = (8, 60, 80)
GRID = Geometry((80, 60, 8), (2.0, 2.0, 5.0), (0.0, 0.0, 0.0), (1.0, 0, 0, 0, 1.0, 0, 0, 0, 1.0))


@pytest.fixture
def volume():
    hu = np.full(SHAPE, 40, np.int16)
    hu[:, :, :40] = 200
    return Volume(hu, GRID)


def test_a_png_reads_as_the_picture_it_was(tmp_path):
    picture = np.random.default_rng(0).integers(0, 256, (13, 17, 3), dtype=np.uint8)
    read = imread(io.BytesIO(png_bytes(picture)), format="png")
    assert np.array_equal(np.rint(read * 255).astype(np.uint8), picture)


def test_only_rgb_bytes_are_taken():
    with pytest.raises(ValueError, match="RGB"):
        png_bytes(np.zeros((4, 4), np.uint8))


def test_the_frame_is_where_the_masks_differ_most(volume):
    first = np.zeros(SHAPE, np.uint8)
    second = first.copy()
    second[5, 20:30, 50:60] = 1
    second[6, 20:22, 50:52] = 1
    frame = worst_frame(first, second, volume.spacing)
    assert frame == Frame(5, 24.5, 54.5, SMALLEST_MM)
    assert scale_bar_share(frame) == pytest.approx(50 / SMALLEST_MM)


def test_outlines_have_the_structures_colours_and_the_right_is_left(volume):
    mask = np.zeros(SHAPE, np.uint8)
    mask[3, 20:40, 30:50] = 1
    mask[3, 26:32, 34:44] = 2
    picture = slice_picture(volume, mask, Frame(3, 29.5, 39.5, 120.0), 240)
    flat = picture.reshape(-1, 3).astype(int)
    for colour in (COLOURS[1], COLOURS[2]):
        assert (np.abs(flat - colour).sum(axis=1) < 30).any()
    bare = slice_picture(volume, None, Frame(3, 29.5, 39.5, 120.0), 240)
    assert bare[120, 20].mean() > bare[120, 220].mean()


def test_empty_masks_still_give_a_picture(volume):
    nothing = np.zeros(SHAPE, np.uint8)
    frame = worst_frame(nothing, nothing, volume.spacing)
    assert slice_picture(volume, nothing, frame, 64).shape == (64, 64, 3)
