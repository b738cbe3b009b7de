"""The built wheel, unpacked into a folder of its own, away from the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

EXPORT = """
import sys
from pathlib import Path
from kitsdesk.paths import resources
from kitsdesk.project.case_sources import discover
from kitsdesk.project.exports import export
from kitsdesk.project.workspace import Workspace
import kitsdesk

folder = Path(sys.argv[1])
assert Path(kitsdesk.__file__).is_relative_to(sys.argv[2]), kitsdesk.__file__
assert resources().is_relative_to(sys.argv[2]), resources()
with Workspace.create(folder / "a.kitsdesk", discover(folder / "phantoms")) as project:
    steps = export(project, "nnunet")
    try:
        while True:
            next(steps)
    except StopIteration as stop:
        print(stop.value)
"""


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """Install the wheel without its dependencies into a folder."""
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.endswith("resources/demo/model/model.json") for name in names)
    target = tmp_path_factory.mktemp("unpacked") / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", target]
    subprocess.run([*pip, wheel], check=True, capture_output=True, timeout=300)
    return target


def run(installed: Path, words: list[str], where: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=where,
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_phantom_predict_export_run_from_the_wheel(installed, tmp_path):
    run(
        installed,
        [
            "-m",
            "trainer",
            "phantom",
            "phantoms",
            "--cases",
            "5",
            "--seed",
            "3",
            "--size",
            "24",
            "112",
            "112",
        ],
        tmp_path,
    )
    model = installed / "share/kitsdesk/resources/demo/model"
    run(
        installed,
        [
            "-m",
            "trainer",
            "predict",
            "--model",
            str(model),
            "--input",
            "phantoms",
            "--out",
            "masks",
            "--device",
            "cpu",
            "--folds",
            "0",
        ],
        tmp_path,
    )
    assert len(list((tmp_path / "masks").glob("case_*.nii.gz"))) == 5
    script = tmp_path / "export.py"
    script.write_text(EXPORT)
    out = run(installed, [str(script), str(tmp_path), str(installed)], tmp_path)
    manifest = json.loads((Path(out.strip().splitlines()[-1]) / "manifest.json").read_text())
    assert len(manifest["cases"]) == 5
