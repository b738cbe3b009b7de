"""Which folds stand behind a disagreement is found from their masks and kept with it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from kitsdesk.project.component_finding import ComponentFinder
from kitsdesk.project.component_store import Components

from .conftest import make_mask, put_prediction

CASE, SAW = "case_00700", (0, 2, 3, 4)


@pytest.fixture
def predicted(project):
    """Folds 1 and 3 find a second tumor, which the reference does not have; 1 is held out."""
    truth = make_mask(0)
    wrong = truth.copy()
    wrong[3:8, 2:8, 2:8] = 2
    folds = [wrong if fold in (1, 3) else truth for fold in range(5)]
    put_prediction(project, CASE, wrong, folds, saw=SAW)
    return project


def test_each_folds_vote_is_found_in_its_mask(predicted):
    found = [part for part in ComponentFinder(predicted).find(CASE) if not part.boundary]
    assert found
    for part in found:
        assert [vote.fold for vote in part.fold_pattern if vote.agrees] == [1, 3]
        assert [vote.fold for vote in part.fold_pattern if vote.saw] == list(SAW)
        assert part.folds_agree == 2


def test_folds_that_lack_what_the_mask_alone_has_agree_with_the_prediction(project):
    truth = make_mask(0)
    without = np.where(truth == 2, 1, truth).astype(np.uint8)
    put_prediction(project, CASE, without, [without, truth, without, truth, truth])
    [part] = [part for part in ComponentFinder(project).find(CASE) if not part.boundary]
    assert not part.prediction_only
    assert [vote.fold for vote in part.fold_pattern if vote.agrees] == [0, 2]


def test_patterns_are_kept(predicted):
    found = ComponentFinder(predicted).find(CASE)
    assert Components(predicted).of(CASE) == found
    assert ComponentFinder(predicted).known([CASE]) == found
    assert ComponentFinder(predicted).missing([CASE]) == []


def test_rows_of_an_older_version_are_read_and_found_again(predicted):
    finder = ComponentFinder(predicted)
    found = finder.find(CASE)
    with predicted.store.transaction() as connection:
        for place, text in connection.execute("SELECT place, record FROM components").fetchall():
            record = json.loads(text)
            del record["fold_pattern"]
            connection.execute(
                "UPDATE components SET record = ? WHERE place = ?", (json.dumps(record), place)
            )
        connection.execute("UPDATE component_sets SET made_from = substr(made_from, 10)")
    former = finder.known([CASE])
    assert [part.key for part in former] == [part.key for part in found]
    assert all(part.fold_pattern == () for part in former)
    assert finder.missing([CASE]) == [CASE]
    assert finder.find(CASE) == found
    assert finder.missing([CASE]) == []


def test_rows_of_another_mask_are_not_taken_for_older_ones(predicted):
    finder = ComponentFinder(predicted)
    finder.find(CASE)
    with predicted.store.transaction() as connection:
        connection.execute("UPDATE component_sets SET made_from = 'another mask'")
    assert finder.known([CASE]) == []
