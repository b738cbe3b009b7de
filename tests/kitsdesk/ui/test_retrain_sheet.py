from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import Qt
from sample_records import retrain_facts

from kitsdesk.project.retrain_facts import RetrainChoice
from kitsdesk.ui.retrain.retrain_sheet import RetrainSheet, seconds_of


def test_the_button_says_what_it_will_do(shown, qtbot):
    sheet = shown(RetrainSheet(), 832, 612)
    sheet.show_facts(retrain_facts())
    assert sheet._go.text() == "Retrain 5 folds"
    sheet._choices._folds[4].click()
    sheet._choices._architectures["plain"].click()
    assert sheet._go.text() == "Retrain 4 folds × 2"
    with qtbot.waitSignal(sheet.retrainAsked) as signal:
        sheet._go.click()
    choice = signal.args[0]
    assert choice == RetrainChoice(("plain", "residual"), "kits2019", (0, 1, 2, 3), False)
    assert not sheet._go.isEnabled()


def test_what_cannot_start_says_why(shown):
    sheet = shown(RetrainSheet(), 832, 612)
    sheet.show_facts(retrain_facts())
    for button in sheet._choices._folds.values():
        button.setChecked(False)
    assert not sheet._go.isEnabled()
    assert sheet._note.text() == "Choose a fold."
    sheet.show_facts(replace(retrain_facts(), disk_gb=900.0))
    sheet._choices._folds[0].setChecked(True)
    assert "free disk" in sheet._note.text()


def test_a_leaking_warm_start_is_refused(shown):
    sheet = shown(RetrainSheet(), 832, 612)
    sheet.show_facts(retrain_facts())
    sheet._choices._warm.setChecked(True)
    assert sheet.choice().warm_start
    sheet.show_facts(replace(retrain_facts(), warm_start_problem="fold 2 saw case_00715"))
    assert not sheet.choice().warm_start
    assert "case_00715" in sheet._choices._warm_note.label.text()


def test_a_preset_offers_its_own_networks(shown):
    sheet = shown(RetrainSheet(), 832, 612)
    sheet.show_facts(retrain_facts())
    sheet._choices._architectures["plain"].setChecked(True)
    sheet._choices._preset._choose("demo")
    assert sheet.choice().architectures == ("residual",)
    assert not sheet._choices._architectures["plain"].isEnabled()


def test_escape_closes_and_keeps_the_choices(shown, qtbot):
    sheet = shown(RetrainSheet(), 832, 612)
    sheet.show_facts(retrain_facts())
    sheet._choices._folds[0].click()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert sheet.isHidden()
    sheet.show_facts(retrain_facts())
    assert sheet.choice().folds == (1, 2, 3, 4)


def test_time_is_known_only_where_every_part_is():
    facts = retrain_facts()
    assert seconds_of(facts, RetrainChoice(("residual",), "kits2019", (0, 1), False)) == 236_000
    assert seconds_of(facts, RetrainChoice(("plain",), "kits2019", (0,), False)) is None
