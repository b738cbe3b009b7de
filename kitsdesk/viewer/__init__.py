"""The canvases: the only package that knows napari."""

from __future__ import annotations

import os

# napari reads and writes a settings file of the user's own napari; an empty name keeps this
# program's canvases apart from it. It must be set before napari is first imported.
os.environ["NAPARI_CONFIG"] = ""
