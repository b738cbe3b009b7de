"""nnU-Net's trained-model folders on their way in, and ours on their way out and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.trainer.nets.guest_folders import change, guest_folder, in_old_plans, our_guest
from trainer.contract.model_manifest import ModelManifest, read_manifest
from trainer.inference.loaded_model import verify_model
from trainer.models import nnunet_refusals as refusals
from trainer.models.model_store import fold_entry, read_weights
from trainer.nets.build import build_network
from trainer.nets.nnunet_export import export_nnunet
from trainer.nets.nnunet_import import WhatItSaw, import_nnunet


def weights_of(model: Path, fold: int = 0) -> dict[str, torch.Tensor]:
    manifest = read_manifest(model)
    shapes = {n: tuple(t.shape) for n, t in build_network(manifest.network).state_dict().items()}
    return read_weights(model, fold_entry(manifest, fold), shapes)


def rewrite(folder: Path, fold: int = 0, **changes: Any) -> None:
    file = folder / f"fold_{fold}/checkpoint_final.pth"
    content = torch.load(file, weights_only=True)
    torch.save(content | changes, file)


@pytest.mark.parametrize("architecture", ["plain", "residual"])
def test_a_model_goes_to_nnunet_and_comes_back_bit_by_bit(
    architecture: str, tmp_path: Path
) -> None:
    ours = our_guest(tmp_path / "ours", architecture=architecture, transpose=(2, 0, 1), axes="file")
    folder = export_nnunet(ours, tmp_path / "results")
    back = import_nnunet(folder, tmp_path / "back")
    before = read_manifest(ours)
    assert (back.network, back.plan) == (before.network, before.plan)
    assert (back.fold_average, back.checkpoint, back.mirror_axes) == ("logits", "final", (0, 1, 2))
    for fold in (0, 1):
        was, now = weights_of(ours, fold), weights_of(tmp_path / "back", fold)
        assert all(torch.equal(was[name], now[name]) for name in was)
    assert verify_model(tmp_path / "back").name == "back"
    assert back.guest is not None
    assert back.guest.reader == "SimpleITKIO"


@pytest.mark.parametrize("architecture", ["plain", "residual"])
def test_old_plans_mean_the_same_network(architecture: str, tmp_path: Path) -> None:
    folder = guest_folder(tmp_path, folds=1, architecture=architecture)
    new = import_nnunet(folder, tmp_path / "new")
    plans = json.loads((folder / "plans.json").read_text())
    # Their features double up to a most, so six after four is (4, 6) as well.
    (folder / "plans.json").write_text(json.dumps(in_old_plans(plans)))
    assert import_nnunet(folder, tmp_path / "old").network == new.network


def test_inherited_configurations_are_filled_in(tmp_path: Path) -> None:
    folder = guest_folder(tmp_path, folds=1)
    child = {"inherits_from": "3d_fullres", "batch_size": 4}
    change(folder / "plans.json", "configurations", "3d_bs4", to=child)
    arguments = torch.load(folder / "fold_0/checkpoint_final.pth", weights_only=True)["init_args"]
    rewrite(folder, init_args=arguments | {"configuration": "3d_bs4"})
    assert import_nnunet(folder, tmp_path / "m").plan.patch == (8, 16, 16)


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "module._orig_mod."])
def test_wrapped_names_are_unwrapped(prefix: str, tmp_path: Path) -> None:
    folder = guest_folder(tmp_path, folds=1)
    import_nnunet(folder, tmp_path / "plain")
    weights = torch.load(folder / "fold_0/checkpoint_final.pth", weights_only=True)
    rewrite(folder, network_weights={prefix + n: t for n, t in weights["network_weights"].items()})
    import_nnunet(folder, tmp_path / "wrapped")
    was, now = weights_of(tmp_path / "plain"), weights_of(tmp_path / "wrapped")
    assert all(torch.equal(was[name], now[name]) for name in was)


def test_numbers_of_numpys_in_the_log_do_no_harm(tmp_path: Path) -> None:
    import numpy as np

    folder = guest_folder(tmp_path, folds=1)
    log = {"mean_fg_dice": [np.float64(0.5), np.float32(0.25)], "epoch": [np.int64(3)]}
    rewrite(folder, logging=log, _best_ema=np.float64(0.5), device=torch.device("cpu"))
    assert import_nnunet(folder, tmp_path / "m").folds[0].fold == 0


def test_the_best_checkpoint_stands_in_for_the_final_one(tmp_path: Path) -> None:
    folder = guest_folder(tmp_path, folds=1)
    (folder / "fold_0/checkpoint_final.pth").rename(folder / "fold_0/checkpoint_best.pth")
    assert import_nnunet(folder, tmp_path / "m").checkpoint == "best"


def test_no_mirroring_in_training_allows_none_here(tmp_path: Path) -> None:
    folder = guest_folder(tmp_path, folds=1)
    rewrite(folder, inference_allowed_mirroring_axes=None)
    assert import_nnunet(folder, tmp_path / "m").mirror_axes == ()


def test_the_folder_above_will_do_and_two_models_in_it_are_asked_about(tmp_path: Path) -> None:
    folder = guest_folder(tmp_path, folds=1)
    assert import_nnunet(folder.parent, tmp_path / "m").name == "m"
    folder.with_name("other").mkdir()
    (folder.with_name("other") / "plans.json").write_text("{}")
    with pytest.raises(refusals.NoTrainedModel, match="several"):
        import_nnunet(folder.parent, tmp_path / "n")


class TestWhatItSaw:
    def entry(self, manifest: ModelManifest, fold: int) -> tuple[str, list[str]]:
        entry = manifest.folds[fold]
        assert isinstance(entry.trained_on, str)
        return entry.trained_on, [case.case for case in entry.held_out]

    def test_nothing_known_counts_as_everything(self, tmp_path: Path) -> None:
        manifest = import_nnunet(guest_folder(tmp_path), tmp_path / "m")
        assert self.entry(manifest, 0) == ("unknown", [])
        assert manifest.held_out_folds("any hash") == ()

    def test_a_persons_word(self, tmp_path: Path) -> None:
        saw = WhatItSaw(none=True)
        manifest = import_nnunet(guest_folder(tmp_path), tmp_path / "m", saw=saw)
        assert manifest.held_out_folds("any hash") == (0, 1)

    def test_validation_folders_name_what_each_fold_did_not_see(self, tmp_path: Path) -> None:
        folder = guest_folder(tmp_path)
        for fold, cases in enumerate((("case_00001",), ("case_00000", "case_00002"))):
            (folder / f"fold_{fold}/validation").mkdir()
            for name in [f"{case}.nii.gz" for case in cases] + ["summary.json"]:
                (folder / f"fold_{fold}/validation" / name).touch()
        manifest = import_nnunet(folder, tmp_path / "m")
        assert self.entry(manifest, 0) == ("unknown", ["case_00001"])
        assert self.entry(manifest, 1) == ("unknown", ["case_00000", "case_00002"])
        # By id alone nothing is held out: the image behind it must be the same.
        assert manifest.held_out_folds("") == ()

    def test_splits_do_the_same(self, tmp_path: Path) -> None:
        splits = [{"train": ["b"], "val": ["a"]}, {"train": ["a"], "val": ["b"]}]
        (tmp_path / "splits_final.json").write_text(json.dumps(splits))
        saw = WhatItSaw(splits=tmp_path / "splits_final.json")
        manifest = import_nnunet(guest_folder(tmp_path), tmp_path / "m", saw=saw)
        assert [self.entry(manifest, fold)[1] for fold in (0, 1)] == [["a"], ["b"]]

    @pytest.mark.parametrize(
        "splits", ["{}", "[]", "no json", '[{"train": ["a"], "val": ["a"]}]', '[{"val": []}]']
    )
    def test_other_files_are_no_splits(self, splits: str, tmp_path: Path) -> None:
        (tmp_path / "s.json").write_text(splits)
        saw, folder = WhatItSaw(splits=tmp_path / "s.json"), guest_folder(tmp_path)
        with pytest.raises(refusals.BadSplits):
            import_nnunet(folder, tmp_path / "m", saw=saw)

    def test_splits_of_fewer_folds_are_another_trainings(self, tmp_path: Path) -> None:
        (tmp_path / "s.json").write_text('[{"train": ["b"], "val": ["a"]}]')
        saw, folder = WhatItSaw(splits=tmp_path / "s.json"), guest_folder(tmp_path)
        with pytest.raises(refusals.BadSplits, match="has fold 1"):
            import_nnunet(folder, tmp_path / "m", saw=saw)

    def test_a_fold_of_all_cases_held_none_out(self, tmp_path: Path) -> None:
        folder = guest_folder(tmp_path, folds=1)
        (folder / "fold_0").rename(folder / "fold_all")
        (folder / "fold_all/validation").mkdir()
        (folder / "fold_all/validation/a.nii.gz").touch()
        assert self.entry(import_nnunet(folder, tmp_path / "m"), 0) == ("unknown", [])
