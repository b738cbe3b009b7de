"""Masks, decisions and the log: nothing is lost, everything can be taken back."""

from __future__ import annotations

import hashlib
import sqlite3
import threading

import nibabel
import numpy as np
import pytest

from kitsdesk.project.decisions import Decisions, NothingToUndo, ReasonMissing
from kitsdesk.project.revisions import NoReference, Revisions
from kitsdesk.project.store import ReadOnlyProject
from kitsdesk.project.workspace import Workspace
from trainer.contract.errors import DamagedFile
from trainer.imaging.mask_file import write_mask

from .conftest import KITS, make_mask


def hashes(folder):
    return {
        path: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_reference_is_revision_zero(project):
    revisions = Revisions(project)
    mask, base = revisions.load("case_00700")
    assert np.array_equal(mask, make_mask(0))
    assert (base.number, base.kind, base.parent_hash) == (0, "reference", "")
    assert base.path == project.case("case_00700").reference
    assert revisions.newest("case_00700") == base


def test_saving_chains_revisions_and_leaves_the_source_alone(project, source):
    before = hashes(source)
    revisions = Revisions(project)
    mask, base = revisions.load("case_00700")
    mask[0, 0, 0] = 2
    first = revisions.save("case_00700", mask, note="one voxel")
    assert (first.number, first.kind, first.author) == (1, "correction", "anna")
    assert first.parent_hash == base.voxels_hash
    assert revisions.save("case_00700", mask) == first, "an equal mask is no new revision"
    mask[0, 0, 1] = 1
    second = revisions.save("case_00700", mask, kind="replacement")
    assert (second.number, second.parent_hash) == (2, first.voxels_hash)
    back, newest = revisions.load("case_00700")
    assert np.array_equal(back, mask)
    assert newest == second
    assert revisions.load_number("case_00700", 1)[0, 0, 1] == 0
    restored = revisions.restore_reference("case_00700")
    assert (restored.number, restored.voxels_hash) == (3, base.voxels_hash)
    assert hashes(source) == before


def test_the_file_has_the_sources_affine_and_shape(project):
    revisions = Revisions(project)
    mask, _ = revisions.load("case_00701")
    mask[3] = 0
    saved = nibabel.load(revisions.save("case_00701", mask).path)
    image = nibabel.load(project.case("case_00701").image)
    assert saved.shape == image.shape
    assert np.allclose(saved.affine, image.affine)


def test_a_case_without_reference_gets_its_first_mask(project):
    revisions = Revisions(project)
    mask, base = revisions.load("case_00705")
    assert base is None
    assert not mask.any()
    assert mask.shape == (16, 40, 48)
    mask[4:8, 10:20, 10:20] = 1
    assert revisions.save("case_00705", mask, kind="first").number == 1
    with pytest.raises(NoReference):
        revisions.restore_reference("case_00705")


def test_an_orphan_keeps_its_number_and_can_be_recovered(project):
    revisions = Revisions(project)
    orphan = project.masks_folder("case_00700") / "r0001.nii.gz"
    write_mask(orphan, make_mask(2), KITS)
    assert revisions.orphans("case_00700") == [orphan]
    mask, _ = revisions.load("case_00700")
    mask[0] = 1
    assert revisions.save("case_00700", mask).number == 2
    found = revisions.recover("case_00700", orphan)
    assert (found.number, found.kind) == (3, "recovered")
    assert np.array_equal(revisions.load("case_00700")[0], make_mask(2))


def test_a_damaged_revision_is_never_shown_as_whole(project):
    revisions = Revisions(project)
    mask, _ = revisions.load("case_00700")
    mask[0] = 1
    saved = revisions.save("case_00700", mask)
    write_mask(saved.path, make_mask(1), KITS)
    with pytest.raises(DamagedFile, match="not what was saved"):
        revisions.load("case_00700")


def test_threads_save_different_cases_at_once(project):
    revisions = Revisions(project)

    def work(case):
        mask, _ = revisions.load(case)
        for layer in range(3):
            mask[layer] = 1
            revisions.save(case, mask)

    cases = [f"case_0070{n}" for n in range(3)]
    threads = [threading.Thread(target=work, args=(case,)) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [revisions.newest(case).number for case in cases] == [3, 3, 3]
    assert project.audit.verify().whole


def test_decisions_need_reasons_and_can_be_undone(project):
    decisions = Decisions(project)
    assert decisions.current("case_00700").decision == "unreviewed"
    decisions.decide(["case_00700", "case_00701"], "kept")
    with pytest.raises(ReasonMissing):
        decisions.decide(["case_00700"], "excluded", " ")
    decisions.decide(["case_00700"], "excluded", "not a kidney", author="ben")
    record = decisions.current("case_00700")
    assert (record.decision, record.reason, record.author) == ("excluded", "not a kidney", "ben")
    assert decisions.counts()["kept"] == 1
    assert decisions.counts()["unreviewed"] == 4
    assert decisions.undo("case_00700").decision == "kept"
    assert decisions.undo("case_00700").decision == "unreviewed"
    with pytest.raises(NothingToUndo):
        decisions.undo("case_00700")
    assert len(decisions.history("case_00700")) == 2
    assert project.audit.verify().whole


def test_a_read_only_project_takes_no_decision(project):
    Revisions(project).load("case_00700")
    with Workspace.open(project.folder) as second:
        with pytest.raises(ReadOnlyProject):
            Decisions(second).decide(["case_00700"], "kept")
        with pytest.raises(ReadOnlyProject):
            Revisions(second).save("case_00700", make_mask(2))
        assert Revisions(second).load("case_00701")[1].number == 0


def test_the_log_cannot_be_changed_and_forgery_is_found(project):
    Decisions(project).decide(["case_00700"], "kept")
    Decisions(project).decide(["case_00701"], "excluded", "wrong patient")
    assert project.audit.verify().first_bad is None
    with (
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
        project.store.transaction() as connection,
    ):
        connection.execute("DELETE FROM audit WHERE id = 3")
    with project.store.transaction() as connection:
        connection.execute("DROP TRIGGER audit_is_never_changed")
        connection.execute("UPDATE audit SET details = '{}' WHERE id = 3")
    assert project.audit.verify().first_bad == 3


def test_a_removed_entry_is_found(project):
    for _ in range(2):
        Decisions(project).decide(["case_00700"], "kept")
    with project.store.transaction() as connection:
        connection.execute("DROP TRIGGER audit_is_never_shortened")
        connection.execute("DELETE FROM audit WHERE id = 3")
    assert project.audit.verify().first_bad == 3
