"""Disagreements as records: named by their voxels, packed, queued, compared with each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kitsdesk.review.alike import OTHER_FOLDS, most_alike
from kitsdesk.review.boundaries import listed
from kitsdesk.review.components import Component, component_key, components_of
from kitsdesk.review.disagreement import find_disagreements
from kitsdesk.review.packed_pictures import packed, unpacked
from kitsdesk.review.pictures import disagreement_picture
from kitsdesk.review.queue_rows import QueueFilter, QueueRow, in_order, reasons_among


def with_ball(patient, centre, radius, structure):
    changed = patient.mask.copy()
    changed[patient.ball(centre, radius)] = structure
    return changed


def found_in(patient, mask, prediction):
    parts = find_disagreements(mask, prediction, patient.volume)
    return listed(parts, patient.volume.spacing)


def test_a_record_says_what_the_panel_says(patient):
    prediction = with_ball(patient, (14, 45, 90), 9, 2)
    found = found_in(patient, patient.mask, prediction)
    [record] = components_of("case_00700", found, patient.mask, prediction, patient.volume)
    assert record.title == "Tumor missing in the reference, left lower pole"
    assert record.sentence.startswith(record.title)
    assert record.ml == pytest.approx(found[0].ml)
    assert (record.side, record.distance_mm, record.boundary) == ("left", 0.0, False)


def test_the_distance_is_to_the_nearest_kidney(patient):
    prediction = with_ball(patient, (20, 45, 60), 8, 1)
    found = found_in(patient, patient.mask, prediction)
    [record] = components_of("case_00700", found, patient.mask, prediction, patient.volume)
    assert record.distance_mm == pytest.approx(40, abs=3), "20 voxels of 2 mm to either kidney"


def test_a_key_names_voxels_and_what_is_said_of_them(patient):
    prediction = with_ball(patient, (14, 45, 90), 9, 2)
    [one] = found_in(patient, patient.mask, prediction)
    [again] = found_in(patient, patient.mask, prediction)
    [other_way] = found_in(patient, prediction, patient.mask)
    [larger] = found_in(patient, patient.mask, with_ball(patient, (14, 45, 90), 10, 2))
    keys = {component_key(part) for part in (one, other_way, larger)}
    assert len(keys) == 3
    assert component_key(again) == component_key(one)


def test_pictures_come_back_as_they_were(patient):
    prediction = with_ball(patient, (14, 45, 90), 9, 2)
    [found] = found_in(patient, patient.mask, prediction)
    picture = disagreement_picture(patient.volume, patient.mask, prediction, found)
    data = packed(picture)
    assert np.array_equal(unpacked(data), picture)
    assert len(data) < picture.nbytes / 3
    with pytest.raises(ValueError, match="packed picture"):
        unpacked(data[:20])


def component(case="case_00700", key="k", **values) -> Component:
    record = Component(
        case=case,
        place=0,
        key=key,
        title="Tumor missing in the reference, left lower pole",
        detail="",
        sentence="",
        structure=2,
        prediction_only=True,
        boundary=False,
        ml=3.0,
        centre=(1, 2, 3),
        mean_hu=60.0,
        kidney_hu=160.0,
        distance_mm=0.0,
        folds_agree=5,
        folds=5,
        side="left",
        pole="lower pole",
    )
    return replace(record, **values)


def test_the_largest_comes_first_then_case_then_place():
    rows = [
        QueueRow(component("case_00702", ml=1.0)),
        QueueRow(component("case_00701", place=1, ml=2.0)),
        QueueRow(component("case_00701", place=0, ml=2.0)),
        QueueRow(component("case_00700", ml=2.0)),
    ]
    assert [(r.component.case[-1], r.component.place) for r in in_order(rows)] == [
        ("0", 0),
        ("1", 0),
        ("1", 1),
        ("2", 0),
    ]


@pytest.mark.parametrize(
    ("row_filter", "keys"),
    [
        (QueueFilter(), "ab"),
        (QueueFilter(part="tumor"), "a"),
        (QueueFilter(part="kidney"), "b"),
        (QueueFilter(part="boundary"), "c"),
        (QueueFilter(direction="reference"), "b"),
        (QueueFilter(reason="tumor missed"), "a"),
        (QueueFilter(waiting_only=False), "abde"),
    ],
)
def test_filters(row_filter, keys):
    rows = [
        QueueRow(component(key="a"), reasons=("tumor missed",)),
        QueueRow(component(key="b", structure=1, prediction_only=False)),
        QueueRow(component(key="c", structure=1, boundary=True)),
        QueueRow(component(key="d"), state="kept"),
        QueueRow(component(key="e"), decision="excluded"),
    ]
    assert "".join(r.component.key for r in rows if row_filter.admits(r)) == keys
    assert reasons_among(rows) == ["tumor missed"]


def test_alike_means_hu_size_distance_folds_and_side_and_only_the_same_kind():
    anchor = component(key="a", mean_hu=60, ml=3.0)
    near = component("case_00701", "n", mean_hu=64, ml=2.8)
    denser = component("case_00702", "d", mean_hu=120, ml=3.0)
    other_side = component("case_00703", "s", mean_hu=64, ml=2.8, side="right")
    far = component("case_00704", "f", mean_hu=60, ml=1.0, distance_mm=40.0)
    doubted = component("case_00705", "v", mean_hu=60, ml=3.0, folds_agree=1)
    kidney = component("case_00706", "k", structure=1)
    extra = component("case_00707", "x", prediction_only=False)
    everything = [anchor, near, denser, other_side, far, doubted, kidney, extra]
    found = most_alike(anchor, everything, everything)
    names = [one.component.key for one in found]
    assert names[0] == "n"
    assert set(names) == set("nsdfv"), "neither itself nor another kind"
    assert found[0].why == "64 HU against 60, 2.8 ml against 3.0, 5 of 5 folds, same side"
    by_name = {one.component.key: one for one in found}
    hu = float(np.std([60, 64, 120, 64, 60, 60]))
    ml = float(np.std(np.log([3.0, 2.8, 3.0, 2.8, 1.0, 3.0])))
    expected = np.hypot(4 / hu, np.log(3.0 / 2.8) / ml)
    assert by_name["n"].distance == pytest.approx(expected)
    assert by_name["s"].distance == pytest.approx(np.hypot(expected, 1.0))
    assert by_name["d"].distance == pytest.approx(60 / hu)
    assert by_name["v"].distance == pytest.approx(OTHER_FOLDS * 0.8)
    assert "40 mm from the kidney" in by_name["f"].why


def test_of_one_alone_nothing_is_alike():
    anchor = component()
    assert most_alike(anchor, [anchor], [anchor]) == []
