"""What the canvases import, in steps that a window already on the screen can wait for."""

from __future__ import annotations

LIBRARIES = (
    "napari.utils.theme",
    "napari.layers",
    "vispy.scene",
    "napari.components",
    "napari.qt",
    "kitsdesk.viewer.quad",
)
"""In an order in which each of them takes well under a second once the others are there."""
