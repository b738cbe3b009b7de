"""A finished cross-validation's folders, its networks untrained: seconds instead of minutes."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_models import tiny_ct, write_tiny_model

from trainer.contract.model_manifest import SeenCase, read_manifest, write_manifest
from trainer.crossval.crossval_request import CrossvalRequest
from trainer.datasets.training_set import read_training_set
from trainer.imaging.hashing import volume_hash
from trainer.imaging.mask_file import read_mask, write_image, write_mask
from trainer.imaging.reader import read_image


def write_data(folder: Path, cases: int = 5) -> Path:
    """Write tiny CTs in KiTS layout; structure 2 is what is brightest."""
    for number in range(cases):
        volume = tiny_ct(number)
        mask = (volume.array > 100).astype("uint8") + (volume.array > 220)
        case = folder / f"case_{number:05d}"
        write_image(case / "imaging.nii.gz", volume.array, volume.geometry)
        write_mask(case / "segmentation.nii.gz", mask.astype("uint8"), volume.geometry)
    return folder


def learn(model: Path, data: Path) -> Path:
    """Enter into a model's manifest that its folds were trained on `data` as folds are."""
    cases = read_training_set(data)
    manifest = read_manifest(model)
    folds = []
    for entry in manifest.folds:
        seen = tuple(
            SeenCase(
                case=case.id,
                image_hash=volume_hash(read_image(case.image)),
                mask_hash=volume_hash(read_mask(case.mask)),
            )
            for case in cases.training(entry.fold)
        )
        folds.append(entry.model_copy(update={"trained_on": seen}))
    write_manifest(model, manifest.model_copy(update={"folds": tuple(folds)}))
    return model


@pytest.fixture
def request_of(tmp_path):
    """Return a maker of requests on one data set with two trained networks of five folds."""
    data = write_data(tmp_path / "data")
    for name, spacing in (("run-plain", (4.0, 2.0, 2.0)), ("run-residual", (4.0, 2.5, 2.5))):
        learn(write_tiny_model(tmp_path / "models" / name, folds=5, spacing=spacing), data)

    def make(**options) -> CrossvalRequest:
        values = {
            "export": data,
            "run": tmp_path / "run",
            "networks": {"plain": "run-plain", "residual": "run-residual"},
            "folds": (0, 1, 2, 3, 4),
            "models": tmp_path / "models",
            "predictions": tmp_path / "predictions",
            "device": "cpu",
        }
        return CrossvalRequest(**(values | options))

    return make
