from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import binary_dilation, binary_erosion

from kitsdesk.project.predictions import Predictions
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.boundaries import AT_MOST, gathered, is_boundary, listed
from kitsdesk.review.claims import claim_detail, claim_sentence, claim_title
from kitsdesk.review.disagreement import agrees, find_disagreements
from kitsdesk.review.foreground_box import slices_of
from trainer.imaging.geometry import Geometry
from trainer.imaging.volume import Volume

FACE = np.zeros((3, 3, 3), bool)
FACE[1], FACE[:, 1, 1] = [[0, 1, 0], [1, 1, 1], [0, 1, 0]], True


def grid(shape, spacing) -> Volume:
    z, y, x = shape
    geometry = Geometry((x, y, z), spacing[::-1], (0, 0, 0), (1, 0, 0, 0, 1, 0, 0, 0, 1))
    return Volume(np.full(shape, 30, np.int16), geometry)


def the_part(shape, spacing):
    """The one disagreement of an empty mask with a block of this shape in voxels."""
    mask, prediction = np.zeros((2, *(length + 4 for length in shape)), np.uint8)
    prediction[2 : 2 + shape[0], 2 : 2 + shape[1], 2 : 2 + shape[2]] = 1
    [found] = find_disagreements(mask, prediction, grid(mask.shape, spacing))
    return found


@pytest.mark.parametrize(
    ("shape", "spacing", "thin"),
    [
        ((1, 20, 20), (5.0, 0.8, 0.8), True),  # a slice more, however thick slices are
        ((2, 20, 20), (5.0, 0.8, 0.8), False),
        ((6, 20, 2), (3.0, 0.8, 0.8), True),  # 1.6 mm
        ((6, 20, 3), (3.0, 0.8, 0.8), False),  # 2.4 mm
        ((6, 20, 1), (3.0, 2.5, 2.5), True),
        ((6, 20, 2), (3.0, 2.5, 2.5), False),
        ((2, 8, 8), (3.0, 0.8, 0.8), False),  # a lesion of 0.25 ml in two slices
        ((20, 20, 4), (0.5, 0.5, 0.5), True),  # 2 mm
        ((20, 20, 5), (0.5, 0.5, 0.5), False),
    ],
)
def test_thin_is_one_voxel_or_two_millimetres_whichever_is_more(shape, spacing, thin):
    assert is_boundary(the_part(shape, spacing), spacing) is thin


def shells_and_a_tumor(patient):
    """The right kidney a voxel larger, the left one a voxel smaller, a tumor not in the mask."""
    prediction = patient.mask.copy()
    left = np.arange(patient.mask.shape[2]) > 60
    kidney = patient.mask > 0
    prediction[binary_dilation(kidney, FACE) & ~kidney & ~left] = 1
    prediction[kidney & ~binary_erosion(kidney, FACE) & left] = 0
    prediction[patient.ball((20, 45, 92), 9)] = 2
    return prediction


def test_real_parts_come_first_and_all_shells_are_one_last_entry(patient):
    prediction = shells_and_a_tumor(patient)
    found = find_disagreements(patient.mask, prediction, patient.volume)
    rows = listed(found, patient.volume.spacing)
    assert [bool(row.parts) for row in rows] == [False, True]
    assert rows[0].structure == 2
    shells = rows[1]
    assert {part.prediction_only for part in shells.parts} == {True, False}
    assert shells.ml == pytest.approx(sum(part.ml for part in found) - rows[0].ml)
    largest = max(shells.parts, key=lambda part: part.ml)
    assert (shells.centre, shells.prediction_only) == (largest.centre, largest.prediction_only)
    assert shells.crop.sum() * patient.volume.voxel_ml == pytest.approx(shells.ml)


def test_the_entry_says_how_many_places_and_how_much(patient):
    prediction = shells_and_a_tumor(patient)
    found = find_disagreements(patient.mask, prediction, patient.volume)
    shells = listed(found, patient.volume.spacing)[-1]
    ml = f"{shells.ml:.1f} ml in all"
    assert len(shells.parts) > 1
    assert claim_title(shells) == f"Boundary differences, {len(shells.parts)} places"
    assert claim_detail(shells) == ml
    assert claim_sentence(shells) == f"{claim_title(shells)}, {ml}"
    assert claim_title(gathered(shells.parts[:1])) == "Boundary differences, 1 place"


def test_taking_the_entry_takes_every_shell_and_nothing_else(patient):
    prediction = shells_and_a_tumor(patient)
    found = find_disagreements(patient.mask, prediction, patient.volume)
    tumor, shells = listed(found, patient.volume.spacing)
    working, cut = patient.mask.copy(), slices_of(shells.box)
    working[cut] = np.where(shells.crop, prediction[cut], working[cut])
    assert agrees(shells, working[cut], prediction[cut])
    [left] = find_disagreements(working, prediction, patient.volume)
    assert np.array_equal(left.crop, tumor.crop)
    assert left.box == tumor.box


def test_without_shells_there_is_no_entry_and_a_long_list_keeps_the_largest():
    volume = grid((4, 62, 62), (5.0, 5.0, 5.0))
    mask, prediction = np.zeros((2, 4, 62, 62), np.uint8)
    for y in range(1, 60, 4):
        for x in range(1, 60, 4):
            prediction[1:3, y : y + 2, x : x + 2] = 1
    prediction[1:4, 1:3, 1:3] = 1
    rows = listed(find_disagreements(mask, prediction, volume), volume.spacing)
    assert len(rows) == AT_MOST
    assert rows[0].ml > rows[1].ml
    assert not any(row.parts for row in rows)
    assert listed([], volume.spacing) == []
    with pytest.raises(ValueError, match="no boundary"):
        gathered([])


def test_on_real_predictions_of_phantoms_no_voxel_gets_lost(predicted):
    with Workspace.open(predicted, read_only=True) as workspace:
        for record in workspace.cases():
            volume = workspace.read_case(record.case)
            mask = Revisions(workspace).load(record.case)[0]
            prediction = Predictions(workspace).heldout(record.case)
            found = find_disagreements(mask, prediction, volume)
            rows = listed(found, volume.spacing)
            assert sum(row.ml for row in rows) == pytest.approx(sum(part.ml for part in found))
            assert all(row.crop[tuple(np.subtract(row.centre, row.box[::2]))] for row in rows)
            assert [bool(row.parts) for row in rows[:-1]] == [False] * (len(rows) - 1)
