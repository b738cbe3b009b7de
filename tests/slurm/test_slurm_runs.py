"""Whole runs on a real Slurm: the probe, four folds from the desk, a cross-validation."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kitsdesk.project.case_sources import discover
from kitsdesk.project.exports import export
from kitsdesk.project.place_facts import place_facts
from kitsdesk.project.retrain import read_facts
from kitsdesk.project.retrain_facts import RetrainChoice
from kitsdesk.project.run_specs import train_run
from kitsdesk.project.workspace import Workspace
from kitsdesk.ui.retrain.retrain_sheet import RetrainSheet
from kitsdesk.ui.style import install_style
from tests.slurm.followed_run import CPU, FollowedRun
from trainer.__main__ import main
from trainer.contract.model_manifest import read_manifest


def probe(folder: Path, **options) -> dict:
    command = ["run", "probe", str(folder), "--engine", "slurm"]
    done = subprocess.run(
        [sys.executable, "-m", "trainer", *command, "--options", json.dumps(CPU | options)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_probe_asks_a_node_and_quotes_a_refusal(slurm, tmp_path):
    found = probe(tmp_path)
    assert (found["ok"], found["reason"], found["shared_folder"]) == (True, "", True)
    assert found["cpus"] >= 1
    by_name = {entry["name"]: entry for entry in found["partitions"]}
    assert by_name["short"]["time_limit"] == "1:00"
    assert by_name["debug"]["nodes"] == 1
    assert list(tmp_path.iterdir()) == []
    refused = probe(tmp_path, gpus_per_task=1)
    assert not refused["ok"]
    assert "Invalid generic resource (gres) specification" in refused["reason"]
    unknown = probe(tmp_path, partition="gpu")
    assert not unknown["ok"]
    assert "debug, short" in unknown["reason"]
    greedy = probe(tmp_path, memory_gb=4000)
    assert not greedy["ok"]
    assert "emory" in greedy["reason"]


@pytest.fixture
def sheet(slurm, qtbot, qapp) -> RetrainSheet:
    """Train, Retrain folds… as the window has it."""
    install_style(qapp, "dark")
    shown = RetrainSheet()
    qtbot.addWidget(shown)
    shown.resize(832, 900)
    shown.show()
    return shown


def chosen_in(sheet: RetrainSheet, workspace: Workspace, qtbot) -> RetrainChoice:
    """Choose four folds of the demo's network, on Slurm, two at once, and press the button."""
    sheet.show_facts(read_facts(workspace))
    sheet._choices._preset._choose("demo")
    sheet._choices._folds[4].click()
    sheet.place.engines["slurm"].click()
    sheet.place.slurm.more.click()
    sheet.place.slurm.gpus.setValue(0)
    sheet.place.slurm.at_once.setValue(2)
    assert not sheet._go.isEnabled()
    plan = sheet.place.plan()
    found = probe(workspace.folder, **plan.options.model_dump(mode="json"))
    sheet.set_place(place_facts(plan, [found], None))
    assert sheet._go.text() == "Retrain 4 folds"
    with qtbot.waitSignal(sheet.retrainAsked) as signal:
        sheet._go.click()
    choice: RetrainChoice = signal.args[0]
    return choice


@pytest.fixture
def retraining(data, tmp_path, sheet, qtbot) -> FollowedRun:
    """The run that the dialog makes: four folds, then every case is predicted."""
    with Workspace.create(tmp_path / "small.kitsdesk", discover(data)) as workspace:
        choice = chosen_in(sheet, workspace, qtbot)
        steps = export(workspace, "nnunet")
        while True:
            try:
                next(steps)
            except StopIteration as end:
                exported = end.value
                break
        # The shortest training there is; the window offers whole ones only.
        short = replace(choice, epochs=1, steps=1)
        run = FollowedRun(train_run(workspace, exported, short))
        run.start(**choice.plan.options.model_dump(mode="json"))
        return run


def test_four_folds_two_at_once_then_the_prediction(slurm, retraining, tmp_path):
    run = retraining
    script = run.folder / "slurm" / "stage_1.sh"
    assert "#SBATCH --array=0-3%2" in script.read_text()
    at_once, dependent = 0, set()
    while (records := run.status())["predict"]["state"] not in ("done", "failed", "cancelled"):
        at_once = max(at_once, sum(r["queue_state"] == "running" for r in records.values()))
        dependent.add(records["predict"]["queue_reason"])
    assert at_once == 2
    assert "waits for an earlier stage of this run" in dependent
    assert {record["state"] for record in records.values()} == {"done"}, run.logs()
    model = tmp_path / "small.kitsdesk" / "models" / "residual-1"
    assert [entry.fold for entry in read_manifest(model).folds] == [0, 1, 2, 3]
    assert main(["model", "verify", str(model)]) == 0
    predicted = tmp_path / "small.kitsdesk" / "predictions" / "residual-1"
    assert len(list(predicted.glob("case_*/scores.json"))) == 5


def test_a_crossvalidation_in_stages_and_shards(slurm, data, tmp_path, capsys):
    run = FollowedRun(tmp_path / "run")
    command = [
        *("crossval", str(data), "--run", str(run.folder), "--folds", "0,1", "--preset", "demo"),
        *("--device", "cpu", "--epochs", "1", "--steps", "1", "--no-surface", "--no-mirror"),
        *("--shards", "2", "--prepare"),
    ]
    assert main(command) == 0
    run.start()
    stages = sorted(path.name for path in (run.folder / "slurm").glob("*.sh"))
    assert stages == ["stage_1.sh", "stage_2.sh", "stage_3.sh"]
    run_keys = list(run.status())
    assert run_keys[2:] == ["predict/shard_1", "predict/shard_2", "table"]
    end = run.status
    while (records := end())["table"]["state"] not in ("done", "failed", "cancelled"):
        pass
    assert {record["state"] for record in records.values()} == {"done"}, run.logs()
    assert (run.folder / "table1.csv").exists()
    shards = [
        json.loads((run.folder / key / "done.json").read_text())["result"]["predicted"]
        for key in ("predict/shard_1", "predict/shard_2")
    ]
    assert min(shards) >= 1
