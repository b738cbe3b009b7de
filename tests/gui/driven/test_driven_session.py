"""A day at the desk by mouse and keys: cases switched, decided, exported, the window reopened;
the files that are left are compared voxel by voxel."""

from __future__ import annotations

import json

import nibabel
import numpy as np
import pytest
from driven_project import CASES, OBLIQUE, STRAIGHT, THIRD, TUMOR_AT, OnDisk
from driven_window import open_project, open_window
from hands import CTRL, SHIFT
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QLineEdit

pytestmark = pytest.mark.gui
Key = Qt.Key


def shows(hand, case) -> bool:
    opened = hand.host.desk.session.case
    return opened is not None and opened.case == case


def open_case(hand, case):
    hand.host.open_case_at(case)
    hand.qtbot.waitUntil(lambda: shows(hand, case), timeout=60000)
    hand.rest()
    hand.look_at(TUMOR_AT)


def wait_for_another(hand, case) -> str:
    hand.qtbot.waitUntil(lambda: not shows(hand, case), timeout=60000)
    hand.rest()
    return hand.case.case


def newest(hand, case) -> OnDisk:
    return OnDisk(hand.host.desk.session.revisions.newest(case).path)


def test_edits_wait_for_the_case_to_come_back_and_undo_reaches_them(hand):
    open_case(hand, STRAIGHT)
    hand.key(Key.Key_B)
    untouched = hand.drawn()
    hand.drag(TUMOR_AT)
    once = hand.drawn()
    hand.drag(np.add(TUMOR_AT, (0, 6, 0)))
    twice = hand.drawn()
    order = hand.host.window.cases.visible_cases()
    step = Key.Key_Right if order.index(STRAIGHT) == 0 else Key.Key_Left
    back = Key.Key_Left if step == Key.Key_Right else Key.Key_Right
    hand.key(step, CTRL)
    other = wait_for_another(hand, STRAIGHT)
    elsewhere = hand.drawn()
    hand.key(Key.Key_Z, CTRL)
    assert np.array_equal(hand.case.mask, elsewhere), "undo is the open case's own"
    hand.key(back, CTRL)
    assert wait_for_another(hand, other) == STRAIGHT
    assert hand.history() == ["Paint tumor, 12 mm"] * 2
    assert np.array_equal(hand.case.mask, twice)
    hand.key(Key.Key_Z, CTRL)
    assert np.array_equal(hand.case.mask, once)
    hand.key(Key.Key_Z, CTRL)
    assert np.array_equal(hand.case.mask, untouched)
    hand.key(Key.Key_Y, CTRL)
    hand.key(Key.Key_S, CTRL)
    hand.qtbot.waitUntil(lambda: hand.case.unsaved == 0, timeout=60000)
    hand.rest()
    assert (newest(hand, STRAIGHT).voxels == 2).sum() == (once == 2).sum()


def test_the_history_survives_the_end_of_the_window(hand, driven_folder, qtbot):
    open_case(hand, OBLIQUE)
    hand.key(Key.Key_B)
    untouched = hand.drawn()
    hand.drag(TUMOR_AT)
    hand.key(Key.Key_S, CTRL)
    hand.qtbot.waitUntil(lambda: hand.case.unsaved == 0, timeout=60000)
    hand.drag(np.add(TUMOR_AT, (0, 6, 0)))
    drawn = hand.drawn()
    hand.rest()
    hand.host.desk.session.close_project()
    again = open_window()
    try:
        later = open_project(again, qtbot, driven_folder)
        open_case(later, OBLIQUE)
        assert np.array_equal(later.case.mask, drawn)
        model = again.window.tools._history._model
        assert [model.index(row).data() for row in range(model.rowCount())] == [
            "Paint tumor, 12 mm",
            "Saved as r1",
            "Paint tumor, 12 mm",
            "Opened",
        ]
        later.key(Key.Key_Z, CTRL)
        later.key(Key.Key_Z, CTRL)
        assert np.array_equal(later.case.mask, untouched)
        later.key(Key.Key_S, CTRL)
        qtbot.waitUntil(lambda: later.case.unsaved == 0, timeout=60000)
        later.rest()
        source = OnDisk(later.case.record.reference)
        saved = newest(later, OBLIQUE)
        assert np.array_equal(saved.voxels, source.voxels)
        assert np.allclose(saved.affine, source.affine, atol=1e-5)
    finally:
        again.close()


