"""The borders of the program, kept: sizes, names, and which room knows what."""

from __future__ import annotations

import ast
import pkgutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted(path for room in ("kitsdesk", "trainer") for path in (ROOT / room).rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION = 300, 40
FORBIDDEN_NAMES = {"util", "utils", "helper", "helpers", "misc", "common"}
TORCH_FREE = ("contract", "imaging", "evaluation", "datasets", "phantoms")
QT_FREE = ("project", "editing", "review", "guide")
QT = ("PyQt6", "napari", "vispy", "qtpy", "qtawesome", "pyqtgraph")


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_files_are_short():
    lengths = {shown(path): len(path.read_text("utf-8").splitlines()) for path in FILES}
    assert not {name: n for name, n in lengths.items() if n >= LONGEST_FILE}


def test_functions_are_short():
    long = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                lines -= documented_lines(node)
                if lines >= LONGEST_FUNCTION:
                    long.append(f"{shown(path)}:{node.lineno} {node.name} has {lines} lines")
    assert not long


def documented_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of the docstring: what explains a function does not make it long."""
    first = node.body[0]
    if ast.get_docstring(node) is None or first.end_lineno is None:
        return 0
    return first.end_lineno - first.lineno + 1


def test_no_name_is_used_twice():
    names = Counter(path.name for path in FILES if path.name not in ("__init__.py", "__main__.py"))
    assert not [name for name, count in names.items() if count > 1]


def test_no_file_is_named_after_nothing():
    parts = {part for path in FILES for part in path.relative_to(ROOT).with_suffix("").parts}
    assert not parts & FORBIDDEN_NAMES


def test_nothing_is_left_for_later():
    marks = ("TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error")
    left = [
        f"{shown(path)}: {mark}"
        for path in FILES
        for mark in marks
        if mark in path.read_text("utf-8")
    ]
    assert not left


def modules_of(package: str) -> list[str]:
    folder = ROOT.joinpath(*package.split("."))
    found = pkgutil.walk_packages([str(folder)], f"{package}.")
    return [package, *(module.name for module in found if not module.name.endswith("__main__"))]


def loaded_after_importing(modules: list[str]) -> set[str]:
    code = (
        "import importlib, sys\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_torch_free_rooms_load_no_torch_and_no_qt():
    modules = [name for room in TORCH_FREE for name in modules_of(f"trainer.{room}")]
    assert not loaded_after_importing(modules) & {"torch", *QT}


def test_pure_rooms_of_the_desk_load_no_torch_and_no_qt():
    modules = [name for room in QT_FREE for name in modules_of(f"kitsdesk.{room}")]
    assert not loaded_after_importing(modules) & {"torch", *QT}


def test_the_trainer_loads_no_qt():
    assert not loaded_after_importing(modules_of("trainer")) & {"kitsdesk", *QT}


@pytest.mark.gui
def test_the_desk_loads_no_torch():
    assert "torch" not in loaded_after_importing(modules_of("kitsdesk"))


def test_the_borders_between_rooms_hold():
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
