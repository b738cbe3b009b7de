from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import Qt
from sample_places import dry_run, engine_defaults, slurm_place, slurm_plan
from sample_records import retrain_facts

from kitsdesk.project.engine_defaults import EngineDefaults
from kitsdesk.project.place_facts import place_facts
from kitsdesk.project.retrain_facts import RetrainChoice
from kitsdesk.ui.places.place_box import ASKING
from kitsdesk.ui.retrain.retrain_sheet import RetrainSheet, seconds_of
from trainer.contract.engine_plan import EnginePlan


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


def test_a_cluster_is_shown_in_words_before_anything_starts(shown, qtbot):
    sheet = shown(RetrainSheet(), 832, 900)
    sheet.show_facts(retrain_facts())
    sheet.set_defaults(engine_defaults())
    with qtbot.waitSignal(sheet.placeChosen) as signal:
        sheet.place.engines["slurm"].click()
    assert signal.args[0].options.partition == "gpu"
    assert not sheet._go.isEnabled()
    assert sheet._note.text() == ASKING
    sheet.set_place(slurm_place())
    assert sheet._go.isEnabled()
    assert any("reads and writes the project" in line for line in sheet.place.lines.texts())
    choices = [action.data() for action in sheet.place.slurm.partition.menu().actions()]
    assert choices[1:] == ["gpu", "cpu"]
    assert sheet.choice().plan.options.tasks_at_once == 4
    assert sheet._time._value.text() == "2 d 17 h"
    refused = place_facts(
        slurm_plan(), [{"ok": False, "reason": "sbatch: error: invalid partition"}], None
    )
    sheet.set_place(refused)
    assert not sheet._go.isEnabled()
    assert "invalid partition" in sheet._note.text()


def test_the_script_is_shown_and_back_leads_to_the_choices(shown, qtbot):
    sheet = shown(RetrainSheet(), 832, 900)
    sheet.show_facts(retrain_facts())
    sheet.place.engines["slurm"].click()
    sheet.set_place(slurm_place())
    with qtbot.waitSignal(sheet.scriptAsked) as signal:
        qtbot.mouseClick(sheet.place.script, Qt.MouseButton.LeftButton)
    assert signal.args[0].plan.engine == "slurm"
    sheet.show_dry_run(dry_run())
    assert sheet.script.text.toPlainText().startswith("#!/bin/bash")
    assert sheet.script.text.isReadOnly()
    sheet.script.backAsked.emit()
    assert sheet.place.isVisible()


def test_ssh_and_another_queue_are_offered_once_they_are_set(shown):
    sheet = shown(RetrainSheet(), 832, 900)
    sheet.show_facts(retrain_facts())
    assert sheet.place.remote.isHidden()
    assert sheet.place.engines["template"].isHidden()
    sheet.set_defaults(engine_defaults())
    sheet.place.engines["template"].click()
    sheet.place.remote.click()
    plan = sheet.choice().plan
    assert (plan.engine, plan.remote.host) == ("template", "login.cluster")
    assert "{script}" in plan.options.submit
    sheet.set_defaults(EngineDefaults())
    assert sheet.choice().plan == EnginePlan()


def test_the_gpus_of_this_computer_can_be_chosen(shown):
    sheet = shown(RetrainSheet(), 832, 900)
    sheet.show_facts(retrain_facts())
    gpus = [
        {"id": f"GPU-{n}", "device": f"cuda:{n}", "name": "A40", "memory_gb": 48.0, "free": n == 0}
        for n in range(4)
    ]
    sheet.set_place(place_facts(EnginePlan(), [{"ok": True, "cpus": 16, "gpus": gpus}], None))
    ticks = list(sheet.place.local._ticks.values())
    assert len(ticks) == 4
    assert "in use" in ticks[1].text()
    ticks[3].click()
    assert sheet.choice().plan.options.gpus == ("GPU-0", "GPU-1", "GPU-2")
    assert "3 folds at once" in sheet._memory._note.text()
    for tick in ticks[:3]:
        tick.click()
    assert sheet._note.text() == "Choose a GPU."


def test_time_is_known_only_where_every_part_is():
    facts = retrain_facts()
    assert seconds_of(facts, RetrainChoice(("residual",), "kits2019", (0, 1), False)) == 236_000
    assert seconds_of(facts, RetrainChoice(("plain",), "kits2019", (0,), False)) is None


def test_the_trainer_on_the_nodes_stands_under_more_and_goes_into_the_plan(shown, qtbot):
    sheet = shown(RetrainSheet(), 832, 900)
    sheet.show_facts(retrain_facts())
    sheet.place.engines["slurm"].click()
    form = sheet.place.slurm
    assert form.trainer.isHidden()
    assert sheet.choice().plan.options.trainer == ""
    form.more.click()
    assert form.trainer.isVisible()
    qtbot.keyClicks(form.trainer, "/opt/kitsdesk/bin/kitsdesk-trainer")
    with qtbot.waitSignal(sheet.placeChosen) as signal:
        qtbot.keyClick(form.trainer, Qt.Key.Key_Return)
    assert signal.args[0].options.trainer == "/opt/kitsdesk/bin/kitsdesk-trainer"
