from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel

from kitsdesk.project.model_facts import ModelFacts, ShelfFacts
from kitsdesk.ui.models.models_sheet import ModelsSheet
from kitsdesk.ui.parts.buttons import KeyedButton
from kitsdesk.ui.parts.tick import Tick

PLAIN = ModelFacts(
    "plain_2026",
    "plain",
    (0, 1, 2, 3, 4),
    ("kidney", "tumor"),
    (3.22, 1.62, 1.62),
    "trained from 2026-11-01_100000, preset kits2019",
    "2026-11-02T09:00:00+00:00",
    "saw 206 cases",
    in_use=True,
)
RESIDUAL = replace(PLAIN, name="residual_2026", architecture="residual", in_use=False)
GUEST = replace(RESIDUAL, name="guest", source="nnU-Net: Dataset220", folds=(0,))
FACTS = ShelfFacts((PLAIN, RESIDUAL, GUEST), previous=("demo",), unreadable=("torn",))


@pytest.fixture
def sheet(shown):
    made = shown(ModelsSheet(), 832, 600)
    made.show_models(FACTS)
    return made


def words_of(widget):
    return [label.text() for label in widget.findChildren(QLabel) if not label.isHidden()]


def tick_of(sheet, name):
    return next(t for t in sheet.findChildren(Tick) if t.accessibleName().startswith(f"{name}:"))


def button(sheet, text):
    return next(b for b in sheet.findChildren(KeyedButton) if b.text() == text)


def test_every_model_says_what_it_is_where_it_is_from_and_what_it_saw(sheet):
    said = words_of(sheet)
    assert "residual · 5 folds (0, 1, 2, 3, 4) · kidney, tumor · 3.22×1.62×1.62 mm" in said
    assert "residual · 1 fold (0) · kidney, tumor · 3.22×1.62×1.62 mm" in said
    assert "NnU-Net: Dataset220 · made 2026-11-02 · saw 206 cases" not in said
    assert "nnU-Net: Dataset220 · made 2026-11-02 · saw 206 cases" in said
    assert "3 models, 1 in use · torn cannot be read" in said
    assert said.count("in use") == 1
    assert sheet.ticked() == ["plain_2026"]


def test_two_ticks_ask_for_an_ensemble(sheet, qtbot):
    with qtbot.waitSignal(sheet.chosen) as weighed:
        tick_of(sheet, "residual_2026").click()
    assert sorted(weighed.args[0]) == ["plain_2026", "residual_2026"]
    sheet.set_choice("", "10 folds predict together.")
    use = button(sheet, "Use 2 models together")
    assert use.isEnabled()
    with qtbot.waitSignal(sheet.useAsked) as asked:
        use.click()
    assert sorted(asked.args[0]) == ["plain_2026", "residual_2026"]


def test_a_choice_that_cannot_be_used_says_why(sheet):
    sheet.set_choice("guest was trained for other structures.", "")
    use = button(sheet, "Use this model")
    assert not use.isEnabled()
    assert use.toolTip() == "guest was trained for other structures."
    assert "guest was trained for other structures." in words_of(sheet)


def test_ticks_stay_when_a_model_is_added_and_go_with_another_one_in_use(sheet):
    tick_of(sheet, "guest").click()
    sheet.renew_models(replace(FACTS, models=(*FACTS.models, replace(GUEST, name="new"))))
    assert sorted(sheet.ticked()) == ["guest", "plain_2026"]
    changed = (replace(PLAIN, in_use=False), replace(RESIDUAL, in_use=True), GUEST)
    sheet.renew_models(replace(FACTS, models=changed))
    assert sheet.ticked() == ["residual_2026"]


def test_roll_back_says_where_to_and_is_off_with_nothing_before(sheet, qtbot):
    back = button(sheet, "Roll back")
    assert back.toolTip() == "Back to demo"
    with qtbot.waitSignal(sheet.rollBackAsked):
        back.click()
    sheet.show_models(replace(FACTS, previous=()))
    assert not back.isEnabled()


def test_a_model_is_checked_and_what_was_found_is_beside_it(sheet, qtbot):
    row = sheet._list["guest"]
    verify = next(b for b in row.findChildren(KeyedButton) if b.text() == "Verify")
    with qtbot.waitSignal(sheet.verifyAsked) as asked:
        qtbot.mouseClick(verify, Qt.MouseButton.LeftButton)
    assert asked.args == ["guest"]
    sheet.set_verified("guest", "Checking…", None)
    assert not verify.isEnabled()
    sheet.set_verified("guest", "fold_0.safetensors does not match its hash.", False)
    assert verify.isEnabled()
    assert "fold_0.safetensors does not match its hash." in words_of(row)
    sheet.set_verified("not there", "", True)


def test_a_project_without_a_model_says_what_to_do(sheet, qtbot):
    sheet.show_models(ShelfFacts(()))
    qtbot.waitUntil(lambda: any("add or import one" in words for words in words_of(sheet)))
    assert sheet.ticked() == []
