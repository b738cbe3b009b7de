from __future__ import annotations

import pytest

from trainer.contract.engine_plan import (
    ENGINE_FILE,
    BadEngineOptions,
    EnginePlan,
    LocalOptions,
    SlurmOptions,
    TemplateOptions,
    make_plan,
    read_plan_of_engine,
)
from trainer.contract.jsonfile import write_json


@pytest.mark.parametrize(
    ("engine", "options", "kind"),
    [
        ("local", {"gpus": ["GPU-1"]}, LocalOptions),
        ("slurm", {"partition": "gpu", "tasks_at_once": 4, "time_limit": "08:00:00"}, SlurmOptions),
        ("template", {"submit": "a", "poll": "b", "cancel": "c"}, TemplateOptions),
        ("theirs", {"anything": [1, {"goes": True}]}, dict),
    ],
)
def test_a_plan_comes_back_from_its_file(tmp_path, engine, options, kind):
    plan = make_plan(engine, options, {"host": "login", "folder": "/scratch/me"})
    assert isinstance(plan.options, kind)
    write_json(tmp_path / ENGINE_FILE, plan)
    assert read_plan_of_engine(tmp_path) == plan


def test_without_a_file_it_is_this_computer(tmp_path):
    assert read_plan_of_engine(tmp_path) == EnginePlan(engine="local", options=LocalOptions())


@pytest.mark.parametrize(
    ("engine", "options", "named"),
    [
        ("slurm", {"partitoin": "gpu"}, "partitoin"),
        ("slurm", {"partition": "gpu --wrap=evil"}, "partition"),
        ("slurm", {"tasks_at_once": -1}, "tasks_at_once"),
        ("template", {"submit": "qsub {script}"}, "poll"),
        ("local", {"gpus": 3}, "gpus"),
    ],
)
def test_options_that_make_no_sense_are_named(engine, options, named):
    with pytest.raises(BadEngineOptions, match=named):
        make_plan(engine, options)


@pytest.mark.parametrize(
    "remote",
    [
        {"host": "login"},
        {"host": "login", "folder": "scratch"},
        {"host": "-oProxyCommand=evil", "folder": "/scratch"},
        {"host": "a b", "folder": "/scratch"},
    ],
)
def test_a_remote_computer_needs_a_host_and_a_folder(remote):
    with pytest.raises(BadEngineOptions, match=r"host|folder"):
        make_plan("local", None, remote)
    assert make_plan("local", None, {"host": "login", "shared": True}).remote is not None


def test_extra_lines_are_whole_lines():
    plan = make_plan("slurm", {"extra_lines": ["#SBATCH -A x\nmodule load cuda", " "]})
    assert plan.options.extra_lines == ("#SBATCH -A x", "module load cuda")
