from __future__ import annotations

import pytest
import torch
from tiny_models import TINY_NETWORK, write_tiny_model

from trainer.contract.model_manifest import read_manifest, write_manifest
from trainer.inference.loaded_model import expected_shapes, load_model, verify_model
from trainer.models.model_store import (
    NoSuchFold,
    WeightsDamaged,
    WeightsMissing,
    WrongWeights,
    read_weights,
    write_weights,
)
from trainer.nets.build import build_network


def rewrite_fold(model, weights):
    """Replace fold 0's weights together with its hash, as a wrong import would."""
    digest = write_weights(model / "fold_0.safetensors", weights)
    manifest = read_manifest(model)
    entry = manifest.folds[0].model_copy(update={"sha256": digest})
    write_manifest(model, manifest.model_copy(update={"folds": (entry, *manifest.folds[1:])}))


@pytest.fixture
def model(tmp_path):
    return write_tiny_model(tmp_path / "tiny")


def test_weights_come_back_bit_equal_and_predict_alike(model):
    loaded = load_model(model, wish="torch")
    network = build_network(TINY_NETWORK, seed=1)
    network.decoder[0].head.weight.data *= 8
    image = torch.randn(2, 1, 8, 12, 12)
    assert loaded.folds == (0, 1)
    with torch.inference_mode():
        assert torch.equal(loaded.runtime(1).logits(image), network.eval()(image))


def test_a_flipped_bit_is_refused(model):
    file = model / "fold_1.safetensors"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(bytes(data))
    with pytest.raises(WeightsDamaged, match="does not match its hash"):
        load_model(model)
    assert load_model(model, [0]).folds == (0,)


def test_a_missing_file_and_a_missing_fold_are_refused(model):
    (model / "fold_0.safetensors").unlink()
    with pytest.raises(WeightsMissing):
        verify_model(model)
    with pytest.raises(NoSuchFold, match="no fold 4"):
        load_model(model, [4])


@pytest.mark.parametrize("change", ["unknown", "missing", "shape", "nan"])
def test_weights_of_another_network_are_refused(model, change):
    weights = dict(build_network(TINY_NETWORK, seed=0).state_dict())
    name = next(iter(weights))
    if change == "unknown":
        weights["surprise"] = torch.zeros(1)
    elif change == "missing":
        del weights[name]
    elif change == "shape":
        weights[name] = torch.zeros(1, 2, 3)
    else:
        weights[name] = torch.full_like(weights[name], float("nan"))
    rewrite_fold(model, weights)
    with pytest.raises(WrongWeights):
        verify_model(model)


def test_a_file_name_that_leaves_the_model_is_refused(model):
    entry = read_manifest(model).folds[0].model_copy(update={"file": "../tiny/fold_0.safetensors"})
    with pytest.raises(WrongWeights, match="not the name of a file"):
        read_weights(model, entry, expected_shapes(TINY_NETWORK))
