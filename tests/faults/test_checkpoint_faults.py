"""Checkpoints and models that are damaged, of another network, or made to run code."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import torch

from tests.trainer.models.test_malicious_models import ATTACKS
from tests.trainer.tiny_models import write_tiny_model
from tests.trainer.training.conftest import begin, make_case
from tests.trainer.training.tiny_folds import NETWORK, SCHEDULE
from trainer.contract.errors import DamagedFile, KitsDeskError
from trainer.contract.jsonfile import read_json, write_json
from trainer.imaging.hashing import file_hash
from trainer.inference.loaded_model import load_model
from trainer.nets.build import build_network
from trainer.training.checkpoint import load_checkpoint, save_checkpoint
from trainer.training.compute import Compute
from trainer.training.fold_state import FoldState

__all__ = ["begin", "make_case"]

CPU = Compute(torch.device("cpu"), None)


def state_of(network=NETWORK) -> FoldState:
    return FoldState(build_network(network, seed=1), SCHEDULE, CPU)


@pytest.fixture
def folder(tmp_path) -> Path:
    """The checkpoints of two epochs, as training leaves them."""
    state = state_of()
    for epoch in (1, 2):
        state.position.epoch = epoch
        save_checkpoint(tmp_path / "checkpoints", state.as_checkpoint(), epoch, 0)
    return tmp_path / "checkpoints"


def newest(folder: Path) -> Path:
    return sorted(folder.glob("checkpoint_*.pt"))[-1]


def prove(path: Path) -> None:
    """Give a file the hash that a checkpoint has beside it."""
    path.with_name(path.name + ".sha256").write_text(file_hash(path) + "\n")


def flip(path: Path, at: float) -> None:
    data = bytearray(path.read_bytes())
    data[int(len(data) * at)] ^= 1
    path.write_bytes(bytes(data))


DAMAGE = {
    "0 bytes": lambda path: path.write_bytes(b""),
    "cut": lambda path: os.truncate(path, path.stat().st_size // 2),
    "last byte gone": lambda path: os.truncate(path, path.stat().st_size - 1),
    "a bit in the weights": lambda path: flip(path, 0.5),
    "a bit at the end": lambda path: flip(path, 0.999),
    "no hash": lambda path: path.with_name(path.name + ".sha256").unlink(),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_29_a_damaged_checkpoint_is_passed_over_for_the_one_before(folder, damage):
    DAMAGE[damage](newest(folder))
    found = load_checkpoint(folder)
    assert found is not None
    assert found["position"]["epoch"] == 1
    state_of().restore(found)


def test_29_where_all_are_damaged_it_is_said_and_nothing_deleted(folder):
    before = sorted(folder.iterdir())
    for path in folder.glob("checkpoint_*.pt"):
        flip(path, 0.5)
    with pytest.raises(DamagedFile, match="No checkpoint in checkpoints matches its hash"):
        load_checkpoint(folder)
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize("attack", ATTACKS)
def test_29_a_checkpoint_with_code_and_a_good_hash_runs_nothing(folder, attack, tmp_path):
    mark = tmp_path / "executed"
    content = state_of().as_checkpoint()
    content["position"] = ATTACKS[attack](mark)
    torch.save(content, newest(folder))
    prove(newest(folder))
    with pytest.raises(DamagedFile) as caught:
        load_checkpoint(folder)
    assert caught.value.kept == "Nothing in it was run, and the files were left as they are."
    assert not mark.exists()


def test_29_something_else_than_a_checkpoint_is_refused(folder):
    torch.save([1, 2, 3], newest(folder))
    prove(newest(folder))
    with pytest.raises(DamagedFile, match="no checkpoint of this program"):
        load_checkpoint(folder)


def test_29_a_checkpoint_of_another_network_is_refused_in_words(begin, tmp_path):
    other = NETWORK.model_copy(update={"features": (4, 8)})
    save_checkpoint(tmp_path / "f" / "checkpoints", state_of(other).as_checkpoint(), 1, 0)
    trainer = begin(tmp_path / "f")
    before = trainer.state.weights()
    with pytest.raises(DamagedFile, match="not one of this network"):
        trainer.resume()
    assert all(torch.equal(before[name], tensor) for name, tensor in before.items())


@pytest.mark.parametrize("damage", ["0 bytes", "cut", "a bit in the weights"])
def test_29_a_damaged_model_is_refused_before_it_predicts(tmp_path, damage):
    model = write_tiny_model(tmp_path / "m")
    DAMAGE[damage](model / "fold_1.safetensors")
    with pytest.raises(KitsDeskError, match=r"fold_1\.safetensors") as caught:
        load_model(model, wish="torch")
    assert caught.value.kept == "The model was not used."


def test_29_weights_of_another_network_are_refused(tmp_path):
    model = write_tiny_model(tmp_path / "m", folds=1)
    manifest = read_json(model / "model.json")
    manifest["network"]["features"] = [4, 8]
    write_json(model / "model.json", manifest)
    with pytest.raises(KitsDeskError, match="is of another network"):
        load_model(model, wish="torch")


@pytest.mark.parametrize("attack", ["a shell", "another pickle", "torch.load"])
def test_29_a_pickle_in_the_place_of_weights_runs_nothing(tmp_path, attack):
    mark = tmp_path / "executed"
    model = write_tiny_model(tmp_path / "m", folds=1)
    weights = model / "fold_0.safetensors"
    torch.save({"x": ATTACKS[attack](mark)}, weights)
    manifest = read_json(model / "model.json")
    manifest["folds"][0]["sha256"] = file_hash(weights)
    write_json(model / "model.json", manifest)
    with pytest.raises(KitsDeskError, match="no weights file"):
        load_model(model, wish="torch")
    assert not mark.exists()


def test_29_a_model_whose_weights_lie_elsewhere_is_refused(tmp_path):
    model = write_tiny_model(tmp_path / "m", folds=1)
    shutil.move(model / "fold_0.safetensors", tmp_path / "elsewhere.safetensors")
    (model / "fold_0.safetensors").symlink_to(tmp_path / "elsewhere.safetensors")
    with pytest.raises(KitsDeskError, match="leads out of model"):
        load_model(model, wish="torch")
