"""Files made to do harm, or damaged: refused with the reason, and nothing of them is run."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.trainer.nets.guest_folders import change, guest_folder
from tests.trainer.tiny_models import write_tiny_model
from trainer.contract.errors import KitsDeskError
from trainer.inference.loaded_model import load_model, verify_model
from trainer.models.nnunet_refusals import CheckpointHasCode, DamagedCheckpoint, OutsideTheFolder
from trainer.nets.nnunet_import import import_nnunet


class Runs:
    """Unpickled, it calls `function` with `arguments`."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.call


ATTACKS: dict[str, Callable[[Path], Any]] = {
    "a shell": lambda mark: Runs(os.system, f"touch {mark}"),
    "eval": lambda mark: Runs(eval, f"open({str(mark)!r}, 'w')"),
    "exec": lambda mark: Runs(exec, f"open({str(mark)!r}, 'w')"),
    "open": lambda mark: Runs(open, str(mark), "w"),
    "another pickle": lambda mark: Runs(pickle.loads, pickle.dumps(Runs(open, str(mark), "w"))),
    "torch.load": lambda mark: Runs(torch.load, str(mark)),
    "a numpy array of objects": lambda mark: np.array([Runs(open, str(mark), "w")], object),
    "a tensor's hook": lambda mark: Runs(getattr, Runs(open, str(mark), "w"), "write"),
}


@pytest.fixture
def guest(tmp_path: Path) -> Path:
    return guest_folder(tmp_path, folds=1)


def checkpoint(guest: Path) -> Path:
    return guest / "fold_0/checkpoint_final.pth"


