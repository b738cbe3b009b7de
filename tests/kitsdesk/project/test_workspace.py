"""Projects: made, opened, locked, with cases from every layout."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pydicom
import pytest

from kitsdesk.project.case_sources import NoCasesFound, discover
from kitsdesk.project.project_folds import Folds
from kitsdesk.project.store import NewerProject, ReadOnlyProject
from kitsdesk.project.workspace import ProjectFolderProblem, SourceChanged, UnknownCase, Workspace
from trainer.imaging.hashing import volume_hash
from trainer.imaging.mask_file import write_image, write_mask
from trainer.imaging.nifti import UnreadableImage
from trainer.imaging.reader import read_image

from .conftest import KITS, make_image, make_mask


def test_a_kits_folder_becomes_a_project(project, source):
    cases = project.cases()
    assert [record.case for record in cases] == [f"case_0070{n}" for n in range(6)]
    assert cases[0].image == source / "case_00700/imaging.nii.gz"
    assert cases[0].reference == source / "case_00700/segmentation.nii.gz"
    assert cases[5].reference is None
    assert cases[0].patient == "case_00700"
    assert project.name == "renal"
    assert [entry.action for entry in project.audit.entries()] == [
        "project created",
        "cases added",
    ]


def test_it_opens_again_and_adding_twice_adds_once(tmp_path, source):
    folder = tmp_path / "a.kitsdesk"
    Workspace.create(folder, discover(source)).close()
    with Workspace.open(folder) as project:
        assert len(project.cases()) == 6
        assert project.add_cases(discover(source)) == []
        with pytest.raises(UnknownCase):
            project.case("case_99999")


def test_a_patient_is_the_case_or_a_keyed_hash_that_tells_nobody_who(tmp_path, source):
    def patients(name):
        given = [replace(one, patient="") for one in discover(source)]
        given[1], given[4] = (replace(given[n], patient_id="PAT-4711") for n in (1, 4))
        given[2] = replace(given[2], patient_id="PAT-0815")
        with Workspace.create(tmp_path / f"{name}.kitsdesk", given) as made:
            folds = Folds(made).fix(record.patient for record in made.cases())
            return [record.patient for record in made.cases()], folds

    given, folds = patients("a")
    assert [given[0], given[3]] == ["case_00700", "case_00703"]
    assert given[1] == given[4] != given[2]
    assert all(len(given[n]) == 16 and "4711" not in given[n] for n in (1, 2, 4))
    assert set(folds) == set(given)
    assert patients("b")[0][1] != given[1], "each project has a key of its own"


def test_folders_that_are_no_projects_are_refused(tmp_path, source):
    with pytest.raises(ProjectFolderProblem):
        Workspace.open(source)
    with pytest.raises(ProjectFolderProblem):
        Workspace.create(source)


def test_a_newer_project_is_refused_unchanged(tmp_path, project):
    folder = project.folder
    with project.store.transaction() as connection:
        connection.execute("PRAGMA user_version = 99")
    project.close()
    with pytest.raises(NewerProject, match="newer"):
        Workspace.open(folder)


def test_the_second_to_open_reads_only(project):
    with Workspace.open(project.folder) as second:
        assert second.read_only
        assert str(os.getpid()) in second.holder
        assert len(second.cases()) == 6
        with pytest.raises(ReadOnlyProject):
            second.add_cases(discover(project.case("case_00700").image))


def test_the_lock_of_a_killed_process_is_retaken(tmp_path, source):
    folder = tmp_path / "a.kitsdesk"
    Workspace.create(folder, discover(source)).close()
    code = (
        "import sys, time; from pathlib import Path;"
        "from kitsdesk.project.workspace import Workspace;"
        "w = Workspace.open(Path(sys.argv[1])); print(w.read_only, flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "False"
    with Workspace.open(folder) as project:
        assert project.read_only
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with Workspace.open(folder) as project:
            if not project.read_only:
                return
    pytest.fail("the lock was not retaken")


def test_the_image_is_remembered_and_a_changed_one_noticed(project):
    case = project.case("case_00700")
    volume = project.read_case("case_00700")
    assert project.case("case_00700").image_hash == volume_hash(volume)
    assert project.geometry("case_00700") == volume.geometry
    write_image(case.image, make_image(make_mask(4), 99), KITS)
    with pytest.raises(SourceChanged):
        project.read_case("case_00700")
    assert "changed" in project.case("case_00700").problem


def test_an_unreadable_image_marks_its_case(project):
    project.case("case_00701").image.write_bytes(b"no image")
    with pytest.raises(UnreadableImage):
        project.read_case("case_00701")
    assert "imaging.nii.gz" in project.case("case_00701").problem


def test_loose_files_with_masks_beside_them(tmp_path):
    mask = make_mask(0)
    folder = tmp_path / "loose"
    for name in ("b (2)", "a"):
        write_image(folder / f"{name}.nii.gz", make_image(mask, 0), KITS)
    write_mask(folder / "a_mask.nii.gz", mask, KITS)
    write_mask(folder / "labels/b (2).nii.gz", mask, KITS)
    found = {source.case: source for source in discover(folder)}
    assert set(found) == {"a", "b_2"}
    assert found["a"].reference == folder / "a_mask.nii.gz"
    assert found["b_2"].reference == folder / "labels/b (2).nii.gz"
    assert [one.case for one in discover(folder / "a.nii.gz")] == ["a"]
    assert discover(folder / "a.nii.gz")[0].reference == folder / "a_mask.nii.gz"


def test_folders_without_images_are_refused(tmp_path):
    with pytest.raises(NoCasesFound):
        discover(tmp_path)


def test_dicom_folders_and_their_patients(tmp_path, real_data):
    for name in ("first", "second"):
        copy = shutil.copytree(real_data / "dicom_abdomen", tmp_path / "series" / name)
        for file in copy.iterdir():
            header = pydicom.dcmread(file)
            header.PatientID = "PAT-4711"
            header.save_as(file)
    sources = discover(tmp_path / "series")
    assert [source.case for source in sources] == ["first", "second"]
    assert [source.case for source in discover(real_data / "dicom_abdomen")] == ["dicom_abdomen"]
    with Workspace.create(tmp_path / "d.kitsdesk", sources) as project:
        patients = {record.patient for record in project.cases()}
        assert len(patients) == 1, "two series of one patient"
        assert sources[0].patient_id == "PAT-4711"
        assert "PAT-4711" not in patients
        stored = [path.read_bytes() for path in project.folder.glob("project.sqlite*")]
        assert not any(b"PAT-4711" in content for content in stored)
        assert np.array_equal(
            project.read_case("first").array, read_image(real_data / "dicom_abdomen").array
        )


def test_an_nnunet_data_set(tmp_path):
    mask = make_mask(0)
    folder = tmp_path / "Dataset001"
    write_image(folder / "imagesTr/kidney_1_0000.nii.gz", make_image(mask, 0), KITS)
    write_mask(folder / "labelsTr/kidney_1.nii.gz", mask, KITS)
    (folder / "dataset.json").write_text('{"file_ending": ".nii.gz", "numTraining": 1}')
    assert [(one.case, one.reference) for one in discover(folder)] == [
        ("kidney_1", folder / "labelsTr/kidney_1.nii.gz")
    ]
