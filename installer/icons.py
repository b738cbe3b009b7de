"""Make the application icon's pictures from resources/icons: PNG by size, .ico and .icns."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from PIL import Image

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from PyQt6.QtGui import QGuiApplication, QImage, QPainter
from PyQt6.QtSvg import QSvgRenderer

SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
_SMALL = 24  # up to here the simpler drawing is clearer


def make_icons(drawings: Path, out: Path) -> list[Path]:
    """Write kitsdesk-SIZE.png for every size, kitsdesk.ico and kitsdesk.icns into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    made = [_draw(drawings, out / f"kitsdesk-{size}.png", size) for size in SIZES]
    pictures = [Image.open(path) for path in made]
    largest = pictures[-1]
    largest.save(out / "kitsdesk.ico", append_images=pictures, sizes=[(s, s) for s in SIZES[:-1]])
    largest.save(out / "kitsdesk.icns", append_images=pictures)
    return made


def _draw(drawings: Path, path: Path, size: int) -> Path:
    name = "kitsdesk-small.svg" if size <= _SMALL else "kitsdesk.svg"
    renderer = QSvgRenderer(str(drawings / name))
    if not renderer.isValid():
        raise SystemExit(f"{name} is not a drawing that Qt reads.")
    picture = QImage(size, size, QImage.Format.Format_ARGB32)
    picture.fill(0)
    painter = QPainter(picture)
    renderer.render(painter)
    painter.end()
    if not picture.save(str(path)):
        raise SystemExit(f"{path} was not written.")
    return path


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("drawings", type=Path)
    words.add_argument("out", type=Path)
    options = words.parse_args()
    application = QGuiApplication([])
    make_icons(options.drawings, options.out)
