"""The probe refuses a time limit that a run would be refused, or would wait for ever with."""

from __future__ import annotations

import os

from tests.slurm.test_slurm_runs import probe
from trainer.contract.engine_plan import SlurmOptions
from trainer.engines.slurm_probe import probe_slurm


def test_the_time_limit_of_the_run_is_shown_to_the_cluster(slurm, tmp_path):
    wrong = probe(tmp_path, time_limit="8h")
    assert not wrong["ok"]
    assert "Invalid --time specification" in wrong["reason"]
    long = probe(tmp_path, partition="short", time_limit="10")
    assert not long["ok"]
    assert "the time limit 10 is more than its 1:00" in long["reason"]
    assert slurm.ask("squeue", "-h") == ""
    right = probe(tmp_path, time_limit="08:00:00")
    assert (right["ok"], right["reason"], right["shared_folder"]) == (True, "", True)
    assert list(tmp_path.iterdir()) == []


def test_a_drained_node_does_not_make_the_time_limit_wrong(slurm, tmp_path, monkeypatch):
    monkeypatch.setattr("trainer.engines.slurm_probe._WAIT_S", 5.0)
    node = f"NodeName={os.uname().nodename}"
    slurm.ask("scontrol", "update", node, "State=DRAIN", "Reason=test")
    found = probe_slurm(tmp_path, SlurmOptions(gpus_per_task=0, time_limit="08:00:00"))
    assert found["ok"]
    assert "still waits" in found["reason"]