@pytest.mark.parametrize("where", ["network_weights", "logging", "init_args"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_checkpoint_with_code_runs_nothing(
    attack: str, where: str, guest: Path, tmp_path: Path
) -> None:
    mark = tmp_path / "executed"
    content = torch.load(checkpoint(guest), weights_only=True)
    content[where] = {"x": ATTACKS[attack](mark)}
    torch.save(content, checkpoint(guest))
    with pytest.raises(CheckpointHasCode, match="asks for"):
        import_nnunet(guest, tmp_path / "m")
    assert not mark.exists()
    assert not (tmp_path / "m").exists()


def test_the_attacks_would_work_elsewhere(guest: Path, tmp_path: Path) -> None:
    mark = tmp_path / "executed"
    torch.save({"x": ATTACKS["open"](mark)}, checkpoint(guest))
    torch.load(checkpoint(guest), weights_only=False)
    assert mark.exists()


def test_a_bare_pickle_is_no_checkpoint(guest: Path, tmp_path: Path) -> None:
    mark = tmp_path / "executed"
    checkpoint(guest).write_bytes(pickle.dumps(ATTACKS["a shell"](mark)))
    with pytest.raises(DamagedCheckpoint, match="archive"):
        import_nnunet(guest, tmp_path / "m")
    assert not mark.exists()


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_cut_checkpoint_is_refused(share: float, guest: Path, tmp_path: Path) -> None:
    data = checkpoint(guest).read_bytes()
    checkpoint(guest).write_bytes(data[: int(len(data) * share)])
    with pytest.raises(DamagedCheckpoint):
        import_nnunet(guest, tmp_path / "m")


def test_a_compressed_checkpoint_is_refused(guest: Path, tmp_path: Path) -> None:
    packed = tmp_path / "packed.pth"
    with zipfile.ZipFile(checkpoint(guest)) as old, zipfile.ZipFile(packed, "w", 8) as new:
        for record in old.infolist():
            new.writestr(record.filename, old.read(record))
    shutil.move(packed, checkpoint(guest))
    with pytest.raises(DamagedCheckpoint, match="compressed"):
        import_nnunet(guest, tmp_path / "m")


def test_a_tensor_said_to_be_huge_costs_no_memory(guest: Path, tmp_path: Path) -> None:
    content = torch.load(checkpoint(guest), weights_only=True)
    for name in content["network_weights"]:
        content["network_weights"][name] = torch.zeros(1).expand(10**12)
    torch.save(content, checkpoint(guest))
    with pytest.raises(KitsDeskError, match="shape"):
        import_nnunet(guest, tmp_path / "m")


def test_what_is_no_number_is_refused(guest: Path, tmp_path: Path) -> None:
    content = torch.load(checkpoint(guest), weights_only=True)
    for tensor in content["network_weights"].values():
        tensor[...] = float("nan")
    torch.save(content, checkpoint(guest))
    with pytest.raises(DamagedCheckpoint, match="no numbers"):
        import_nnunet(guest, tmp_path / "m")


@pytest.mark.parametrize("content", [{}, [], {"network_weights": {}}, {"network_weights": 3}])
def test_what_is_no_checkpoint_is_refused(content: Any, guest: Path, tmp_path: Path) -> None:
    torch.save(content, checkpoint(guest))
    with pytest.raises(DamagedCheckpoint):
        import_nnunet(guest, tmp_path / "m")


@pytest.mark.parametrize("name", ["plans.json", "dataset.json", "fold_0/checkpoint_final.pth"])
def test_a_link_out_of_the_folder_is_not_followed(name: str, guest: Path, tmp_path: Path) -> None:
    shutil.move(guest / name, tmp_path / "elsewhere")
    (guest / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutsideTheFolder, match=name.rpartition("/")[2]):
        import_nnunet(guest, tmp_path / "m")


@pytest.mark.parametrize("content", ["", "[]", "{", "[" * 100_000, "\ud83d"])
def test_plans_that_are_no_plans_are_refused(content: str, guest: Path, tmp_path: Path) -> None:
    (guest / "plans.json").write_text(content, errors="surrogatepass")
    with pytest.raises(KitsDeskError):
        import_nnunet(guest, tmp_path / "m")


class TestOurOwn:
    @pytest.fixture
    def model(self, tmp_path: Path) -> Path:
        return write_tiny_model(tmp_path / "tiny")

    def refused(self, model: Path) -> str:
        for use in (verify_model, load_model):
            with pytest.raises(KitsDeskError) as raised:
                use(model)
        return raised.value.happened

    def first(self, model: Path, **changes: Any) -> None:
        content = json.loads((model / "model.json").read_text())
        content["folds"][0] |= changes
        (model / "model.json").write_text(json.dumps(content))

    @pytest.mark.parametrize(
        "file", ["../secret", "/etc/hostname", "..", ".", "", "a/b.safetensors", "..\\x", "C:x"]
    )
    def test_no_path_leads_out_of_the_model(self, file: str, model: Path) -> None:
        self.first(model, file=file)
        self.refused(model)

    def test_no_link_leads_out_of_the_model(self, model: Path, tmp_path: Path) -> None:
        shutil.move(model / "fold_0.safetensors", tmp_path / "elsewhere")
        (model / "fold_0.safetensors").symlink_to(tmp_path / "elsewhere")
        assert "out of" in self.refused(model)

    def test_a_pickle_in_place_of_weights_runs_nothing(self, model: Path, tmp_path: Path) -> None:
        from trainer.imaging.hashing import file_hash

        mark = tmp_path / "executed"
        file = model / "fold_0.safetensors"
        torch.save({"x": ATTACKS["a shell"](mark)}, file)
        self.first(model, sha256=file_hash(file))
        assert "no weights file" in self.refused(model)
        assert not mark.exists()

    @pytest.mark.parametrize("share", [0.0, 0.5])
    def test_cut_weights_with_a_matching_hash_are_refused(self, share: float, model: Path) -> None:
        from trainer.imaging.hashing import file_hash

        file = model / "fold_0.safetensors"
        data = file.read_bytes()
        file.write_bytes(data[: int(len(data) * share)])
        self.first(model, sha256=file_hash(file))
        assert "no weights file" in self.refused(model)

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            (("network", "features"), [10**9, 10**9]),
            (("network", "blocks"), [10**9, 1]),
            (("network", "decoder_blocks"), 10**9),
            (("network", "input_channels"), 10**9),
            (("plan", "patch"), [10**9, 10**9, 10**9]),
            (("plan", "spacing"), [float("nan"), 1, 1]),
            (("plan", "heads"), [0, 1, 7]),
            (("network", "structures"), 4),
            (("mirror_axes",), [7]),
            (("schema_version",), "x"),
            (("surprise",), 1),
        ],
    )
    def test_absurd_numbers_are_refused_before_they_cost_memory(
        self, path: tuple[str, ...], value: Any, model: Path
    ) -> None:
        change(model / "model.json", *path, to=value)
        assert "not a model" in self.refused(model)

    def test_two_folds_of_one_number_are_refused(self, model: Path) -> None:
        self.first(model, fold=1)
        assert "folds" in self.refused(model)

    def test_a_manifest_of_any_depth_is_refused(self, model: Path) -> None:
        (model / "model.json").write_text("[" * 100_000)
        self.refused(model)

    def test_a_manifest_of_any_size_is_refused(self, model: Path) -> None:
        with (model / "model.json").open("r+b") as file:
            file.truncate(10**12)
        assert "too large" in self.refused(model)

    def test_a_manifest_from_elsewhere_is_refused(self, model: Path, tmp_path: Path) -> None:
        shutil.move(model / "model.json", tmp_path / "elsewhere")
        (model / "model.json").symlink_to(tmp_path / "elsewhere")
        assert "out of" in self.refused(model)
