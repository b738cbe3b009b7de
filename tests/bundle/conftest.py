"""The built wheel, and environments that hold it and nothing of the checkout.

By default an environment sees the libraries of the one that runs the tests, through links, but
those it must not have: they are absent, not blocked. With KITSDESK_FRESH_ENVIRONMENTS pip installs
everything anew (`make test-wheel`; minutes).
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FRESH = bool(os.environ.get("KITSDESK_FRESH_ENVIRONMENTS"))
OURS = ("kitsdesk", "__editable__")
# What the extra `desk` brings and the trainer must do without.
DESK = (
    "pyqt6",
    "sip",
    "qtpy",
    "napari",
    "npe2",
    "superqt",
    "magicgui",
    "app_model",
    "vispy",
    "qtawesome",
    "pyqtgraph",
    "platformdirs",
    "skimage",
    "scikit_image",
    "pytestqt",
    "qtconsole",
)


@dataclass(frozen=True)
class Environment:
    """An environment with the wheel installed."""

    folder: Path

    def program(self, name: str) -> Path:
        """Return an installed program."""
        return self.folder / "bin" / name

    @property
    def resources(self) -> Path:
        """Return where the wheel put its resources."""
        return self.folder / "share" / "kitsdesk" / "resources"

    def run(
        self, *words: str | Path, where: Path, timeout: float = 500
    ) -> subprocess.CompletedProcess:
        """Run a program of the environment with nothing of the checkout in reach."""
        variables = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        command = [str(self.program(str(words[0]))), *map(str, words[1:])]
        return subprocess.run(
            command,
            cwd=where,
            env=variables,
            capture_output=True,
            text=True,
            timeout=590,
            check=False,
        )


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    """Build the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(build, check=True, capture_output=True, timeout=300)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def headless(wheel, tmp_path_factory) -> Environment:
    """Return what `pip install kitsdesk` gives: the trainer, no Qt."""
    return environment(tmp_path_factory.mktemp("headless") / "venv", wheel, without=(*OURS, *DESK))


@pytest.fixture(scope="session")
def plain_napari(wheel, tmp_path_factory) -> Environment:
    """Return plain napari with the wheel beside it."""
    folder = tmp_path_factory.mktemp("napari") / "venv"
    return environment(folder, wheel, without=OURS, with_napari=True)


def environment(
    folder: Path, wheel: Path, *, without: tuple[str, ...], with_napari: bool = False
) -> Environment:
    """Make an environment and install the wheel into it with pip."""
    venv.create(folder, symlinks=True, with_pip=False)
    if FRESH:
        limits = ["-c", ROOT / "installer" / "constraints.txt"]
        pip(folder, *limits, wheel, *(["napari[pyqt6]"] if with_napari else []))
        return Environment(folder)
    mine = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.lower().startswith(without):
            (mine / entry.name).symlink_to(entry)
    pip(folder, "--no-deps", "--no-index", wheel)
    for name in ("napari", "npe2") if with_napari else ():
        script = Path(sys.executable).with_name(name).read_text().splitlines(keepends=True)
        target = folder / "bin" / name
        target.write_text(f"#!{folder / 'bin' / 'python'}\n{''.join(script[1:])}")
        target.chmod(0o755)
    return Environment(folder)


def pip(folder: Path, *words: object) -> None:
    """Install into an environment that needs no pip of its own."""
    command = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python"]
    command += ["--disable-pip-version-check", "install", "--quiet", "--no-warn-conflicts", *words]
    variables = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        list(map(str, command)),
        capture_output=True,
        text=True,
        env=variables,
        timeout=3000,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
