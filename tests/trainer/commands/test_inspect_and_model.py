from __future__ import annotations

import json

import pytest
from tiny_models import tiny_ct, write_ct, write_tiny_model

from trainer.__main__ import main
from trainer.imaging.hashing import volume_hash


def answer(capsys, *arguments):
    code = main(list(map(str, arguments)))
    output = capsys.readouterr()
    return code, json.loads(output.out if code == 0 else output.err)


def test_an_image_with_its_geometry(tmp_path, capsys):
    volume = tiny_ct(1)
    path = write_ct(tmp_path / "ct.nii.gz", volume)
    code, found = answer(capsys, "inspect", path)
    assert code == 0
    assert (found["kind"], found["shape_zyx"]) == ("image", [14, 30, 34])
    assert found["spacing_zyx_mm"] == pytest.approx([3, 1.5, 1.5])
    assert found["voxel_hash"] == volume_hash(volume)


def test_a_model_and_a_data_set(tmp_path, capsys):
    model = write_tiny_model(tmp_path / "tiny", folds=3)
    write_ct(tmp_path / "kits" / "case_00003" / "imaging.nii.gz", tiny_ct(1))
    assert answer(capsys, "inspect", model)[1]["folds"] == [0, 1, 2]
    found = answer(capsys, "inspect", tmp_path / "kits")[1]
    assert found == {"kind": "data set", "layout": "kits", "cases": 1, "masks": 0}


def test_refusals_say_why(tmp_path, capsys):
    broken = tmp_path / "cut.nii.gz"
    broken.write_bytes(b"\x1f\x8b no")
    (tmp_path / "empty").mkdir()
    for path in (broken, tmp_path / "gone", tmp_path / "empty"):
        code, found = answer(capsys, "inspect", path)
        assert code == 2
        assert found["error"]["happened"]


def test_verify_accepts_a_good_model_and_refuses_a_cut_one(tmp_path, capsys):
    model = write_tiny_model(tmp_path / "tiny")
    code, found = answer(capsys, "model", "verify", model)
    assert (code, found["verified"], found["folds"]) == (0, True, [0, 1])
    weights = model / "fold_1.safetensors"
    weights.write_bytes(weights.read_bytes()[:-7])
    code, found = answer(capsys, "model", "verify", model)
    assert (code, found["error"]["type"]) == (2, "WeightsDamaged")
