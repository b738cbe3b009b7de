"""`pip install kitsdesk` alone: the trainer works, the window says what it needs."""

from __future__ import annotations

import json

import nibabel
import numpy as np

EVERY_ROOM = """
import importlib, pkgutil, sys
import trainer
for module in pkgutil.walk_packages(trainer.__path__, "trainer."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(len([name for name in sys.modules if name.startswith("trainer.")]), trainer.__file__)
"""


def test_no_qt_is_there_at_all(headless, tmp_path):
    for name in ("PyQt6", "napari", "qtpy", "vispy", "qtawesome", "pyqtgraph"):
        done = headless.run("python", "-c", f"import {name}", where=tmp_path)
        assert f"No module named '{name}'" in done.stderr


def test_every_room_of_the_trainer_imports_without_it(headless, tmp_path):
    done = headless.run("python", "-c", EVERY_ROOM, where=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    count, place = done.stdout.split()
    assert int(count) > 100
    assert place.startswith(str(headless.folder))


def test_the_trainer_predicts_a_phantom_with_the_demo_model(headless, tmp_path):
    size = ("--size", "16", "80", "80")
    made = headless.run(
        "kitsdesk-trainer", "phantom", "cts", "--cases", "1", "--seed", "3", *size, where=tmp_path
    )
    assert made.returncode == 0, made.stderr[-2000:]
    words = ("--input", "cts", "--out", "masks", "--device", "cpu", "--folds", "0")
    model = headless.resources / "demo" / "model"
    done = headless.run("kitsdesk-trainer", "predict", "--model", model, *words, where=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    assert list(json.loads(done.stdout.splitlines()[-1])["cases"]) == ["case_00700"]
    mask = nibabel.load(tmp_path / "masks" / "case_00700.nii.gz")
    image = nibabel.load(tmp_path / "cts" / "case_00700" / "imaging.nii.gz")
    np.testing.assert_allclose(mask.affine, image.affine, atol=1e-4)
    assert 1 in np.unique(np.asarray(mask.dataobj))


def test_asking_for_the_window_says_what_to_install(headless, tmp_path):
    for words in ([], ["demo"], ["case.nii.gz"]):
        done = headless.run("kitsdesk", *words, where=tmp_path)
        assert done.returncode == 2
        assert "pip install 'kitsdesk[desk]'" in done.stderr
        assert "Traceback" not in done.stderr


def test_it_still_says_its_version_and_the_guide_to_its_words(headless, tmp_path):
    assert "kitsdesk" in headless.run("kitsdesk-trainer", "--help", where=tmp_path).stdout
