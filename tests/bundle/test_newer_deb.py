"""The package that the test of the installer upgrades to is really a newer one."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.bundle.newer_deb import ADDED, field, newer_deb

pytestmark = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="needs dpkg")
TAKEN = "usr/share/doc/kitsdesk/licences/LICENSE.kitsdesk"
CONTROL = """\
Package: kitsdesk
Version: 1.2.3
Architecture: amd64
Maintainer: A group <group@group.invalid>
Depends: libc6 (>= 2.36)
Description: the mask desk
 Version: 9.9 is only a word here.
"""


@pytest.fixture
def deb(tmp_path) -> Path:
    """A package as the installer's, with three files and a link."""
    root = tmp_path / "root"
    for name in (TAKEN, "usr/lib/kitsdesk/kitsdesk", "usr/share/applications/kitsdesk.desktop"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    (root / "usr/lib/kitsdesk/kitsdesk").chmod(0o755)
    (root / "usr/bin").mkdir()
    (root / "usr/bin/kitsdesk").symlink_to("../lib/kitsdesk/kitsdesk")
    (root / "DEBIAN").mkdir()
    (root / "DEBIAN/control").write_text(CONTROL)
    made = tmp_path / "kitsdesk_1.2.3_amd64.deb"
    words = ["dpkg-deb", "--root-owner-group", "--build", str(root), str(made)]
    subprocess.run(words, check=True, capture_output=True)
    return made


def files(deb: Path) -> dict[str, str]:
    """Return mode, owner and what a link leads to of every file, by name."""
    listed = subprocess.run(
        ["dpkg-deb", "--contents", deb], check=True, capture_output=True, text=True
    ).stdout
    rows = [line.split(None, 5) for line in listed.splitlines()]
    entries = [(row[5].partition(" -> "), row) for row in rows if not row[5].endswith("/")]
    return {name[2:]: f"{row[0]} {row[1]} {to}" for (name, _, to), row in entries}


def test_dpkg_holds_it_for_newer_and_it_differs_by_two_files(deb, tmp_path):
    before, bytes_before = files(deb), deb.read_bytes()
    newer = newer_deb(deb, tmp_path, TAKEN)
    higher = ["dpkg", "--compare-versions", field(newer, "Version"), "gt", field(deb, "Version")]
    assert subprocess.run(higher, check=False).returncode == 0
    assert newer.name == f"kitsdesk_{field(newer, 'Version')}_amd64.deb"
    after = files(newer)
    assert after.keys() - before.keys() == {ADDED}
    assert before.keys() - after.keys() == {TAKEN}
    assert all(after[name] == before[name] for name in after.keys() & before.keys())
    for name in ("Package", "Depends", "Description"):
        assert field(newer, name) == field(deb, name)
    assert deb.read_bytes() == bytes_before
    assert {path.name for path in tmp_path.iterdir()} == {"root", deb.name, newer.name}


def test_a_file_that_is_not_there_cannot_be_taken(deb, tmp_path):
    with pytest.raises(SystemExit, match=r"has no usr/share/nothing"):
        newer_deb(deb, tmp_path, "usr/share/nothing")
    assert not list(tmp_path.glob("*upgrade*"))
