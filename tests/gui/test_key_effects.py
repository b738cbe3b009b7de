"""What each key does to the case on the canvases, and that every hold has a toggle."""

from __future__ import annotations

import numpy as np
import pytest
from keyed_window import canvas_of, drag, field_of
from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import QEnterEvent, QKeyEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from kitsdesk.compose.view_commands import FLICKER_MS
from kitsdesk.ui.actions.action_ids import ActionId as Id
from kitsdesk.ui.actions.key_book import active_keys

pytestmark = pytest.mark.gui
Key = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def slice_shown(desk) -> int:
    return desk.canvas.scene.index_of(0)


EFFECTS = (
    (Key.Key_Up, NONE, lambda d: slice_shown(d), lambda was: was + 1),
    (Key.Key_Down, NONE, lambda d: slice_shown(d), lambda was: was - 1),
    (Key.Key_PageUp, NONE, lambda d: slice_shown(d), lambda was: min(was + 10, 19)),
    (Key.Key_PageDown, NONE, lambda d: slice_shown(d), lambda was: max(was - 10, 0)),
    (Key.Key_Home, NONE, lambda d: slice_shown(d), lambda _was: 19),
    (Key.Key_End, NONE, lambda d: slice_shown(d), lambda _was: 0),
    (Key.Key_B, NONE, lambda d: d.desk.editing.tool, lambda _was: "brush"),
    (Key.Key_E, NONE, lambda d: d.desk.editing.tool, lambda _was: "eraser"),
    (Key.Key_L, NONE, lambda d: d.desk.editing.tool, lambda _was: "lasso"),
    (Key.Key_F, NONE, lambda d: d.desk.editing.tool, lambda _was: "fill"),
    (Key.Key_M, NONE, lambda d: d.desk.editing.tool, lambda _was: "ruler"),
    (Key.Key_0, NONE, lambda d: d.desk.editing.structure, lambda _was: 0),
    (Key.Key_1, NONE, lambda d: d.desk.editing.structure, lambda _was: 1),
    (Key.Key_3, NONE, lambda d: d.desk.editing.structure, lambda _was: 3),
    (Key.Key_2, NONE, lambda d: d.desk.editing.structure, lambda _was: 2),
    (Key.Key_Plus, SHIFT, lambda d: d.desk.editing.diameter_mm, lambda was: round(was * 1.1, 1)),
    (Key.Key_BracketLeft, NONE, lambda d: d.desk.editing.diameter_mm, lambda w: round(w / 1.1, 1)),
    (Key.Key_Comma, NONE, lambda d: d.canvas.scene.opacity, lambda w: pytest.approx(w - 0.1)),
    (Key.Key_Period, NONE, lambda d: d.canvas.scene.opacity, lambda w: pytest.approx(w + 0.1)),
    (Key.Key_X, NONE, lambda d: d.canvas.layout_name(), lambda _was: "axial"),
    (Key.Key_1, ALT, lambda d: d.canvas.window_level(), lambda _was: (400, 40)),
    (Key.Key_2, ALT, lambda d: d.canvas.window_level(), lambda _was: (300, 40)),
    (Key.Key_3, ALT, lambda d: d.canvas.window_level(), lambda _was: (150, 90)),
    (Key.Key_4, ALT, lambda d: d.canvas.window_level(), lambda _was: (1500, 400)),
    (Key.Key_5, ALT, lambda d: d.canvas.window_level(), lambda _was: (1500, -600)),
    (Key.Key_0, ALT, lambda d: d.canvas.window_level(), lambda _was: (400, 40)),
)


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda e: f"{int(e[0]):x}-{e[1].value >> 25}")
def test_what_a_key_does_in_a_canvas(desk, effect):
    key, modifiers, value, expected = effect
    desk.canvas.go_to_slice(0, 9)
    desk.desk.editing.set_diameter(12.0)
    before = value(desk)
    QTest.keyClick(canvas_of(desk), key, modifiers)
    assert value(desk) == expected(before)


def test_the_network_window_is_the_models_clip_range(desk):
    plan = desk.desk.session.models.manifest("tiny").plan
    QTest.keyClick(canvas_of(desk), Key.Key_6, ALT)
    width, level = desk.canvas.window_level()
    assert width == pytest.approx(plan.clip_high - plan.clip_low)
    assert level == pytest.approx((plan.clip_high + plan.clip_low) / 2)


def test_escape_goes_back_to_navigate(desk):
    overlay = canvas_of(desk)
    QTest.keyClick(overlay, Key.Key_B)
    QTest.keyClick(overlay, Key.Key_Escape)
    assert desk.desk.editing.tool == "navigate"


