from __future__ import annotations

import numpy as np
import pytest
from tiny_models import tiny_ct, write_tiny_model

from trainer.contract.scores import read_scores
from trainer.imaging.geometry import Geometry
from trainer.imaging.hashing import volume_hash
from trainer.imaging.mask_file import read_bits, read_mask
from trainer.imaging.safe_write import WriteFailed
from trainer.inference.loaded_model import load_model
from trainer.inference.predict_case import predict_case
from trainer.inference.prediction_group import PredictionSettings
from trainer.inference.project_layout import write_project_prediction, write_region


@pytest.fixture
def predicted(tmp_path):
    volume = tiny_ct(1)
    model = write_tiny_model(tmp_path / "m", folds=2, seen={0: volume_hash(volume)})
    return volume, predict_case("c", volume, [load_model(model)], PredictionSettings())


def test_all_files_are_there_on_the_sources_grid(tmp_path, predicted):
    volume, prediction = predicted
    folder = tmp_path / "predictions" / "m" / "c"
    write_project_prediction(folder, prediction, volume.geometry, {"predict": 1.5})
    assert {path.name for path in folder.glob("*.nii.gz")} == {
        f"{name}.nii.gz"
        for name in ("heldout", "ensemble", "fitted", "folds-m", "mirrors-m", "entropy")
    }
    heldout = read_mask(folder / "heldout.nii.gz", like=volume.geometry)
    assert np.array_equal(heldout.array, prediction.heldout)
    assert np.array_equal(read_mask(folder / "fitted.nii.gz").array, prediction.fitted)
    mirrors = read_bits(folder / "mirrors-m.nii.gz", volume.geometry)
    assert np.array_equal(mirrors, prediction.mirrors["m"])
    assert read_scores(folder).seconds == {"predict": 1.5}


def test_a_failure_leaves_the_old_prediction_and_no_rest(tmp_path, predicted):
    volume, prediction = predicted
    folder = tmp_path / "p" / "c"
    write_project_prediction(folder, prediction, volume.geometry, {})
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    wrong = Geometry((1, 2, 3), (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), volume.geometry.direction)
    with pytest.raises((WriteFailed, ValueError)):
        write_project_prediction(folder, prediction, wrong, {})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in folder.parent.iterdir()] == ["c"]


def test_regions_are_numbered_and_survive_a_new_prediction(tmp_path, predicted):
    volume, prediction = predicted
    folder = tmp_path / "p" / "c"
    assert write_region(folder, prediction.ensemble, volume.geometry).name == "region-1.nii.gz"
    assert write_region(folder, prediction.ensemble, volume.geometry).name == "region-2.nii.gz"
    write_project_prediction(folder, prediction, volume.geometry, {})
    assert (folder / "region-2.nii.gz").exists()
