"""Predict region with a real model in the warm process: offered, taken as one edit, undone."""

from __future__ import annotations

import numpy as np
import pytest
from desk_cases import DrivenDesk

from kitsdesk.editing.box import box_slices
from trainer.imaging.mask_file import read_mask

BOX = (4, 8, 10, 20, 10, 20)


@pytest.fixture
def desk(qtbot, project):
    driven = DrivenDesk(qtbot, project).start()
    driven.asked = []
    driven.shell.choose = lambda question, options, answered, **_: driven.asked.append(answered)
    yield driven
    driven.close()


def region_of(desk, case):
    folder = desk.session.predictions.folder(case.case)
    return sorted(path.name for path in folder.glob("region-*.nii.gz")), folder


def draw(desk):
    """Drag a box in the axial view, and return its voxels."""
    desk.drag((9, 20, 10), (9, 40, 40), (9, 59, 69))
    return desk.boxes.box


def predict(desk):
    asked = len(desk.shell.questions)
    desk.region.predict()
    box = draw(desk)
    assert desk.region.confirm()
    assert not desk.boxes.on
    desk.qtbot.waitUntil(lambda: len(desk.shell.questions) > asked, timeout=300000)
    desk.rest()
    return box


def test_the_region_is_one_named_edit_and_undo_takes_it_back(desk):
    case = desk.show(desk.session.project.cases()[0].case)
    before, inside = case.mask.copy(), np.zeros(case.mask.shape, bool)
    box = predict(desk)
    assert np.prod([high - low for low, high in zip(box[::2], box[1::2], strict=True)]) > 100
    inside[box_slices(box)] = True
    names, folder = region_of(desk, case)
    assert names == ["region-1.nii.gz"]
    assert desk.shell.questions[-1].endswith("Take it into the mask?")
    assert desk.history() == ["Predict region"]
    written = read_mask(folder / "region-1.nii.gz", like=case.volume.geometry).array
    assert not written[~inside].any()
    assert np.array_equal(case.mask[inside], written[inside])
    assert np.array_equal(case.mask[~inside], before[~inside])
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


def test_esc_and_another_tool_end_the_drawing(desk):
    desk.show(desk.session.project.cases()[0].case)
    desk.region.predict()
    assert desk.boxes.on
    assert desk.region.cancel()
    assert (desk.region.drawing, desk.boxes.on) == (False, False)
    assert not desk.region.cancel()
    desk.region.predict()
    draw(desk)
    desk.editing.choose_tool("brush")
    assert (desk.region.drawing, desk.boxes.on, desk.boxes.box) == (False, False, None)
    assert not desk.region.confirm()
    assert desk.jobs.busy is False


def test_without_a_box_enter_says_what_to_do_and_the_part_in_view_is_offered(desk):
    case = desk.show(desk.session.project.cases()[0].case)
    desk.region.predict()
    assert desk.region.confirm()
    assert desk.said == "Drag a box in a view first, then press Enter."
    assert desk.region.drawing
    desk.canvas.box = None
    desk.asked[-1]("in view")
    assert desk.said == "Nothing of the image is in view."
    assert not desk.region.drawing
    desk.canvas.box = BOX
    desk.region.predict()
    asked = len(desk.shell.questions)
    desk.asked[-1]("in view")
    desk.qtbot.waitUntil(lambda: len(desk.shell.questions) > asked, timeout=300000)
    desk.rest()
    assert region_of(desk, case)[0] == ["region-1.nii.gz"]
