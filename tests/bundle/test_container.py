"""The container recipes: linted, and every file, version and program they name is there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "installer" / "container"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PINNED = dict(
    line.split("==")
    for line in (ROOT / "installer" / "constraints.txt").read_text().splitlines()
    if "==" in line
)


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions, continued lines joined."""
    text = re.sub(r"\\\n\s*", " ", (FOLDER / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [tuple(line.split(None, 1)) for line in lines]


def section(name: str) -> list[str]:
    """Return the lines of one section of the Apptainer definition."""
    text = (FOLDER / "kitsdesk.def").read_text()
    body = text.split(f"%{name}\n", 1)[1].split("\n%", 1)[0]
    return [line.strip() for line in body.splitlines() if line.strip()]


def test_hadolint_finds_nothing():
    program = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("hadolint has no build for this computer")
    done = subprocess.run(
        [program, "--no-color", FOLDER / "Dockerfile"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert done.stdout == ""


def test_what_is_copied_exists_and_is_let_through():
    allowed = (FOLDER / "Dockerfile.dockerignore").read_text().split("\n")
    for word, rest in instructions():
        if word == "COPY" and not rest.startswith("--from"):
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists(), source
                assert f"!{source}" in allowed, source


def test_what_the_wheel_is_built_of_is_copied():
    copied = " ".join(rest for word, rest in instructions() if word == "COPY")
    data = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["data-files"]
    roots = {pattern.partition("/")[0] for patterns in data.values() for pattern in patterns}
    for root in roots - {"build"}:
        assert root in copied, root
    for package in ("kitsdesk", "trainer", "pyproject.toml", PROJECT["readme"], "LICENSE"):
        assert package in copied, package


def test_versions_are_pinned_and_the_window_stays_out():
    runs = [rest for word, rest in instructions() if word == "RUN"] + section("post")
    pips = [run for run in runs if "pip install" in run]
    assert pips
    assert all("constraints.txt" in run for run in pips)
    assert not any("[desk]" in run for run in runs)
    assert {"torch", "numpy", "build", "setuptools", "wheel"} <= set(PINNED)
    python = next(rest for word, rest in instructions() if word == "ARG").partition("=")[2]
    assert tuple(map(int, python.split("."))) >= (3, 11)
    assert PROJECT["requires-python"] == ">=3.11"
    assert f"python:{python}-slim-bookworm" in (FOLDER / "kitsdesk.def").read_text()


def test_it_runs_the_trainer_and_not_as_root():
    words = instructions()
    entry = [rest for word, rest in words if word == "ENTRYPOINT"]
    assert entry == ['["kitsdesk-trainer"]']
    assert "kitsdesk-trainer" in PROJECT["scripts"]
    order = [word for word, _rest in words]
    assert order.index("USER") > max(i for i, word in enumerate(order) if word == "RUN")
    assert dict(words)["USER"] not in ("0", "root")
    assert 'exec kitsdesk-trainer "$@"' in section("runscript")


def test_the_recipes_own_check_is_a_command_of_the_trainer():
    (check,) = section("test")
    assert any(check in rest for word, rest in instructions() if word == "RUN")
    done = subprocess.run(
        [sys.executable, "-m", "trainer", *check.split()[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_of_what_was_built_only_the_wheel_comes_into_the_apptainer_image(tmp_path):
    """As Apptainer copies it: the source's pattern resolved, then `cp -fLr` into the root."""
    dist, root = tmp_path / "dist", tmp_path / "root"
    dist.mkdir()
    wheel = f"kitsdesk-{PROJECT['version']}-py3-none-any.whl"
    for name in (wheel, "kitsdesk_0.1.0_amd64.deb", "kitsdesk-0.1.0-linux-x86_64.tar.zst"):
        (dist / name).write_text(name)
    source, target = next(line.split() for line in section("files") if line.startswith("dist"))
    assert target.endswith("/")
    into = root / target.strip("/")
    into.mkdir(parents=True)
    for path in sorted(tmp_path.glob(source)):
        subprocess.run(["cp", "-fLr", path, into], check=True)
    assert [path.name for path in into.iterdir()] == [wheel]
    installed = next(word for line in section("post") for word in line.split() if ".whl" in word)
    assert [path.name for path in root.glob(installed.lstrip("/"))] == [wheel]
