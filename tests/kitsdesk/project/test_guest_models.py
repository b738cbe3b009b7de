"""A guest's name in the project, and the images behind the ids that its folds did not see."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kitsdesk.project.guest_models import (
    guest_name,
    hash_held_out,
    label_values,
    names_its_cases,
    seen_words,
)
from kitsdesk.project.workspace import Workspace
from tests.trainer.tiny_models import write_tiny_model
from trainer.contract.model_manifest import (
    HeldOutCase,
    ModelManifest,
    read_manifest,
    write_manifest,
)


@pytest.mark.parametrize(
    ("folder", "taken", "name"),
    [
        ("Dataset064_KiTS/T__P__3d_fullres", [], "Dataset064_KiTS_3d_fullres"),
        ("Dataset1/T__P__c", ["Dataset1_c", "Dataset1_c-2"], "Dataset1_c-3"),
        ("downloads/my model + more", [], "my_model_more"),
        ("downloads/...", [], "nnU-Net"),
    ],
)
def test_names_are_fit_for_folders_and_free(folder: str, taken: list[str], name: str) -> None:
    assert guest_name(Path(folder), taken) == name


def test_whether_a_folder_tells_what_it_saw(tmp_path: Path) -> None:
    (tmp_path / "model/fold_0/validation").mkdir(parents=True)
    (tmp_path / "model/fold_0/validation/summary.json").touch()
    assert not names_its_cases(tmp_path)
    (tmp_path / "model/fold_0/validation/case_00000.nii.gz").touch()
    assert names_its_cases(tmp_path)
    assert names_its_cases(tmp_path / "model")


@pytest.mark.parametrize(
    ("content", "labels"),
    [
        ({"labels": {"background": 0, "a": 1, "b": 2}}, 2),
        ({"labels": {"background": 0, "a": [1, 2, 3], "b": 2, "ignore": 4}}, 3),
        ({"labels": 3}, 0),
        ([], 0),
    ],
)
def test_how_many_labels_a_data_set_has(content: object, labels: int, tmp_path: Path) -> None:
    (tmp_path / "dataset.json").write_text(json.dumps(content))
    assert label_values(tmp_path) == labels


def guest(folder: Path, *held_out: tuple[str, ...]) -> Path:
    """Return a model whose folds are known to have been validated on these ids."""
    model = write_tiny_model(folder, folds=len(held_out))
    manifest = read_manifest(model)
    folds = tuple(
        entry.model_copy(
            update={
                "trained_on": "unknown",
                "held_out": tuple(HeldOutCase(case=case) for case in cases),
            }
        )
        for entry, cases in zip(manifest.folds, held_out, strict=True)
    )
    write_manifest(model, manifest.model_copy(update={"folds": folds}))
    return model


def matched(workspace: Workspace, model: Path) -> ModelManifest:
    steps = list(hash_held_out(workspace, model))
    assert all(step.startswith("Matching case") for step in steps)
    return read_manifest(model)


def test_a_case_is_held_out_by_the_folds_validated_on_its_image(
    project: Workspace, tmp_path: Path
) -> None:
    first, second, third = (record.case for record in project.cases()[:3])
    manifest = matched(project, guest(tmp_path / "m", (first, "stranger"), (second,), ("other",)))
    held = [manifest.held_out_folds(project.image_hash(c)) for c in (first, second, third)]
    assert held == [(0,), (1,), ()]
    assert manifest.held_out_folds("") == ()
    assert seen_words(manifest) == "2 cases are held out by the fold that was validated on it."


def test_a_case_whose_image_is_gone_counts_as_seen(project: Workspace, tmp_path: Path) -> None:
    case = project.cases()[0].case
    found = project.image_hash(case)
    with project.store.transaction() as connection:
        connection.execute(
            "UPDATE cases SET image_hash = NULL, image = 'gone.nii.gz' WHERE case_id = ?", (case,)
        )
    manifest = matched(project, guest(tmp_path / "m", (case,)))
    assert manifest.held_out_folds(found) == ()
    assert seen_words(manifest) == "Every fold counts as having seen every case."
