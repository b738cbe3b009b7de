"""curves.png: a fold's curves as a picture in its folder, drawn while it trains."""

from __future__ import annotations

import time
from pathlib import Path

from trainer.contract.jsonfile import read_lines
from trainer.imaging.safe_write import safe_write

CURVES_FILE = "curves.png"
METRICS_FILE = "metrics.jsonl"
_EVERY_S = 30.0
# Drawing may take at most this part of the time: a picture of 0.2 s every 30 s or more.
_LEAST_RATIO = 150.0


class TrainingCurves:
    """Draws the metrics.jsonl in a fold's folder (.../residual/fold_0), seldom enough not
    to slow training."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._title = ", ".join(part.replace("_", " ") for part in folder.parts[-2:])
        self._drawn_at, self._took = time.monotonic(), 0.0

    def draw_if_due(self) -> None:
        """Draw where the last picture is at least 30 s old, and 150 times as old as it
        took to draw."""
        age = time.monotonic() - self._drawn_at
        if age >= max(_EVERY_S, _LEAST_RATIO * self._took):
            self.draw()

    def draw(self) -> None:
        """Draw now.

        Raises
        ------
        WriteFailed : the picture could not be written; the old one is unchanged.
        """
        # Read here: the library takes longer to load than a short training's status.
        from trainer.training.curve_picture import curves_png

        began = time.monotonic()
        lines, _ = read_lines(self._folder / METRICS_FILE)
        if lines:
            picture = curves_png(lines, self._title)
            safe_write(self._folder / CURVES_FILE, lambda path: _write(path, picture))
        self._drawn_at = time.monotonic()
        self._took = self._drawn_at - began


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
