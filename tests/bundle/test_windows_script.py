"""The Windows installer's script compiles against a stand-in for the bundle."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent.parent / "installer" / "windows" / "kitsdesk.nsi"
pytestmark = pytest.mark.skipif(shutil.which("makensis") is None, reason="needs makensis (nsis)")


def compile_script(*defines: str) -> subprocess.CompletedProcess[str]:
    words = ["makensis", "-V2", "-WX", *defines, SCRIPT.name]
    return subprocess.run(words, cwd=SCRIPT.parent, capture_output=True, text=True, check=False)


def test_the_script_makes_an_installer_of_everything_in_the_bundle(tmp_path):
    bundle = tmp_path / "bundle"
    (bundle / "_internal").mkdir(parents=True)
    for name in ("kitsdesk.exe", "kitsdesk-trainer.exe", "_internal/base_library.zip"):
        (bundle / name).write_bytes(name.encode())
    out = tmp_path / "kitsdesk-1.2.3-setup.exe"
    done = compile_script("-DVERSION=1.2.3", f"-DBUNDLE={bundle}", f"-DOUT={out}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert out.read_bytes()[:2] == b"MZ"
    (bundle / "_internal" / "more.bin").write_bytes(bytes(range(256)) * 4000)
    size = out.stat().st_size
    compile_script("-DVERSION=1.2.3", f"-DBUNDLE={bundle}", f"-DOUT={out}")
    assert out.stat().st_size > size


def test_a_forgotten_word_is_said():
    done = compile_script("-DVERSION=1.2.3")
    assert done.returncode != 0
    assert "Give -DVERSION, -DBUNDLE and -DOUT" in done.stdout + done.stderr
