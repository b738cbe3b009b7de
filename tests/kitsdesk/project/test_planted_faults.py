from __future__ import annotations

import numpy as np
import pytest

from kitsdesk.project.case_scores import CaseScores
from kitsdesk.project.decisions import Decisions
from kitsdesk.project.exports import export
from kitsdesk.project.fault_evidence import evidence
from kitsdesk.project.planted_faults import NothingToPlant, PlantedFaults
from kitsdesk.project.planted_guard import PlantedFaultShown
from kitsdesk.project.revisions import Revisions
from trainer.imaging.hashing import volume_hash
from trainer.imaging.mask_file import read_mask

from .conftest import make_mask, put_prediction

CASES = [f"case_{number:05d}" for number in range(700, 705)]


def run(steps):
    try:
        while True:
            next(steps)
    except StopIteration as ended:
        return ended.value


@pytest.fixture
def predicted(project):
    """Every case has a held-out prediction that agrees with its mask, and is scored."""
    for number, case in enumerate(CASES):
        put_prediction(project, case, make_mask(number), [make_mask(number)] * 5)
        CaseScores(project).row(case)
    return project


def planted_in(project, share=1.0, seed=3):
    made = run(PlantedFaults(project).plant(share, seed=seed))
    shown = {}
    for fault in made:
        mask, base = Revisions(project).load(fault.case)
        shown[fault.case] = PlantedFaults(project).shown(fault.case, mask, base).mask
    return made, shown


def every_file(project):
    return sorted(path for path in project.folder.rglob("*") if path.is_file())


def test_a_share_of_the_unreviewed_cases_takes_one(predicted):
    made, shown = planted_in(predicted, share=0.4)
    assert len(made) == 2
    for fault in made:
        truth = Revisions(predicted).load(fault.case)[0]
        assert not np.array_equal(shown[fault.case], truth)
        assert fault.suspicion.value > 0


def test_the_same_copy_is_shown_each_time(predicted):
    made, shown = planted_in(predicted)
    for fault in made:
        mask, base = Revisions(predicted).load(fault.case)
        again = PlantedFaults(predicted).shown(fault.case, mask, base)
        assert np.array_equal(again.mask, shown[fault.case])


def test_no_planted_voxel_is_written_anywhere(predicted):
    before = {path: path.stat().st_size for path in every_file(predicted)}
    made, _shown = planted_in(predicted)
    after = every_file(predicted)
    grown = [p for p in after if before.get(p) != p.stat().st_size]
    assert all(path.name.startswith("project.sqlite") for path in grown)
    hashes = {fault.planted_hash for fault in made}
    for path in predicted.folder.rglob("*.nii.gz"):
        if not path.name.startswith(("folds-", "entropy")):
            assert volume_hash(read_mask(path)) not in hashes


@pytest.mark.parametrize("kind", ["correction", "replacement", "restore", "first", "recovered"])
def test_no_revision_is_made_while_a_fault_is_shown(predicted, kind):
    _made, shown = planted_in(predicted)
    for case, mask in shown.items():
        truth = Revisions(predicted).load(case)[0]
        for array in (mask, np.zeros_like(mask)):
            with pytest.raises(PlantedFaultShown):
                Revisions(predicted).save(case, array, kind=kind)
        assert [r.number for r in Revisions(predicted).all(case)] == [0]
        assert not predicted.masks_folder(case).exists()
        assert np.array_equal(Revisions(predicted).load(case)[0], truth)


def test_a_planted_mask_is_refused_for_ever(predicted):
    made, shown = planted_in(predicted)
    for fault in made:
        PlantedFaults(predicted).judge(fault.case, found=True)
        with pytest.raises(PlantedFaultShown):
            Revisions(predicted).save(fault.case, shown[fault.case])
        corrected = Revisions(predicted).load(fault.case)[0].copy()
        corrected[0, 0, 0] = 1
        assert Revisions(predicted).save(fault.case, corrected).number == 1


def test_an_export_made_while_faults_are_shown_holds_the_real_masks(predicted):
    made, _shown = planted_in(predicted)
    folder = run(export(predicted))
    for fault in made:
        mask = read_mask(folder / "labelsTr" / f"{fault.case}.nii.gz")
        assert volume_hash(mask) == fault.mask_hash != fault.planted_hash
    text = (folder / "manifest.json").read_text()
    assert not any(fault.planted_hash in text for fault in made)


def test_the_audit_tells_of_each_from_first_to_last(predicted):
    made, _shown = planted_in(predicted)
    faults = PlantedFaults(predicted)
    for number, fault in enumerate(made):
        faults.judge(fault.case, found=bool(number % 2))
    actions = [(e.action, e.case) for e in predicted.audit.entries() if "planted" in e.action]
    assert len(actions) == 2 * len(made)
    assert predicted.audit.verify().whole
    counts = faults.counts()
    assert counts.judged == len(made)
    assert faults.active() == {}


def test_a_fault_removes_itself_when_the_mask_is_another(predicted):
    made, _shown = planted_in(predicted)
    case = made[0].case
    PlantedFaults(predicted).remove([case])
    other = np.roll(Revisions(predicted).load(case)[0], 1, axis=2)
    Revisions(predicted).save(case, other)
    with predicted.store.transaction() as connection:
        connection.execute("UPDATE planted_faults SET outcome = '' WHERE case_id = ?", (case,))
    mask, base = Revisions(predicted).load(case)
    assert PlantedFaults(predicted).shown(case, mask, base) is None
    assert case not in PlantedFaults(predicted).active()


def test_decided_cases_and_cases_without_a_prediction_take_none(project):
    with pytest.raises(NothingToPlant):
        run(PlantedFaults(project).plant(0.5))
    for number, case in enumerate(CASES):
        put_prediction(project, case, make_mask(number), [make_mask(number)] * 5)
        CaseScores(project).row(case)
    Decisions(project).decide(CASES[:4], "kept")
    made = run(PlantedFaults(project).plant(1.0, seed=1))
    assert {fault.case for fault in made} <= {CASES[4]}


def test_evidence_keeps_the_score_of_the_mask_that_was_judged(predicted):
    case = CASES[0]
    wrong = make_mask(0)
    truth = wrong.copy()
    truth[6, 20, 30:34] = 2
    put_prediction(predicted, case, truth, [truth] * 5)
    before = CaseScores(predicted).score(case).suspicion.value
    assert before > 0
    Revisions(predicted).save(case, truth)
    CaseScores(predicted).score(case)
    Decisions(predicted).decide([case], "corrected")
    told = {line.case: line for line in evidence(predicted)}
    assert told[case].suspicion == before
    assert told[case].found is True
    assert told[CASES[1]].found is None


def test_an_exclusion_for_something_else_than_the_mask_is_no_wrong_mask(predicted):
    reasons = ("tumor missed", "Bad image: motion", "duplicate", "Second phase", "other patient")
    for case, reason in zip(CASES, reasons, strict=False):
        Decisions(predicted).decide([case], "excluded", reason)
    told = {line.case: line.found for line in evidence(predicted)}
    assert told == {CASES[0]: True, **({CASES[4]: True} if len(CASES) > 4 else {})}
