"""The canvases: the only package that knows napari."""

from __future__ import annotations

import os

import OpenGL

# napari reads and writes a settings file of the user's own napari; an empty name keeps this
# program's canvases apart from it. It must be set before napari is first imported.
os.environ["NAPARI_CONFIG"] = ""
# PyOpenGL asks the driver for errors after every call and raises what an earlier, unrelated call
# left behind; its own manual turns that off in programs. Tests look at pixels instead.
OpenGL.ERROR_CHECKING = False
