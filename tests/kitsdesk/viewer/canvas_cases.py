"""Small cases for the canvases and ways to look at what they show."""

from __future__ import annotations

import time

import numpy as np
from PyQt6.QtWidgets import QApplication

from trainer.imaging.geometry import Geometry
from trainer.imaging.volume import Volume

SHAPE = (24, 40, 48)
SPACING_XYZ = (1.5, 1.5, 3.0)
IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


def make_volume(array=None, direction=IDENTITY, origin=(10.0, -20.0, 30.0)):
    """Return a volume of SHAPE; its file axes are the array's, turned by `direction`."""
    if array is None:
        array = np.full(SHAPE, -100, np.int16)
    size = tuple(reversed(array.shape))
    return Volume(array, Geometry(size, SPACING_XYZ, origin, direction))


def make_mask():
    """Return a mask with a box of kidney that holds a tumor."""
    mask = np.zeros(SHAPE, np.uint8)
    mask[6:18, 10:30, 8:22] = 1
    mask[9:14, 14:22, 10:16] = 2
    return mask


def wait_painted(quad, limit_s=20.0):
    """Run the event loop until the canvases show the present state."""
    deadline = time.monotonic() + limit_s
    QApplication.processEvents()
    while not quad.is_painted():
        assert time.monotonic() < deadline, "the canvases were not painted in time"
        QApplication.processEvents()
        time.sleep(0.002)


def picture(quad, view):
    """Return a canvas's part of the screenshot as (height, width, 3) integers."""
    wait_painted(quad)
    image = quad.screenshot()
    image = image.convertToFormat(image.Format.Format_RGB888)
    data = image.constBits().asarray(image.sizeInBytes())
    rows = np.frombuffer(data, np.uint8).reshape(image.height(), image.bytesPerLine())
    pixels = rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3)
    ratio = round(quad.devicePixelRatioF())
    pixels = pixels[::ratio, ::ratio]
    area = quad.canvases()[view].geometry()
    return pixels[area.top() : area.bottom() + 1, area.left() : area.right() + 1].astype(int)