def test_g_swaps_and_t_flickers_three_times_a_second_at_most(desk, qtbot):
    overlay = canvas_of(desk)
    QTest.keyClick(overlay, Key.Key_G)
    assert desk.canvas.scene.source == "prediction"
    QTest.keyClick(overlay, Key.Key_G)
    assert desk.canvas.scene.source == "working"
    QTest.keyClick(overlay, Key.Key_T)
    qtbot.waitUntil(lambda: desk.canvas.scene.source == "prediction", timeout=5000)
    QTest.keyClick(overlay, Key.Key_T)
    assert desk.canvas.scene.source == "working"
    assert FLICKER_MS > 1000 / 3


def test_k_settles_the_chosen_disagreement_for_the_mask_and_writes_nothing(desk, qtbot):
    review, case = desk.desk.review, desk.desk.session.case
    qtbot.waitUntil(lambda: review.ready, timeout=30000)
    mask, overlay = case.mask.copy(), canvas_of(desk)
    review.select(0)
    with qtbot.waitSignal(review.settled, timeout=5000) as told:
        QTest.keyClick(overlay, Key.Key_K)
    assert told.args == [review.keys[0], "kept"]
    qtbot.waitUntil(
        lambda: review.settling.known(case.case).get((case.case, review.keys[0])) == "kept",
        timeout=10000,
    )
    assert np.array_equal(case.mask, mask)
    assert case.history.position == 0
    assert desk.desk.session.decisions.current(case.case).decision == "unreviewed"


def test_h_hides_while_it_is_down_and_the_hold_ends_with_the_focus(desk):
    overlay = canvas_of(desk)
    QTest.keyPress(overlay, Key.Key_H)
    assert not desk.canvas.scene.mask_visible
    QTest.keyRelease(overlay, Key.Key_H)
    assert desk.canvas.scene.mask_visible
    QTest.keyPress(overlay, Key.Key_H)
    field_of(desk)
    assert desk.canvas.scene.mask_visible
    desk.window.run_action(Id.SHOW_MASK)
    assert not desk.canvas.scene.mask_visible
    desk.window.run_action(Id.SHOW_MASK)
    assert desk.canvas.scene.mask_visible


def test_space_pans_and_c_moves_the_crosshair_in_any_tool_each_with_a_toggle(desk):
    overlay = canvas_of(desk)
    QTest.keyClick(overlay, Key.Key_B)
    mask, view = desk.desk.session.case.mask.copy(), desk.canvas.slices["axial"]
    for begin, end in (
        (
            lambda: QTest.keyPress(overlay, Key.Key_Space),
            lambda: QTest.keyRelease(overlay, Key.Key_Space),
        ),
        (lambda: desk.window.run_action(Id.LEFT_PAN), lambda: desk.window.run_action(Id.LEFT_PAN)),
    ):
        under = view.projection.to_plane(120, 120)
        begin()
        drag(overlay, (120, 120), (150, 130))
        end()
        assert view.projection.to_plane(150, 130) == pytest.approx(under)
    for begin, end in (
        (lambda: QTest.keyPress(overlay, Key.Key_C), lambda: QTest.keyRelease(overlay, Key.Key_C)),
        (
            lambda: desk.window.run_action(Id.LEFT_CROSSHAIR),
            lambda: desk.window.run_action(Id.LEFT_CROSSHAIR),
        ),
    ):
        before = desk.canvas.crosshair()
        begin()
        drag(overlay, (120, 120), (170, 190))
        end()
        assert desk.canvas.crosshair() != before
        desk.canvas.set_crosshair(before)
    assert np.array_equal(desk.desk.session.case.mask, mask)


def test_ctrl_erases_the_active_structure_and_so_does_its_toggle(desk):
    case, overlay = desk.desk.session.case, canvas_of(desk)
    case.mask[:] = 0
    case.mask[:, 20:60, 20:60] = 2
    desk.canvas.refresh_mask(None)
    desk.canvas.set_crosshair(tuple(case.volume.to_mm((9, 40, 40))))
    QTest.keyClick(overlay, Key.Key_2)
    QTest.keyClick(overlay, Key.Key_B)
    middle = desk.canvas.slices["axial"].projection.to_canvas(40 * 5.0, 40 * 5.0)
    before = int((case.mask == 2).sum())
    drag(overlay, middle, (middle[0] + 3, middle[1]), CTRL)
    erased = int((case.mask == 2).sum())
    assert erased < before
    desk.desk.editing.undo()
    desk.window.run_action(Id.ERASING)
    drag(overlay, middle, (middle[0] + 3, middle[1]))
    desk.window.run_action(Id.ERASING)
    assert int((case.mask == 2).sum()) == erased
    desk.desk.editing.undo()


