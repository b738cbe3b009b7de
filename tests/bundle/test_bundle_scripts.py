"""What builds the bundle on computers without make and dpkg: the wheel with the guide inside,
and the list of licences."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from pathlib import Path
from unittest.mock import MagicMock

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
# Takes the place of Python: what it is asked for is kept, and done for the parts that follow.
PRETENDED_PYTHON = """\
#!/usr/bin/env bash
set -eu
echo "$*" >>"$CALLS"
case "$*" in
  "-m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
  "-m sphinx "*) mkdir -p build/guide; echo guide >build/guide/index.html ;;
  "-m build "*) mkdir -p dist; cp build/guide/index.html dist/kitsdesk-1.2.3-py3-none-any.whl ;;
esac
"""
LIBRARIES_OF_THE_BUILDER = (
    "license_expression",
    "spdx_tools",
    "spdx_tools.spdx",
    "spdx_tools.spdx.model",
    "spdx_tools.spdx.validation",
    "spdx_tools.spdx.validation.document_validator",
    "spdx_tools.spdx.writer",
    "spdx_tools.spdx.writer.write_anything",
)


def scripts(folder: Path) -> Path:
    """Return a checkout that holds the scripts alone."""
    (folder / "installer").mkdir(parents=True)
    for name in ("wheel.sh", "bundle.sh", "constraints.txt", "constraints-installer.txt"):
        shutil.copy(ROOT / "installer" / name, folder / "installer")
    (folder / "pyproject.toml").write_text('version = "1.2.3"\n')
    return folder


def run_script(folder: Path, name: str) -> list[str]:
    """Run one with the pretended Python and return what that was asked for, in order."""
    python, calls = folder / "pretended_python", folder / "calls"
    python.write_text(PRETENDED_PYTHON)
    python.chmod(0o755)
    environment = {**os.environ, "PYTHON": str(python), "CALLS": str(calls)}
    words = ["bash", str(folder / "installer" / name)]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    lines = calls.read_text().splitlines()
    # The bundle itself needs the whole checkout: its script ends where PyInstaller's work begins.
    assert done.returncode == 0 or name == "bundle.sh", done.stderr
    return lines


def place(calls: list[str], word: str) -> int:
    """Return where the first call with a word stands."""
    return next(at for at, call in enumerate(calls) if word in call)


def test_the_guide_is_built_before_the_wheel_that_holds_it(tmp_path):
    folder = scripts(tmp_path)
    calls = run_script(folder, "wheel.sh")
    made = folder / "dist" / "kitsdesk-1.2.3-py3-none-any.whl"
    assert made.read_text() == "guide\n"
    assert place(calls, "pip install") < place(calls, "-m sphinx") < place(calls, "-m build")


def test_the_guide_is_built_by_the_same_words_as_by_make():
    recipe = (ROOT / "Makefile").read_text().split("\nguide: setup\n")[1].splitlines()[0]
    words = recipe.split("python ", 1)[1]
    assert words.startswith("-m sphinx")
    assert f'"$python" {words}\n' in (ROOT / "installer" / "wheel.sh").read_text()


def test_the_bundle_has_the_wheel_made_where_it_is_missing_and_only_there(tmp_path):
    fresh = run_script(scripts(tmp_path / "fresh"), "bundle.sh")
    assert place(fresh, "-m sphinx") < place(fresh, "pyinstaller")
    there = scripts(tmp_path / "there")
    (there / "dist").mkdir()
    (there / "dist" / "kitsdesk-1.2.3-py3-none-any.whl").write_text("made by make\n")
    calls = run_script(there, "bundle.sh")
    assert not [call for call in calls if "-m sphinx" in call or "-m build" in call]
    # Sphinx stays in the wheel's own environment, out of the bundle.
    assert not [call for call in calls if "pip install" in call and "sphinx" in call]


@pytest.mark.skipif(
    not os.environ.get("KITSDESK_FRESH_ENVIRONMENTS"), reason="installs Sphinx: make test-wheel"
)
def test_the_wheel_of_the_script_holds_the_guide(tmp_path):
    tree = tmp_path / "tree"
    left_out = shutil.ignore_patterns(".git", ".venv*", "build", "dist", "tests", "*.egg-info")
    shutil.copytree(ROOT, tree, ignore=left_out)
    environment = {**os.environ, "PYTHON": sys.executable}
    subprocess.run(["bash", str(tree / "installer" / "wheel.sh")], env=environment, check=True)
    (wheel,) = (tree / "dist").glob("kitsdesk-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert [name for name in names if name.endswith("share/kitsdesk/guide/cluster.html")]
    assert [name for name in names if name.endswith("guide/_images/runs_dark.png")]


@pytest.fixture
def licences(monkeypatch):
    """The list of licences; its own libraries are the builder's and not installed here."""
    for name in LIBRARIES_OF_THE_BUILDER:
        monkeypatch.setitem(sys.modules, name, MagicMock())
    spec = importlib.util.spec_from_file_location("licences", ROOT / "installer" / "licences.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "licences", module)
    spec.loader.exec_module(module)
    # One library for all that are installed: to resolve every file of theirs takes half a minute.
    monkeypatch.setattr(module, "distributions", lambda: [distribution("pytest")])
    return module


def test_without_dpkg_a_file_that_nobody_knows_is_named(licences, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    stray = tmp_path / "stray.dll"
    stray.write_bytes(b"MZ")
    with pytest.raises(SystemExit, match=r"unknown origin.*stray\.dll"):
        licences.parts_inside([stray])


def test_without_dpkg_the_files_of_python_are_listed(licences, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    parts = licences.parts_inside([Path(pytest.__file__), Path(os.__file__)])
    assert [part.name for part in parts] == ["CPython", "pytest"]


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="a computer without dpkg")
def test_with_dpkg_a_file_of_the_system_belongs_to_its_package(licences):
    assert licences._debian_package(Path("/usr/bin/dpkg")) == "dpkg"
