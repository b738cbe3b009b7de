from __future__ import annotations

from pathlib import Path

import pytest

from trainer.contract.export_manifest import ExportedCase, ExportManifest
from trainer.contract.jsonfile import read_json, write_json
from trainer.datasets.folds import TooFewPatients, assign_folds
from trainer.datasets.nnunet_raw import (
    UnfinishedDataSet,
    dataset_json,
    image_path,
    mask_path,
    read_splits,
    write_splits,
)
from trainer.datasets.source import NoCases, find_cases
from trainer.datasets.training_set import read_training_set

CASES = [f"case_{number:05d}" for number in range(7)]


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


def kits_folder(root: Path, masks: bool = True) -> Path:
    for case in CASES:
        touch(root / case / "imaging.nii.gz")
        if masks:
            touch(root / case / "segmentation.nii.gz")
    return root


def nnunet_folder(root: Path) -> Path:
    for case in CASES:
        touch(root / image_path(case))
        touch(root / mask_path(case))
    write_json(root / "dataset.json", dataset_json(("background", "kidney", "tumor"), len(CASES)))
    return root


def export(root: Path, folds: dict[str, int]) -> Path:
    nnunet_folder(root)
    entries = tuple(
        ExportedCase(
            case=case,
            patient=case,
            image=image_path(case),
            mask=mask_path(case),
            image_hash=f"image {case}",
            mask_hash=f"mask {case}",
            decision="kept",
            revision=0,
            fold=folds[case],
        )
        for case in CASES
    )
    manifest = ExportManifest(created="now", project="p", layout="nnunet", cases=entries)
    write_json(root / "manifest.json", manifest)
    return root


def test_a_kits_folder_gets_computed_folds(tmp_path: Path) -> None:
    training_set = read_training_set(kits_folder(tmp_path))
    assert {case.id: case.fold for case in training_set.cases} == assign_folds(CASES)
    for fold in range(5):
        both = training_set.training(fold) + training_set.validation(fold)
        assert sorted(case.id for case in both) == CASES


def test_splits_decide_where_they_exist(tmp_path: Path) -> None:
    root = nnunet_folder(tmp_path)
    folds = {case: index % 5 for index, case in enumerate(CASES)}
    write_splits(root, folds)
    assert read_splits(root / "splits_final.json") == folds
    assert {case.id: case.fold for case in read_training_set(root).cases} == folds
    splits = read_json(root / "splits_final.json")
    assert len(splits) == 5
    assert all(sorted(split["train"] + split["val"]) == CASES for split in splits)


def test_an_export_is_read_with_its_hashes_and_checked(tmp_path: Path) -> None:
    folds = {case: (index * 2) % 5 for index, case in enumerate(CASES)}
    root = export(tmp_path, folds)
    first = read_training_set(root).cases[0]
    assert (first.id, first.image_hash, first.fold) == ("case_00000", "image case_00000", 0)
    write_splits(root, folds | {"case_00001": 0})
    with pytest.raises(UnfinishedDataSet, match="disagree about the fold of case_00001"):
        read_training_set(root)


def test_an_export_with_a_missing_mask_is_refused(tmp_path: Path) -> None:
    root = export(tmp_path, dict.fromkeys(CASES, 0))
    (root / mask_path("case_00003")).unlink()
    with pytest.raises(UnfinishedDataSet, match="misses labelsTr/case_00003"):
        read_training_set(root)


def test_a_half_written_nnunet_folder_is_refused(tmp_path: Path) -> None:
    root = nnunet_folder(tmp_path)
    (root / image_path("case_00002")).unlink()
    with pytest.raises(UnfinishedDataSet, match="announces 7 training cases and holds 6"):
        read_training_set(root)


def test_an_nnunet_folder_without_a_label_or_with_a_split_too_many_is_refused(
    tmp_path: Path,
) -> None:
    root = nnunet_folder(tmp_path)
    write_splits(root, assign_folds([*CASES, "case_00099"]))
    with pytest.raises(UnfinishedDataSet, match="misses the image or mask of case_00099"):
        read_training_set(root)
    (root / mask_path("case_00002")).unlink()
    with pytest.raises(UnfinishedDataSet, match=r"misses labelsTr/case_00002\.nii\.gz"):
        read_training_set(root)


def test_no_masks_and_too_few_patients_are_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(NoCases, match="reference mask"):
        read_training_set(kits_folder(tmp_path / "bare", masks=False))
    small = kits_folder(tmp_path / "small")
    for case in CASES[4:]:
        (small / case / "segmentation.nii.gz").unlink()
    with pytest.raises(TooFewPatients):
        read_training_set(small)


def test_a_case_validated_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "splits_final.json"
    write_json(path, [{"train": [], "val": ["a"]}, {"train": [], "val": ["a"]}])
    with pytest.raises(UnfinishedDataSet, match="uses a twice"):
        read_splits(path)


def test_loose_files_are_cases_with_their_masks(tmp_path: Path) -> None:
    touch(tmp_path / "anna_ct.nii.gz")
    touch(tmp_path / "anna_seg.nii.gz")
    touch(tmp_path / "bert.nrrd")
    touch(tmp_path / "notes.txt")
    source = find_cases(tmp_path)
    assert source.layout == "flat"
    assert [(case.case, case.mask is not None) for case in source.cases] == [
        ("anna", True),
        ("bert", False),
    ]
    assert [case.case for case in find_cases(tmp_path / "bert.nrrd").cases] == ["bert"]


def test_each_layout_is_recognised(tmp_path: Path) -> None:
    assert find_cases(kits_folder(tmp_path / "a")).layout == "kits"
    assert find_cases(nnunet_folder(tmp_path / "b")).layout == "nnunet"
    (tmp_path / "c").mkdir()
    with pytest.raises(NoCases, match="holds no cases"):
        find_cases(tmp_path / "c")
