from __future__ import annotations

import json
import subprocess
import sys

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk

from trainer.contract.jsonfile import read_json
from trainer.evaluation.dice import kits_dice
from trainer.imaging.mask_file import read_mask
from trainer.imaging.reader import read_image
from trainer.phantoms.phantom_set import (
    PhantomRefused,
    PhantomRequest,
    make_phantom_set,
    real_masks,
)

SHAPE, SPACING = (40, 96, 96), (7.0, 4.2, 4.2)


def request(out, **changes):
    values = {"cases": 3, "seed": 5, "shape": SHAPE, "spacing": SPACING}
    return PhantomRequest(out=out, **{**values, **changes})


def case_files(folder):
    return {path.parent.name: path for path in sorted(folder.glob("case_*/segmentation.nii.gz"))}


def test_files_have_kits_layout_and_kits_geometry(tmp_path):
    make_phantom_set(request(tmp_path, cases=1))
    folder = tmp_path / "case_00700"
    image = sitk.ReadImage(folder / "imaging.nii.gz")
    assert image.GetSize() == SHAPE
    assert image.GetSpacing() == pytest.approx(SPACING)
    assert image.GetDirection() == pytest.approx((0, 0, 1, 0, 1, 0, -1, 0, 0))
    mask = nibabel.load(folder / "segmentation.nii.gz")
    expected = [[0, 0, -4.2, 0], [0, -4.2, 0, 0], [-7.0, 0, 0, 0], [0, 0, 0, 1]]
    assert np.allclose(mask.affine, expected, atol=1e-5)
    assert np.allclose(mask.affine, nibabel.load(folder / "imaging.nii.gz").affine)
    assert read_image(folder / "imaging.nii.gz").spacing == pytest.approx(SPACING)
    assert set(np.unique(np.asarray(mask.dataobj))) == {0, 1, 2}
    assert not (tmp_path / "faults.json").exists()


def test_a_longer_set_begins_with_the_shorter_one(tmp_path):
    make_phantom_set(request(tmp_path / "short", cases=1))
    make_phantom_set(request(tmp_path / "long", cases=2, first_id=30))
    short = read_image(tmp_path / "short/case_00700/imaging.nii.gz")
    long = read_image(tmp_path / "long/case_00030/imaging.nii.gz")
    assert np.array_equal(short.array, long.array)


def test_the_truth_of_a_fault_is_the_set_without_faults(tmp_path):
    make_phantom_set(request(tmp_path / "truth", cases=4))
    make_phantom_set(request(tmp_path / "wrong", cases=4, faults=2, fault_strength="strong"))
    listed = {fault["case"]: fault for fault in read_json(tmp_path / "wrong/faults.json")}
    assert len(listed) == 2
    truth, wrong = case_files(tmp_path / "truth"), case_files(tmp_path / "wrong")
    for case, path in truth.items():
        dice = kits_dice(read_mask(path).array, read_mask(wrong[case]).array)
        if case not in listed:
            assert (dice.kidney, dice.tumor) == (1.0, 1.0)
            continue
        assert dice.kidney == pytest.approx(listed[case]["kidney_dice"], abs=1e-4)
        assert dice.tumor == pytest.approx(listed[case]["tumor_dice"], abs=1e-4)
        assert min(dice.kidney, dice.tumor) <= 0.5


def test_refusals_leave_the_folder_alone(tmp_path):
    (tmp_path / "case_00001").mkdir()
    with pytest.raises(PhantomRefused):
        make_phantom_set(request(tmp_path))
    with pytest.raises(PhantomRefused):
        make_phantom_set(request(tmp_path / "new", faults=4))
    with pytest.raises(PhantomRefused):
        real_masks(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["case_00001"]


@pytest.mark.real_data
@pytest.mark.parametrize("case", ["case_00038", "case_00110", "case_00148"])
def test_a_real_mask_is_the_truth_on_its_own_grid(case, real_data, tmp_path):
    source = real_data / "kits19" / case / "segmentation.nii.gz"
    make_phantom_set(PhantomRequest(out=tmp_path, cases=1, seed=1, masks=(source,)))
    expected = read_mask(source)
    image = read_image(tmp_path / "case_00700/imaging.nii.gz")
    mask = read_mask(tmp_path / "case_00700/segmentation.nii.gz", image.geometry)
    assert image.geometry.same_as(expected.geometry)
    assert np.array_equal(mask.array, expected.array)
    outside = image.array[expected.array == 0]
    assert np.median(image.array[expected.array == 1]) > np.median(outside) + 100


def test_the_command_writes_cases_and_refuses_in_words(tmp_path):
    line = [sys.executable, "-m", "trainer", "phantom", str(tmp_path / "set"), "--cases", "1"]
    line += ["--seed", "3", "--size", "30", "64", "64", "--faults", "1"]
    first = subprocess.run(line, capture_output=True, text=True, check=False)
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["case"] == "case_00700"
    assert (tmp_path / "set/faults.json").exists()
    again = subprocess.run(line, capture_output=True, text=True, check=False)
    assert again.returncode == 2
    assert "holds 1 cases" in json.loads(again.stderr)["error"]["happened"]
