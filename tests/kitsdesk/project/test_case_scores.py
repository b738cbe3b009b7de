"""Predictions of a project and the suspicion that follows from them."""

from __future__ import annotations

import numpy as np
import pytest

from kitsdesk.project.case_scores import CaseScores, fitted_of
from kitsdesk.project.decisions import Decisions
from kitsdesk.project.prediction_import import NothingImported
from kitsdesk.project.predictions import Predictions, UnknownPredictions
from kitsdesk.project.revisions import Revisions
from tests.trainer.tiny_models import write_tiny_model
from trainer.contract.model_manifest import SeenCase, read_manifest, write_manifest
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


def after_cross_validation(project, fitted, **options):
    """Fold 0 is held out and agrees; the four others learnt the reference."""
    mask = make_mask(0)
    base = Revisions(project).load("case_00700")[1]
    put_prediction(
        project,
        "case_00700",
        mask,
        [mask] * 5,
        trained_hash=base.voxels_hash,
        fitted=fitted,
        **options,
    )
    return base


def chips_of(row):
    return {chip.text: chip.why for chip in row.chips}


def test_after_cross_validation_one_fold_is_held_out_and_the_row_says_so(project):
    base = after_cross_validation(project, without_tumor(make_mask(0)), saw=(1, 2, 3, 4))
    row = CaseScores(project).row("case_00700")
    assert (row.misfit, row.suspicion) == (1.0, 0.0), "networks that learnt it see no tumor"
    assert chips_of(row)["misfit"] == "Networks trained on it contradict it: misfit 1.00"
    assert "by mirroring" in chips_of(row)
    learnt = fitted_of(Predictions(project), "case_00700", base)
    assert np.array_equal(learnt, without_tumor(make_mask(0)))
    mask = make_mask(0)
    mask[0, 0, 0] = 1
    newer = Revisions(project).save("case_00700", mask)
    assert fitted_of(Predictions(project), "case_00700", newer) is None
    row = CaseScores(project).row("case_00700")
    assert row.misfit is None, "the networks learnt another mask"
    assert "misfit" not in chips_of(row)


def test_with_no_held_out_fold_the_order_falls_back_to_misfit(project):
    after_cross_validation(project, without_tumor(make_mask(0)), saw=(0, 1, 2, 3, 4))
    row = CaseScores(project).row("case_00700")
    assert (row.suspicion, row.misfit) == (None, 1.0)
    assert chips_of(row)["misfit only"].endswith("misfit 1.00")
    assert row.disagreeing_ml > 0


def test_a_prediction_without_the_fitted_mask_has_no_misfit(project):
    base = after_cross_validation(project, None, saw=(0, 1, 2, 3, 4))
    assert fitted_of(Predictions(project), "case_00700", base) is None
    row = CaseScores(project).row("case_00700")
    assert (row.suspicion, row.misfit) == (None, None)


def test_folds_that_never_fitted_this_very_mask_are_a_reason(project, tmp_path):
    base = after_cross_validation(project, make_mask(0), saw=(1, 2, 3, 4))
    image = project.image_hash("case_00700")
    write_tiny_model(tmp_path / "demo")
    manifest = read_manifest(tmp_path / "demo")
    seen = SeenCase(case="case_00700", image_hash=image, mask_hash=base.voxels_hash)
    entries = tuple(
        manifest.folds[0].model_copy(
            update={
                "fold": fold,
                "trained_on": (seen,) if fold else (),
                "never_fitted": ("case_00700",) if fold in (1, 3) else (),
            }
        )
        for fold in range(5)
    )
    write_manifest(
        project.models_folder / "demo",
        manifest.model_copy(update={"name": "demo", "folds": entries}),
    )
    row = CaseScores(project).row("case_00700")
    assert chips_of(row)["never fitted"] == "Never fitted in training by folds 1, 3 of 4"
    mask = make_mask(0)
    mask[0, 0, 0] = 1
    Revisions(project).save("case_00700", mask)
    assert "never fitted" not in chips_of(CaseScores(project).row("case_00700"))


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


def test_predictions_of_models_made_elsewhere_come_in_whole(project, tmp_path):
    base = after_cross_validation(project, without_tumor(make_mask(0)), saw=(1, 2, 3, 4))
    there = tmp_path / "residual-1"
    (project.predictions_folder / "demo").rename(there)
    project.store.set_fact("predictions_key", "")
    predictions = Predictions(project)
    assert predictions.import_folder(there, "residual-1", "unknown") == {}
    assert predictions.heldout("case_00700") is not None, "what they say counts, not the word"
    assert fitted_of(predictions, "case_00700", base) is not None
    assert CaseScores(project).row("case_00700").misfit == 1.0
    assert (there / "case_00700" / "scores.json").is_file()


def test_a_prediction_of_another_image_is_refused(project, tmp_path):
    after_cross_validation(project, None, saw=(1, 2, 3, 4))
    there = tmp_path / "residual-1"
    (project.predictions_folder / "demo").rename(there)
    (there / "case_00700").rename(there / "case_00701")
    with pytest.raises(NothingImported, match="fits a case") as refused:
        Predictions(project).import_folder(there, "residual-1", "none")
    assert "another image" in refused.value.advice
    assert not (project.predictions_folder / "residual-1").exists()
