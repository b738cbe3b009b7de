"""The command that starts the trainer on a node stands in every script that a node runs."""

from __future__ import annotations

import shlex

import pytest

from trainer.contract.engine_plan import BadEngineOptions, make_plan
from trainer.contract.jsonfile import write_json
from trainer.contract.programs import trainer_program
from trainer.contract.run_folder import RUN_FILE, RunSpec, TaskSpec
from trainer.engines.engine_choice import engine_for
from trainer.engines.slurm_probe import probe_script

CONTAINER = "apptainer run --nv --bind /shared /shared/kitsdesk.sif"
QUEUE = {"submit": "qsub {script}", "poll": "qstat {job}", "cancel": "qdel {job}"}


@pytest.fixture
def run(tmp_path):
    task = TaskSpec(key="residual/fold_0", argv=("train", "x"))
    spec = RunSpec(kind="train", title="t", created="2026-01-01", tasks=(task,))
    write_json(tmp_path / "run" / RUN_FILE, spec)
    return tmp_path / "run"


def scripts_of(run, trainer):
    """Return every script that a node would run: the queues' and the probe's."""
    plans = [make_plan("slurm", {"trainer": trainer})]
    plans.append(make_plan("template", QUEUE | {"trainer": trainer}))
    texts = [script.text for plan in plans for script in engine_for(plan).preview(run).scripts]
    return [*texts, probe_script(run, run / "probe", plans[0].options)]


def test_another_trainer_takes_the_place_of_this_programs_own(run):
    texts = scripts_of(run, CONTAINER)
    assert len(texts) == 3
    for text in texts:
        assert f"\n{CONTAINER} run " in text
        assert shlex.join(trainer_program()) not in text
        assert "PYTHONPATH" not in text


def test_without_one_it_is_this_programs_own(run):
    for text in scripts_of(run, ""):
        assert f"\n{shlex.join(trainer_program())} run " in text


@pytest.mark.parametrize("engine", ["slurm", "template"])
def test_a_trainer_of_two_lines_is_refused(engine):
    options = {"trainer": "module load kitsdesk\nkitsdesk-trainer"}
    with pytest.raises(BadEngineOptions, match="trainer"):
        make_plan(engine, options | (QUEUE if engine == "template" else {}))
