from __future__ import annotations

import json

import pytest

from trainer.evaluation.mask_files import NoMasksFound, find_masks


def test_kits_flat_challenge_and_json_layouts(tmp_path):
    kits = tmp_path / "kits" / "case_00002"
    kits.mkdir(parents=True)
    (kits / "segmentation.nii.gz").touch()
    (tmp_path / "kits" / "kits.json").touch()
    flat = tmp_path / "flat"
    flat.mkdir()
    for name in ("b.nii.gz", "prediction_00210.nii.gz", ".hidden.nii.gz", "notes.txt"):
        (flat / name).touch()
    listed = tmp_path / "listed.json"
    listed.write_text(json.dumps({"x": "flat/b.nii.gz"}))
    assert list(find_masks(tmp_path / "kits")) == ["case_00002"]
    assert list(find_masks(flat)) == ["b", "case_00210"]
    assert find_masks(listed)["x"].resolve() == (flat / "b.nii.gz").resolve()


def test_nothing_there_is_refused_in_words(tmp_path):
    with pytest.raises(NoMasksFound, match="holds no masks"):
        find_masks(tmp_path)
    (tmp_path / "a.json").write_text('{"x": "gone.nii.gz"}')
    with pytest.raises(NoMasksFound, match=r"gone\.nii\.gz"):
        find_masks(tmp_path / "a.json")
