"""Plain napari with the wheel beside it: `napari --plugin kitsdesk FILE`, then Predict."""

from __future__ import annotations

import json
from pathlib import Path

import nibabel
import numpy as np
import pytest

from tests.trainer.tiny_models import write_tiny_model

SESSION = Path(__file__).with_name("napari_session.py")
pytestmark = pytest.mark.gui


@pytest.fixture(scope="module")
def scan(plain_napari, tmp_path_factory) -> Path:
    """Make a phantom in KiTS's odd axis order with the environment's own trainer."""
    folder = tmp_path_factory.mktemp("scan")
    words = ("--cases", "1", "--seed", "3", "--size", "20", "80", "80")
    done = plain_napari.run("kitsdesk-trainer", "phantom", "cts", *words, where=folder)
    assert done.returncode == 0, done.stderr[-2000:]
    return folder / "cts" / "case_00700" / "imaging.nii.gz"


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "tiny"
    write_tiny_model(folder, spacing=(14.0, 6.0, 6.0), patch=(16, 32, 32))
    return folder


@pytest.fixture(scope="module")
def session(plain_napari, scan, model) -> dict:
    """Run napari once: open, predict, save, close; return what it noted."""
    out = scan.parent
    done = plain_napari.run("python", SESSION, out, scan, model, where=out)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads((out / "layers.json").read_text())


def test_npe2_finds_the_manifest_valid(plain_napari, tmp_path):
    done = plain_napari.run("npe2", "validate", "--imports", "kitsdesk", where=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "valid" in done.stdout


def test_napari_shows_every_voxel_where_nibabel_puts_it(session, scan):
    layer, image = session["layers"][0], nibabel.load(scan)
    assert layer["kind"] == "image"
    assert set(layer["units"]) == {"millimeter"}
    columns, origin = np.array(layer["columns"]), np.array(layer["origin"])
    for index, value in layer["voxels"]:
        s, p, left = columns @ index + origin
        place = np.linalg.inv(image.affine) @ [-left, -p, s, 1]
        nearest = tuple(np.round(place[:3]).astype(int))
        np.testing.assert_allclose(place[:3], nearest, atol=1e-3)
        assert float(image.dataobj[nearest]) == value


def test_the_widget_gives_the_mask_of_the_command(session, plain_napari, scan, model):
    assert "failed" not in session
    assert "predict" in session["phases"]
    assert not session["torch"]
    words = ("--input", scan, "--out", "command", "--device", "cpu")
    done = plain_napari.run(
        "kitsdesk-trainer", "predict", "--model", model, *words, where=scan.parent
    )
    assert done.returncode == 0, done.stderr[-2000:]
    ours = nibabel.load(scan.parent / "mask.nii.gz")
    theirs = nibabel.load(scan.parent / "command" / "imaging.nii.gz")
    assert np.array_equal(np.asarray(ours.dataobj), np.asarray(theirs.dataobj))
    np.testing.assert_allclose(ours.affine, theirs.affine, atol=1e-5)
    assert len(np.unique(np.asarray(theirs.dataobj))) > 1
