"""The application's icon and what tells the system about the program."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LINUX = ROOT / "installer" / "linux"


@pytest.fixture(scope="module")
def icons(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("icons")
    script = ROOT / "installer" / "icons.py"
    words = [sys.executable, str(script), str(ROOT / "resources" / "icons"), str(out)]
    subprocess.run(words, check=True, capture_output=True)
    return out


def test_every_size_shows_the_kidney_and_the_tumor(icons):
    from PIL import Image

    for size in (16, 24, 32, 48, 256):
        picture = Image.open(icons / f"kitsdesk-{size}.png").convert("RGBA")
        assert picture.size == (size, size)
        pixels = list(picture.getdata())
        blue = sum(b > 140 and b > r + 60 for r, _g, b, a in pixels if a > 200)
        orange = sum(r > 150 and r > b + 80 for r, _g, b, a in pixels if a > 200)
        assert blue > 0.04 * len(pixels)
        assert orange > 0.02 * len(pixels)


def test_the_systems_own_formats_hold_all_sizes(icons):
    from PIL import Image

    assert {(16, 16), (32, 32), (256, 256)} <= set(Image.open(icons / "kitsdesk.ico").info["sizes"])
    assert Image.open(icons / "kitsdesk.icns").size[0] >= 512


def test_the_desktop_entry_opens_what_the_mime_types_name():
    entry = configparser.ConfigParser(interpolation=None, strict=True)
    entry.read(LINUX / "kitsdesk.desktop")
    mime = entry["Desktop Entry"]["MimeType"].strip(";").split(";")
    tree = ET.parse(LINUX / "kitsdesk.xml")
    space = "{http://www.freedesktop.org/standards/shared-mime-info}"
    globs = {
        kind.get("type"): [glob.get("pattern") for glob in kind.iter(f"{space}glob")]
        for kind in tree.iter(f"{space}mime-type")
    }
    assert set(mime) == set(globs)
    assert globs["application/x-kitsdesk-project"] == ["*.kitsdesk"]
    assert globs["application/x-nifti-gzip"] == ["*.nii.gz"]


def test_it_does_not_become_the_program_for_folders(tmp_path):
    """Whoever names inode/directory may become its default where nothing was chosen: the cache
    goes by the alphabet, `InitialPreference` is read by KDE alone."""
    for program in ("update-desktop-database", "gio"):
        if shutil.which(program) is None:
            pytest.skip(f"needs {program}")
    applications = tmp_path / "applications"
    applications.mkdir()
    entry = (LINUX / "kitsdesk.desktop").read_text().replace("Exec=kitsdesk", "Exec=true")
    (applications / "kitsdesk.desktop").write_text(entry)
    manager = "[Desktop Entry]\nType=Application\nName=Files\nExec=true %U\n"
    (applications / "pcmanfm.desktop").write_text(f"{manager}MimeType=inode/directory;\n")
    subprocess.run(["update-desktop-database", applications], check=True)
    places = {"HOME": tmp_path, "XDG_DATA_HOME": tmp_path, "XDG_DATA_DIRS": tmp_path / "none"}
    environment = {**os.environ, "LC_ALL": "C", "XDG_CONFIG_DIRS": str(tmp_path / "none")}
    environment |= {name: str(path) for name, path in places.items()}
    environment["XDG_CONFIG_HOME"] = str(tmp_path / "config")

    def programs(kind: str) -> str:
        words = ["gio", "mime", kind]
        return subprocess.run(
            words, env=environment, check=True, capture_output=True, text=True
        ).stdout

    assert "kitsdesk.desktop" in programs("application/x-nifti-gzip")
    assert "pcmanfm.desktop" in programs("inode/directory")
    assert "kitsdesk.desktop" not in programs("inode/directory")


def test_no_script_makes_the_program_the_default_for_images():
    for path in (ROOT / "installer").rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            text = path.read_text(encoding="utf-8", errors="replace")
            assert "xdg-mime default" not in text
            assert "mimeapps.list" not in text
