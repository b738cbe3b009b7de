"""A disk that fills at every other step that writes: the words a person reads, and what is left."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from full_disk import FILLER, fill
from full_disk_project import CASE, noise, tree

from kitsdesk.background.settings import Settings, load_settings, save_settings
from kitsdesk.project.audit_report import run_audit
from kitsdesk.project.exports import export
from kitsdesk.project.model_shelf import Models
from kitsdesk.project.predictions import Predictions
from kitsdesk.project.run_specs import predict_run
from tests.kitsdesk.project.conftest import KITS
from tests.trainer.tiny_models import write_tiny_model
from trainer.contract.jsonfile import FileNotWritten, write_json
from trainer.imaging.mask_file import write_mask
from trainer.imaging.safe_write import WriteFailed


def masks_of_somebody(folder: Path, seed: int) -> Path:
    for number in range(3):
        write_mask(folder / f"case_{700 + number:05d}.nii.gz", noise(seed + number), KITS)
    return folder


@pytest.mark.parametrize("leave", [0, 60_000])
def test_21_an_export_on_a_full_disk_leaves_nothing(project, disk, leave):
    for _ in export(project, "kits", stamp="first"):
        pass
    before = tree(project.folder)
    fill(disk, leave)
    with pytest.raises(WriteFailed) as caught:
        for _ in export(project, "kits"):
            pass
    assert caught.value.happened.startswith("The export could not be written: ")
    assert caught.value.kept == (
        "No export was made; masks, decisions and earlier exports are as they were."
    )
    assert str(project.exports_folder) in caught.value.advice
    assert tree(project.folder) == before
    assert [path.name for path in project.exports_folder.iterdir()] == ["first"]


def test_21_predictions_on_a_full_disk_keep_the_former_ones(project, disk, tmp_path):
    Predictions(project).import_folder(masks_of_somebody(tmp_path / "a", 1), "theirs", "none")
    before = tree(project.folder)
    fill(disk)
    with pytest.raises(WriteFailed) as caught:
        Predictions(project).import_folder(masks_of_somebody(tmp_path / "b", 5), "theirs", "none")
    assert caught.value.happened.startswith(f"The prediction of {CASE} could not be written: ")
    assert caught.value.kept == "Predictions that were there before are unchanged."
    assert tree(project.folder) == before
    assert np.array_equal(Predictions(project).heldout(CASE), noise(1))


def test_21_a_model_on_a_full_disk_is_not_installed(project, disk, tmp_path):
    write_tiny_model(tmp_path / "tiny", spacing=(14.0, 6.0, 6.0), patch=(16, 32, 32))
    before = tree(project.folder)
    fill(disk)
    with pytest.raises(WriteFailed) as caught:
        Models(project).install(tmp_path / "tiny", "tiny")
    assert caught.value.happened.startswith("The model tiny could not be written: ")
    assert caught.value.kept == "Nothing was installed."
    assert tree(project.folder) == before
    assert Models(project).available() == []


def test_21_a_run_that_finds_no_room_leaves_no_folder(project, disk, tmp_path):
    write_tiny_model(tmp_path / "tiny", spacing=(14.0, 6.0, 6.0), patch=(16, 32, 32))
    Models(project).install(tmp_path / "tiny", "tiny")
    fill(disk)
    with pytest.raises(WriteFailed) as caught:
        predict_run(project, [CASE], ("tiny",))
    assert str(caught.value) == (
        "The run could not be written: cases.json could not be written: No space left on device. "
        "Nothing was started. "
        f"Check the free space and the permissions of {project.runs_folder}, then do it again."
    )
    assert list(project.runs_folder.iterdir()) == []


def test_21_settings_on_a_full_disk_are_the_old_ones(disk):
    path = disk / "settings.json"
    assert save_settings(path, Settings(author="anna")) is None
    fill(disk)
    problem = save_settings(path, Settings(author="ben" * 5000))
    assert problem is not None
    assert problem.happened == "settings.json could not be written: No space left on device."
    assert problem.kept == "The file that was there before is unchanged."
    assert load_settings(path).author == "anna"
    assert sorted(path.name for path in disk.iterdir()) == [FILLER, "settings.json"]


def test_21_a_report_on_a_full_disk_leaves_the_old_one(project, disk):
    out = disk / "audit.json"
    run_audit(project.folder, out)
    before = out.read_bytes()
    fill(disk)
    with pytest.raises(WriteFailed, match=r"audit\.json could not be written"):
        run_audit(project.folder, out)
    assert out.read_bytes() == before
    assert json.loads(before)["whole"]
    assert not [path for path in disk.iterdir() if ".tmp" in path.name]


def test_22_a_json_record_is_an_os_error_with_its_number_too(disk):
    write_json(disk / "run.json", {"a": 1})
    fill(disk)
    with pytest.raises(FileNotWritten) as caught:
        write_json(disk / "run.json", {"a": "x" * 100_000})
    assert isinstance(caught.value, OSError)
    assert caught.value.errno == 28
    assert str(caught.value).startswith("run.json could not be written: No space left on device.")
    assert json.loads((disk / "run.json").read_text()) == {"a": 1}
