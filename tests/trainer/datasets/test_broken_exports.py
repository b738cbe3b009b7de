"""Exports that contradict themselves or their files, through the real commands."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from tests.trainer.datasets.broken_sets import OTHER, VICTIM, Commands, write_export
from trainer.__main__ import main
from trainer.contract.jsonfile import read_json, write_json


@pytest.mark.parametrize("command", ["train", "crossval"])
def test_a_fold_without_validation_cases_is_refused_before_the_first_is_trained(
    commands: Commands, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    def change(entries: list[dict[str, Any]]) -> None:
        for entry in entries:
            entry["fold"] = min(entry["fold"], 3)

    write_export(commands, change)
    options = ("--run", str(commands.root / "run"), "--preset", "demo", "--device", "cpu")
    assert main([command, str(commands.data), *options, "--epochs", "1", "--steps", "1"]) == 2
    error = json.loads(capsys.readouterr().err)["error"]
    assert error["type"] == "EmptyFold"
    assert error["happened"].startswith("Fold 4 has no case to learn from, or none")
    assert not (commands.root / "run").exists()


def test_an_export_is_refused_for_ids_patients_and_images_in_two_folds(
    commands: Commands,
) -> None:
    def change(entries: list[dict[str, Any]]) -> None:
        entries[1]["patient"] = entries[0]["patient"]
        entries[2]["image_hash"] = entries[3]["image_hash"]
        entries.append(dict(entries[4]))

    write_export(commands, change)
    # Two cases share a patient, so a sixth keeps the number at five.
    manifest = read_json(commands.data / "manifest.json")
    extra = dict(manifest["cases"][0], case="case_00009", patient="nine", image_hash="9" * 64)
    write_json(commands.data / "manifest.json", manifest | {"cases": [*manifest["cases"], extra]})
    code, lines, error = commands.preprocess()
    assert (code, lines) == (2, [])
    assert "case_00001: its patient is that of case_00000" in error["happened"]
    assert "case_00003: its image is that of case_00002" in error["happened"]
    assert "case_00004: 2 cases have this id" in error["happened"]


def test_an_export_names_all_files_it_misses(commands: Commands) -> None:
    write_export(commands, lambda entries: None)
    commands.mask(VICTIM).unlink()
    commands.image(OTHER).unlink()
    code, _, error = commands.preprocess()
    assert code == 2
    assert f"misses {VICTIM}/segmentation.nii.gz, {OTHER}/imaging.nii.gz" in error["happened"]


def test_a_file_that_is_not_the_exported_one_is_named(commands: Commands) -> None:
    write_export(commands, lambda entries: None)
    shutil.copy(commands.mask("case_00001"), commands.mask(VICTIM))
    code, _, error = commands.preprocess()
    assert code == 2
    assert f"{VICTIM}: The mask of {VICTIM} is not the one that was exported" in error["happened"]
