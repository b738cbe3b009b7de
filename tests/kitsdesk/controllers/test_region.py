"""Predict region with a real model in the warm process: offered, taken as one edit, undone."""

from __future__ import annotations

import numpy as np
import pytest
from desk_cases import DrivenDesk

from trainer.imaging.mask_file import read_mask

BOX = (4, 14, 20, 60, 10, 70)


@pytest.fixture
def desk(qtbot, project):
    driven = DrivenDesk(qtbot, project).start()
    driven.canvas.box = BOX
    yield driven
    driven.close()


def region_of(desk, case):
    folder = desk.session.predictions.folder(case.case)
    return sorted(path.name for path in folder.glob("region-*.nii.gz")), folder


def predict(desk):
    asked = len(desk.shell.questions)
    desk.region.predict()
    desk.qtbot.waitUntil(lambda: len(desk.shell.questions) > asked, timeout=120000)
    desk.rest()


def test_the_region_is_one_named_edit_and_undo_takes_it_back(desk):
    case = desk.show(desk.session.project.cases()[0].case)
    before, inside = case.mask.copy(), np.zeros(case.mask.shape, bool)
    inside[4:14, 20:60, 10:70] = True
    predict(desk)
    names, folder = region_of(desk, case)
    assert names == ["region-1.nii.gz"]
    assert desk.shell.questions[-1].endswith("Take it into the mask?")
    assert desk.history() == ["Predict region"]
    written = read_mask(folder / "region-1.nii.gz", like=case.volume.geometry).array
    assert not written[~inside].any()
    assert np.array_equal(case.mask[inside], written[inside])
    assert np.array_equal(case.mask[~inside], before[~inside])
    heldout = desk.session.predictions.heldout(case.case)
    assert np.array_equal(written[inside], heldout[inside]), "as predicting the whole case"
    assert desk.canvas.prediction is case.prediction
    desk.editing.undo()
    assert desk.said == "Undone: Predict region"
    assert np.array_equal(case.mask, before)


def test_a_region_that_is_not_wanted_changes_nothing_and_stays_as_a_file(desk):
    case = desk.show(desk.session.project.cases()[0].case)
    before = case.mask.copy()
    desk.shell.answer = False
    predict(desk)
    assert desk.history() == []
    assert np.array_equal(case.mask, before)
    assert region_of(desk, case)[0] == ["region-1.nii.gz"]
    assert desk.canvas.prediction is case.prediction


def test_with_nothing_in_view_it_says_so(desk):
    desk.show(desk.session.project.cases()[0].case)
    desk.canvas.box = None
    desk.region.predict()
    assert desk.said == "Nothing of the image is in view."
