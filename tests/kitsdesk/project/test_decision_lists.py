from __future__ import annotations

import numpy as np
import pytest

from kitsdesk.editing.taking import replace_mask
from kitsdesk.project.case_sources import CaseSource
from kitsdesk.project.decision_lists import (
    DecisionList,
    ListedDecision,
    NotADecisionList,
    kits19_lists,
    read_list,
    save_list,
)
from kitsdesk.project.decisions import Decisions, ReasonMissing
from kitsdesk.project.journal import open_history
from kitsdesk.project.list_application import NEW_FOLDS, OLD_FOLDS, apply, preview
from kitsdesk.project.project_folds import Folds
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.workspace import Workspace
from trainer.imaging.mask_file import write_image, write_mask

from .conftest import KITS, make_image, make_mask, put_prediction

SIX = (15, 23, 37, 68, 125, 133)


def run(steps):
    try:
        while True:
            next(steps)
    except StopIteration as ended:
        return ended.value


@pytest.fixture
def kits(tmp_path):
    """A project with KiTS19's ids (not its images): the six cases of the paper and two more."""
    sources = []
    for number in (*SIX, 3, 4):
        case = tmp_path / "source" / f"case_{number:05d}"
        mask = make_mask(number)
        write_image(case / "imaging.nii.gz", make_image(mask, number), KITS)
        write_mask(case / "segmentation.nii.gz", mask, KITS)
        sources.append(
            CaseSource(case.name, "", case / "imaging.nii.gz", case / "segmentation.nii.gz")
        )
    with Workspace.create(tmp_path / "kits.kitsdesk", sources, author="anna") as made:
        yield made


def test_the_paper_s_list_says_what_and_what_happened_since():
    paper = kits19_lists()["paper"]
    decided = {int(entry.case[-5:]): entry for entry in paper.cases}
    assert {n for n, e in decided.items() if e.decision == "replaced"} == {15, 37}
    assert {n for n, e in decided.items() if e.decision == "excluded"} == {23, 68, 125, 133}
    assert all(entry.source and entry.reason and entry.since for entry in paper.cases)
    corrected = {n for n, entry in decided.items() if "20 December 2019" in entry.since}
    assert corrected == {15, 23, 37, 125}


def test_the_paper_s_list_replaces_where_it_can_and_says_why_not(kits):
    new = np.roll(make_mask(15), 2, axis=1)
    put_prediction(kits, "case_00015", new, [new] * 5)
    put_prediction(kits, "case_00037", make_mask(37), [make_mask(37)] * 5, saw=range(5))
    paper = kits19_lists()["paper"]
    shown = preview(kits, paper)
    assert shown.folds == NEW_FOLDS
    assert {row.case: row.refused for row in shown.rows if row.refused} == {
        "case_00037": "every fold has seen it (demo fold 0, demo fold 1, demo fold 2, "
        "demo fold 3, demo fold 4)"
    }
    assert Decisions(kits).counts()["excluded"] == 0
    done = run(apply(kits, paper, "anna"))
    counts = Decisions(kits).counts()
    assert (counts["replaced"], counts["excluded"]) == (1, 4)
    assert list(done.refused) == ["case_00037"]
    mask, revision = Revisions(kits).load("case_00015")
    assert np.array_equal(mask, new)
    assert revision.kind == "replacement"
    assert "arXiv:1908.02182" in Decisions(kits).current("case_00023").reason
    again = preview(kits, paper)
    assert again.same == 5
    assert [row.case for row in again.rows] == ["case_00037"]


def test_the_whole_list_is_one_undo(kits):
    run(apply(kits, kits19_lists()["paper"]))
    together = Decisions(kits).made_with("case_00068")
    assert len(together) == 4
    assert Decisions(kits).undo_all(together) == together
    assert Decisions(kits).counts()["excluded"] == 0


def test_current_labels_bring_every_case_back_to_its_reference(kits):
    new = np.roll(make_mask(15), 2, axis=1)
    put_prediction(kits, "case_00015", new, [new] * 5)
    run(apply(kits, kits19_lists()["paper"]))
    current = kits19_lists()["current"]
    assert {row.case for row in preview(kits, current).rows} == {
        f"case_{number:05d}" for number in SIX if number != 37
    }
    run(apply(kits, current))
    assert Decisions(kits).counts()["unreviewed"] == 8
    assert np.array_equal(Revisions(kits).load("case_00015")[0], make_mask(15))
    assert preview(kits, current).rows == ()


def test_after_the_first_export_it_changes_decisions_not_folds(kits):
    Folds(kits).fix([record.patient for record in kits.cases()])
    folds = Folds(kits).stored()
    assert preview(kits, kits19_lists()["paper"]).folds == OLD_FOLDS
    run(apply(kits, kits19_lists()["paper"]))
    assert Folds(kits).stored() == folds


def test_a_case_with_unsaved_edits_is_left_alone(kits):
    new = np.roll(make_mask(15), 2, axis=1)
    put_prediction(kits, "case_00015", new, [new] * 5)
    mask, base = Revisions(kits).load("case_00015")
    live = mask.copy()
    history, journal = open_history(kits.journal_path("case_00015"), base.voxels_hash, live)
    history.commit(replace_mask(live, np.zeros_like(live), "Erase"))
    journal.close()
    done = run(apply(kits, kits19_lists()["paper"]))
    assert done.refused["case_00015"] == "case_00015 has edits that are not saved."
    assert Decisions(kits).current("case_00015").decision == "unreviewed"


def test_the_replacement_can_be_undone_in_the_case_s_history(kits):
    new = np.roll(make_mask(15), 2, axis=1)
    put_prediction(kits, "case_00015", new, [new] * 5)
    run(apply(kits, kits19_lists()["paper"]))
    mask, base = Revisions(kits).load("case_00015")
    live = mask.copy()
    history, journal = open_history(kits.journal_path("case_00015"), base.voxels_hash, live)
    assert (history.unsaved, history.undo().name) == (0, "Use prediction")
    assert np.array_equal(live, make_mask(15))
    journal.close()


def test_one_s_own_list_goes_to_a_file_and_back(project, tmp_path):
    decisions = Decisions(project)
    decisions.decide(["case_00700"], "excluded", "second phase")
    decisions.decide(["case_00701"], "kept")
    save_list(project, tmp_path / "mine.json")
    read = read_list(tmp_path / "mine.json")
    assert [(e.case, e.decision, e.reason) for e in read.cases] == [
        ("case_00700", "excluded", "second phase"),
        ("case_00701", "kept", ""),
    ]
    decisions.undo_all(["case_00700", "case_00701"])
    run(apply(project, read))
    assert decisions.current("case_00700").decision == "excluded"


def test_a_file_that_is_no_list_is_refused(tmp_path):
    (tmp_path / "a.json").write_text('{"cases": 3}')
    with pytest.raises(NotADecisionList):
        read_list(tmp_path / "a.json")


def test_a_correction_needs_its_mask(project):
    wanted = DecisionList(
        title="theirs", cases=(ListedDecision(case="case_00700", decision="corrected"),)
    )
    assert "no masks" in preview(project, wanted).rows[0].refused


def test_an_exclusion_in_a_list_needs_a_reason(project):
    wanted = DecisionList(
        title="theirs", cases=(ListedDecision(case="case_00700", decision="excluded"),)
    )
    with pytest.raises(ReasonMissing):
        run(apply(project, wanted))
    assert Decisions(project).counts()["excluded"] == 0
