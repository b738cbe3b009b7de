"""Models that are refused by name: nnU-Net's on their way in, and ours on their way out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.nets.guest_folders import change, guest_folder, our_guest
from trainer.models import nnunet_refusals as refusals
from trainer.nets.nnunet_export import NotForNnunet, export_nnunet
from trainer.nets.nnunet_import import TargetExists, import_nnunet
from trainer.nets.nnunet_names import ForeignWeights, NoSuchNetwork

CONFIGURATION = ("configurations", "3d_fullres")
ARGUMENTS = (*CONFIGURATION, "architecture", "arch_kwargs")

FLAT: dict[str, tuple[type[Exception], str, tuple[str, ...], Any]] = {
    "a 2D model": (refusals.NotThreeDimensional, "2D", (*CONFIGURATION, "patch_size"), [512, 512]),
    "a cascade": (refusals.Cascade, "3d_lowres", (*CONFIGURATION, "previous_stage"), "3d_lowres"),
    "another normalisation": (
        refusals.OtherNormalisation,
        "ZScore",
        (*CONFIGURATION, "normalization_schemes"),
        ["ZScoreNormalization"],
    ),
    "an unknown reader": (
        refusals.UnknownReader,
        "Tiff3DIO",
        ("image_reader_writer",),
        "Tiff3DIO",
    ),
    "an unknown network": (
        refusals.UnknownNetwork,
        "Primus",
        (*CONFIGURATION, "architecture", "network_class_name"),
        "dynamic_network_architectures.architectures.primus.Primus",
    ),
    "bottleneck blocks": (refusals.UnknownNetwork, "block", (*ARGUMENTS, "block"), "x.BottleneckD"),
    "batch norm": (
        refusals.UnknownNetwork,
        "norm_op",
        (*ARGUMENTS, "norm_op"),
        "torch.nn.modules.batchnorm.BatchNorm3d",
    ),
    "another slope": (
        refusals.UnknownNetwork,
        "0.2",
        (*ARGUMENTS, "nonlin_kwargs"),
        {"negative_slope": 0.2},
    ),
    "an absurd network": (
        refusals.UnknownNetwork,
        "features",
        (*ARGUMENTS, "features_per_stage"),
        [10**9, 10**9],
    ),
    "another preprocessor": (
        refusals.OtherPreparation,
        "Mine",
        (*CONFIGURATION, "preprocessor_name"),
        "MinePreprocessor",
    ),
    "another resampling": (
        refusals.OtherPreparation,
        "torch",
        (*CONFIGURATION, "resampling_fn_data"),
        "resample_torch_fornnunet",
    ),
    "no spacing": (refusals.UnreadablePlans, "spacing", (*CONFIGURATION, "spacing"), None),
    "an absurd patch": (
        refusals.UnreadablePlans,
        "patch",
        (*CONFIGURATION, "patch_size"),
        [10**6, 10**6, 10**6],
    ),
    "no transpose": (refusals.UnreadablePlans, "transpose", ("transpose_forward",), [0, 0, 1]),
    "a circle": (
        refusals.UnreadablePlans,
        "configuration",
        (*CONFIGURATION, "inherits_from"),
        "3d_fullres",
    ),
    "weights of another network": (
        ForeignWeights,
        "shape",
        (*ARGUMENTS, "features_per_stage"),
        [4, 8],
    ),
}


@pytest.mark.parametrize("what", FLAT)
def test_refused_by_name_and_nothing_is_left(what: str, tmp_path: Path) -> None:
    error, words, path, value = FLAT[what]
    folder = guest_folder(tmp_path, folds=1)
    change(folder / "plans.json", *path, to=value)
    with pytest.raises(error, match=words) as raised:
        import_nnunet(folder, tmp_path / "m")
    assert getattr(raised.value, "advice", "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ours", "results"]


def test_two_channels_are_refused(tmp_path: Path) -> None:
    folder = guest_folder(tmp_path, folds=1)
    change(folder / "dataset.json", "channel_names", to={"0": "CT", "1": "late CT"})
    with pytest.raises(refusals.SeveralChannels, match="late CT"):
        import_nnunet(folder, tmp_path / "m")


def test_more_than_five_folds_are_refused(tmp_path: Path) -> None:
    folder = guest_folder(tmp_path, folds=1)
    (folder / "fold_5").mkdir()
    os.link(folder / "fold_0/checkpoint_final.pth", folder / "fold_5/checkpoint_final.pth")
    with pytest.raises(refusals.TooManyFolds):
        import_nnunet(folder, tmp_path / "m")


def test_an_untrained_folder_and_a_taken_name_are_refused(tmp_path: Path) -> None:
    folder = guest_folder(tmp_path, folds=1)
    with pytest.raises(TargetExists):
        import_nnunet(folder, tmp_path / "ours")
    (folder / "fold_0/checkpoint_final.pth").unlink()
    with pytest.raises(refusals.NoTrainedModel, match="No fold"):
        import_nnunet(folder, tmp_path / "m")


class TestExport:
    @pytest.mark.parametrize(
        ("changes", "words"),
        [({"normalize_first": False}, "resamples before"), ({}, "softmax")],
    )
    def test_what_nnunet_does_otherwise_is_refused(
        self, changes: dict[str, Any], words: str, tmp_path: Path
    ) -> None:
        ours = our_guest(tmp_path / "ours", **changes)
        if not changes:
            change(ours / "model.json", "fold_average", to="softmax")
        with pytest.raises(NotForNnunet, match=words):
            export_nnunet(ours, tmp_path / "out")
        assert not (tmp_path / "out").exists()

    def test_networks_nnunet_lacks_are_refused(self, tmp_path: Path) -> None:
        ours = our_guest(tmp_path / "ours")
        change(ours / "model.json", "network", "skip", to="strided")
        with pytest.raises(NoSuchNetwork):
            export_nnunet(ours, tmp_path / "out")