def test_take_exclude_and_export_leave_exactly_what_was_decided(hand):
    host = hand.host
    workspace = host.desk.session.project
    open_case(hand, STRAIGHT)
    host.window.side.show_tab("review")
    hand.key(Key.Key_N)
    hand.key(Key.Key_Y)
    hand.rest()
    taken = hand.drawn()
    assert np.array_equal(taken == 2, hand.case.prediction == 2)
    hand.key(Key.Key_S, CTRL)
    hand.qtbot.waitUntil(lambda: hand.case.unsaved == 0, timeout=60000)
    hand.rest()
    predicted = OnDisk(host.desk.session.predictions.folder(STRAIGHT) / "heldout.nii.gz")
    assert np.array_equal(newest(hand, STRAIGHT).voxels == 2, predicted.voxels == 2)
    open_case(hand, THIRD)
    hand.key(Key.Key_X, CTRL | SHIFT)
    field = host.window.findChildren(QLineEdit)
    reason = next(f for f in field if f.isVisible() and "Reason" in f.placeholderText())
    QTest.keyClicks(reason, "second phase")
    QTest.keyClick(reason, Key.Key_Return)
    decisions = host.desk.session.decisions
    hand.qtbot.waitUntil(lambda: decisions.current(THIRD).decision == "excluded", timeout=30000)
    hand.rest()
    assert decisions.current(THIRD).reason == "second phase"
    exported = []
    host.desk.project.exported.connect(exported.append)
    hand.key(Key.Key_E, CTRL | SHIFT)
    layouts = host.window.centre.strip.options()
    assert set(layouts) >= {"nnunet", "kits"}
    QTest.mouseClick(layouts["nnunet"], Qt.MouseButton.LeftButton)
    hand.qtbot.waitUntil(lambda: bool(exported), timeout=120000)
    hand.rest()
    kept = [case for case in CASES if case != THIRD]
    labels = sorted((exported[0] / "labelsTr").glob("*.nii.gz"))
    assert [path.name.removesuffix(".nii.gz") for path in labels] == kept
    for path in labels:
        case = path.name.removesuffix(".nii.gz")
        untouched = workspace.case(case).reference
        expected = newest(hand, STRAIGHT) if case == STRAIGHT else OnDisk(untouched)
        written = nibabel.load(path)
        assert np.array_equal(np.asarray(written.dataobj), expected.voxels)
        assert np.allclose(written.affine, expected.affine, atol=1e-5)
    splits = json.loads((exported[0] / "splits_final.json").read_text(encoding="utf-8"))
    assert {case for fold in splits for part in fold.values() for case in part} == set(kept)


def test_only_the_open_case_was_written(hand, driven_template):
    source = driven_template.parent / "source"
    before = {path: path.read_bytes() for path in source.rglob("*.nii.gz")}
    open_case(hand, STRAIGHT)
    hand.key(Key.Key_B)
    hand.drag(TUMOR_AT)
    hand.key(Key.Key_S, CTRL)
    hand.qtbot.waitUntil(lambda: hand.case.unsaved == 0, timeout=60000)
    hand.rest()
    masks = hand.host.desk.session.project.folder / "masks"
    assert {path.parent.name for path in masks.rglob("r0001.nii.gz")} == {STRAIGHT}
    assert {path: path.read_bytes() for path in source.rglob("*.nii.gz")} == before
