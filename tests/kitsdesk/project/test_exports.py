"""Exports are frozen, whole or not there, and their folds never move."""

from __future__ import annotations

import gzip
import hashlib

import nibabel
import numpy as np
import pytest

from kitsdesk.project.case_sources import CaseSource, discover
from kitsdesk.project.decisions import Decisions
from kitsdesk.project.export_changes import changes_since_export, exports
from kitsdesk.project.exports import NothingToExport, export
from kitsdesk.project.project_folds import Folds
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.workspace import Workspace
from trainer.contract.errors import DamagedFile
from trainer.contract.export_manifest import ExportManifest
from trainer.contract.jsonfile import read_json
from trainer.datasets.folds import TooFewPatients, assign_folds
from trainer.datasets.training_set import read_training_set
from trainer.imaging.hashing import volume_hash
from trainer.imaging.mask_file import read_mask, write_mask

from .conftest import KITS, make_mask


def run(steps):
    """Exhaust a generator and return its progress and its value."""
    seen = []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as stop:
            return seen, stop.value


def hashes(folder):
    return {
        path: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_trainer_reads_what_was_exported(project, source):
    before = hashes(source)
    revisions = Revisions(project)
    mask, _ = revisions.load("case_00701")
    mask[0, 0, 0] = 2
    revisions.save("case_00701", mask)
    Decisions(project).decide(["case_00701"], "corrected")
    progress, folder = run(export(project, stamp="first"))
    assert [step.case for step in progress] == [f"case_0070{n}" for n in range(5)]
    assert (progress[0].done, progress[0].total) == (0, 5)
    training = read_training_set(folder)
    assert [case.id for case in training.cases] == [f"case_0070{n}" for n in range(5)]
    assert {case.id: case.fold for case in training.cases} == assign_folds(
        f"case_0070{n}" for n in range(5)
    )
    written = read_mask(training.cases[1].mask)
    assert np.array_equal(written.array, mask)
    assert volume_hash(written) == training.cases[1].mask_hash
    assert hashes(source) == before


def test_the_manifest_names_decisions_and_what_stayed_out(project):
    Decisions(project).decide(["case_00700"], "kept")
    for number in range(1, 2):
        project.add_cases([_copy_of(project, f"case_0080{number}")])
    Decisions(project).decide(["case_00801"], "excluded", "no kidney in the field of view")
    _, folder = run(export(project))
    manifest = ExportManifest.model_validate(read_json(folder / "manifest.json"))
    assert [case.decision for case in manifest.cases] == ["kept"] + ["unreviewed"] * 4
    assert {out.case: out.reason for out in manifest.left_out} == {
        "case_00705": "no mask",
        "case_00801": "no kidney in the field of view",
    }
    assert len(manifest.audit_head) == 64
    assert exports(project)[-1][0] == folder


def _copy_of(project, name):
    target = project.folder.parent / "more" / name / "imaging.nii.gz"
    target.parent.mkdir(parents=True)
    target.write_bytes(project.case("case_00700").image.read_bytes())
    write_mask(target.parent / "segmentation.nii.gz", make_mask(0), KITS)
    return CaseSource(name, name, target, target.parent / "segmentation.nii.gz")


def test_images_on_one_disk_are_linked_not_copied(project):
    _, folder = run(export(project))
    linked = folder / "imagesTr/case_00700_0000.nii.gz"
    assert linked.stat().st_ino == project.case("case_00700").image.stat().st_ino


@pytest.mark.parametrize("where", ["descrip", "db_name", "extension"])
def test_words_in_the_header_of_an_image_stay_behind(project, where):
    image = project.case("case_00702").image
    found = nibabel.load(image)
    voxels, affine = np.asarray(found.dataobj), found.affine
    if where == "extension":
        found.header.extensions.append(nibabel.nifti1.Nifti1Extension("comment", b"Doe^Jane"))
    else:
        found.header[where] = b"Doe^Jane"
    nibabel.save(nibabel.Nifti1Image(voxels, affine, found.header), image)
    assert b"Doe^Jane" in gzip.decompress(image.read_bytes())
    _, folder = run(export(project))
    files = {path.name: path for path in (folder / "imagesTr").iterdir()}
    assert files["case_00701_0000.nii.gz"].stat().st_nlink == 2
    written = files["case_00702_0000.nii.gz"]
    assert b"Doe" not in gzip.decompress(written.read_bytes())
    left = nibabel.load(written)
    assert np.array_equal(np.asarray(left.dataobj), voxels)
    assert np.allclose(left.affine, affine, atol=1e-5)
    assert len(read_training_set(folder).cases) == 5


def test_kits_layout(project):
    _, folder = run(export(project, "kits"))
    image = nibabel.load(folder / "case_00702/imaging.nii.gz")
    mask = nibabel.load(folder / "case_00702/segmentation.nii.gz")
    assert mask.shape == image.shape
    assert np.allclose(mask.affine, image.affine)
    assert len(read_training_set(folder).cases) == 5


def test_folds_never_move(project):
    run(export(project, stamp="a"))
    before = Folds(project).stored()
    project.add_cases([_copy_of(project, "case_00001")])
    Decisions(project).decide(["case_00702"], "excluded", "artefact")
    run(export(project, stamp="b"))
    after = Folds(project).stored()
    assert {patient: after[patient] for patient in before} == before
    assert set(after) - set(before) == {"case_00001"}


def test_stopping_half_way_leaves_no_export(project):
    steps = export(project, stamp="half")
    next(steps)
    next(steps)
    steps.close()
    assert list(project.exports_folder.iterdir()) == []


def test_a_damaged_mask_is_never_exported(project):
    revisions = Revisions(project)
    mask, _ = revisions.load("case_00702")
    mask[0] = 1
    saved = revisions.save("case_00702", mask)
    write_mask(saved.path, make_mask(1), KITS)
    with pytest.raises(DamagedFile):
        run(export(project))
    assert exports(project) == []


def test_too_few_patients_and_no_masks_are_refused_in_words(tmp_path, source):
    few = Workspace.create(tmp_path / "few.kitsdesk", discover(source)[:3])
    with few, pytest.raises(TooFewPatients, match="five patients"):
        run(export(few))
    none = Workspace.create(tmp_path / "none.kitsdesk", discover(source)[5:])
    with none, pytest.raises(NothingToExport):
        run(export(none))


def test_an_unreadable_case_stays_out_and_is_named(project):
    project.add_cases([_copy_of(project, "case_00900")])
    project.mark_problem("case_00900", "imaging.nii.gz is cut.")
    _, folder = run(export(project))
    manifest = ExportManifest.model_validate(read_json(folder / "manifest.json"))
    assert ("case_00900", "imaging.nii.gz is cut.") in [
        (out.case, out.reason) for out in manifest.left_out
    ]


def test_changes_since_the_last_export(project):
    Decisions(project).decide(["case_00700"], "kept")
    assert changes_since_export(project).changed["kept"] == 1
    assert changes_since_export(project).last == ""
    run(export(project, stamp="a"))
    assert changes_since_export(project).changed["kept"] == 0
    revisions = Revisions(project)
    mask, _ = revisions.load("case_00701")
    mask[0] = 1
    revisions.save("case_00701", mask)
    Decisions(project).decide(["case_00701"], "corrected")
    changes = changes_since_export(project)
    assert (changes.last, changes.changed["corrected"], changes.masks_changed) == ("a", 1, 1)