def test_a_digit_is_the_key_and_not_the_sign_it_types(desk):
    """On a French keyboard the key of 2 types é; its X11 scan code is 11."""
    overlay = canvas_of(desk)
    desk.desk.editing.choose_structure(1)

    def send(kind, modifiers, text):
        event = QKeyEvent(kind, Key.Key_Eacute, modifiers, 11, 0xE9, 0, text)
        QApplication.sendEvent(overlay, event)
        return event

    override = send(QEvent.Type.ShortcutOverride, NONE, "é")
    assert override.isAccepted()
    send(QEvent.Type.KeyPress, NONE, "é")
    assert desk.desk.editing.structure == 2
    assert send(QEvent.Type.ShortcutOverride, ALT, "").isAccepted()
    send(QEvent.Type.KeyPress, ALT, "")
    assert desk.canvas.window_level() == (300, 40)


def test_enter_and_escape_in_a_field_give_the_keys_back_to_the_canvas(desk, qtbot):
    for key in (Key.Key_Return, Key.Key_Escape):
        field = field_of(desk)
        QTest.keyClick(field, key)
        overlay = desk.canvas.canvases()["axial"].overlay
        qtbot.waitUntil(overlay.hasFocus, timeout=5000)


def test_ctrl_z_in_a_field_takes_typing_back_and_no_edit(desk):
    case, overlay = desk.desk.session.case, canvas_of(desk)
    QTest.keyClick(overlay, Key.Key_B)
    QTest.keyClick(overlay, Key.Key_1 if (case.mask == 2).any() else Key.Key_2)
    middle = overlay.rect().center()
    drag(overlay, (middle.x(), middle.y()), (middle.x() + 12, middle.y()))
    painted, edits = case.mask.copy(), case.history.position
    assert edits > 0
    field = field_of(desk)
    QTest.keyClicks(field, "12")
    assert field.text() == "12"
    QTest.keyClick(field, Key.Key_Z, CTRL)
    assert field.text() != "12"
    assert np.array_equal(case.mask, painted)
    assert case.history.position == edits
    QTest.keyClick(canvas_of(desk), Key.Key_Z, CTRL)
    assert case.history.position == edits - 1


def test_research_zooms_by_right_drag_and_sets_the_window_by_left_drag_in_its_mode(desk):
    overlay, view = canvas_of(desk), desk.canvas.slices["axial"]
    desk.preferences._set_mouse("research")
    zoom, window = view.projection.zoom, desk.canvas.window_level()
    drag(overlay, (120, 150), (120, 90), button=Qt.MouseButton.RightButton)
    assert view.projection.zoom > zoom
    assert desk.canvas.window_level() == window
    QTest.keyClick(overlay, Key.Key_W)
    drag(overlay, (120, 150), (160, 150))
    assert desk.canvas.window_level()[0] > window[0]
    QTest.keyClick(overlay, Key.Key_Escape)
    crosshair, window = desk.canvas.crosshair(), desk.canvas.window_level()
    drag(overlay, (120, 150), (160, 190))
    assert desk.canvas.window_level() == window
    assert desk.canvas.crosshair() != crosshair
    desk.preferences._set_mouse("radiology")
    assert desk.settings.mouse == "radiology"


def test_an_edited_key_works_shows_everywhere_and_is_kept(desk, asked):
    overlay = canvas_of(desk)
    active_keys().set_keys(Id.TOOL_BRUSH, ("P",))
    QTest.keyClick(overlay, Key.Key_B)
    QTest.keyClick(overlay, Key.Key_P)
    assert asked == [Id.TOOL_BRUSH]
    assert desk.settings.keys == {"segment.brush": ["P"]}
    assert desk.window.registry.action(Id.TOOL_BRUSH).text().endswith("\tP")
    assert (
        "(P)"
        in desk.window.tools.findChild(type(desk.window.tools._palette))._cells["brush"].toolTip()
    )
    active_keys().set_keys(Id.DONE_AND_NEXT, ("Ctrl+M",))
    QTest.keyClick(overlay, Key.Key_Return, CTRL)
    QTest.keyClick(overlay, Key.Key_M, CTRL)
    assert asked == [Id.TOOL_BRUSH, Id.DONE_AND_NEXT]
    active_keys().reset_all()
    QTest.keyClick(overlay, Key.Key_B)
    assert asked[-1] == Id.TOOL_BRUSH
    assert desk.settings.keys == {}


def test_the_pointer_brings_the_keys_to_the_canvas(desk):
    field_of(desk)
    overlay = desk.canvas.canvases()["coronal"].overlay
    place = QPointF(60, 60)
    QApplication.sendEvent(overlay, QEnterEvent(place, place, place))
    assert overlay.hasFocus()
