"""Predictions of a project and the suspicion that follows from them."""

from __future__ import annotations

import numpy as np
import pytest

from kitsdesk.project.case_scores import CaseScores, trained_ensemble_of
from kitsdesk.project.decisions import Decisions
from kitsdesk.project.predictions import Predictions, UnknownPredictions
from kitsdesk.project.revisions import Revisions
from trainer.imaging.mask_file import write_mask

from .conftest import KITS, make_mask, put_prediction


def without_tumor(mask):
    return np.where(mask == 2, 1, mask).astype(np.uint8)


def predict_all(project, **options):
    """The model finds every tumor; five folds agree and none saw a case."""
    for record in project.cases():
        mask = make_mask(int(record.case[-1]))
        put_prediction(project, record.case, mask, [mask] * 5, **options)


def test_a_missed_tumor_comes_first_with_its_reason(project):
    predict_all(project)
    Revisions(project).save("case_00703", without_tumor(make_mask(3)))
    scores = CaseScores(project)
    rows = {record.case: scores.row(record.case) for record in project.cases()}
    worst = max(
        (row for row in rows.values() if row.suspicion is not None), key=lambda r: r.suspicion
    )
    assert worst.case == "case_00703"
    assert worst.tumor_dice == 0
    assert worst.suspicion == pytest.approx(0.9), "(1 - 0) times the tumor's agreement"
    assert worst.agreement == 0.9
    assert "tumor missed" in [chip.text for chip in worst.chips]
    assert rows["case_00700"].suspicion == 0
    assert rows["case_00705"].suspicion is None, "no mask, no suspicion"
    assert rows["case_00705"].has_prediction
    assert rows["case_00705"].thumbnail is not None


def test_rows_are_kept_until_mask_or_prediction_changes(project):
    predict_all(project)
    scores = CaseScores(project)
    assert all(row.suspicion is None for row in scores.known_rows())
    for record in project.cases():
        scores.row(record.case)
    Decisions(project).decide(["case_00700"], "kept")
    known = {row.case: row for row in scores.known_rows()}
    assert known["case_00700"].suspicion == 0
    assert known["case_00700"].decision == "kept"
    assert known["case_00700"].thumbnail is not None
    Revisions(project).save("case_00700", without_tumor(make_mask(0)))
    assert {row.case: row for row in scores.known_rows()}["case_00700"].suspicion is None
    assert scores.row("case_00700").suspicion == pytest.approx(0.9)
    put_prediction(project, "case_00700", without_tumor(make_mask(0)), [make_mask(0)] * 5)
    assert scores.row("case_00700").suspicion == 0


def test_after_cross_validation_one_fold_is_held_out_and_the_row_says_so(project):
    mask = make_mask(0)
    base = Revisions(project).load("case_00700")[1]
    put_prediction(
        project,
        "case_00700",
        mask,
        [mask, without_tumor(mask), without_tumor(mask), mask, without_tumor(mask)],
        saw=(1, 2, 3, 4),
        trained_hash=base.voxels_hash,
    )
    row = CaseScores(project).row("case_00700")
    assert "by mirroring" in [chip.text for chip in row.chips]
    assert row.misfit == 1.0, "three of the four folds that learnt the mask see no tumor"
    learnt = trained_ensemble_of(Predictions(project), "case_00700", base)
    assert np.array_equal(learnt, without_tumor(mask))
    mask[0, 0, 0] = 1
    newer = Revisions(project).save("case_00700", mask)
    assert trained_ensemble_of(Predictions(project), "case_00700", newer) is None


def test_votes_and_fold_masks_are_read_from_the_bits(project):
    mask = make_mask(0)
    empty = np.zeros_like(mask)
    put_prediction(project, "case_00700", mask, [mask, mask, without_tumor(mask), empty, mask])
    predictions = Predictions(project)
    assert predictions.votes("case_00700", 1).max() == 4
    tumor = predictions.votes("case_00700", 2)
    assert (tumor[mask == 2] == 3).all()
    assert tumor[mask != 2].max() == 0
    assert np.array_equal(predictions.fold_mask("case_00700", "demo", 2), without_tumor(mask))
    assert predictions.fold_mask("case_00700", "demo", 7) is None
    assert predictions.entropy("case_00700").max() == 0
    assert predictions.heldout("case_00701") is None
    assert predictions.scores("case_00701") is None


def test_a_case_whose_mask_does_not_fit_says_so_in_its_row(project):
    write_mask(project.case("case_00702").reference, make_mask(2)[:-1], _shorter())
    row = CaseScores(project).row("case_00702")
    assert "grid" in row.problem
    assert row.suspicion is None


def _shorter():
    from dataclasses import replace

    return replace(KITS, size=(KITS.size[0] - 1, *KITS.size[1:]))


@pytest.mark.parametrize("saw", ["none", "unknown"])
def test_predictions_made_elsewhere_are_imported(project, tmp_path, saw):
    folder = tmp_path / "theirs"
    for number in range(5):
        write_mask(folder / f"prediction_0070{number}.nii.gz", make_mask(number), KITS)
    write_mask(folder / "case_99999.nii.gz", make_mask(0), KITS)
    predictions = Predictions(project)
    with pytest.raises(UnknownPredictions):
        predictions.use_set("theirs")
    seen = []
    problems = predictions.import_folder(
        folder, "theirs", saw, lambda done, total, case: seen.append((done, total))
    )
    assert problems == {}
    assert seen == [(n, 5) for n in range(5)]
    assert predictions.key() == "theirs"
    scores = predictions.scores("case_00701")
    assert scores.source == "imported"
    assert (predictions.heldout("case_00701") is not None) == (saw == "none")
    assert np.array_equal(predictions.ensemble("case_00701"), make_mask(1))
    row = CaseScores(project).row("case_00701")
    if saw == "none":
        assert row.suspicion == 0
        assert row.agreement == 1
        assert "one member" in [chip.text for chip in row.chips]
    else:
        assert row.suspicion is None


def test_a_foreign_mask_on_another_grid_is_reported_and_the_others_come_in(project, tmp_path):
    folder = tmp_path / "theirs"
    write_mask(folder / "case_00700.nii.gz", make_mask(0), KITS)
    write_mask(folder / "case_00701.nii.gz", make_mask(1)[:-1], _shorter())
    problems = Predictions(project).import_folder(folder, "theirs", "none")
    assert list(problems) == ["case_00701"]
    assert Predictions(project).heldout("case_00700") is not None
    assert Predictions(project).scores("case_00701") is None
