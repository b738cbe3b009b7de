"""The whole of Install GPU support by a real pip, with the CPU build of torch in its place."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from kitsdesk.background.gpu.gpu_installation import install
from kitsdesk.background.gpu.gpu_plan import GpuPlan, carried, environment_maker, pinned
from kitsdesk.background.trainer_command import trainer_command, trainer_environment
from kitsdesk.paths import gpu_environment

pytestmark = pytest.mark.skipif(
    not os.environ.get("KITSDESK_FRESH_ENVIRONMENTS"),
    reason="installs torch anew, minutes: make test-wheel",
)


def test_an_environment_is_made_and_the_trainer_runs_from_it(wheel, tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    folder = gpu_environment()
    plan = GpuPlan(
        folder=folder,
        build="cpu",
        index="https://pypi.org/simple",
        make=environment_maker(folder),
        torch=f"torch=={pinned('torch')}",
        program=str(wheel),
        constraints=carried("constraints.txt"),
        cards=(),
        download_gb=0.2,
        needs_gpu=False,
    )
    own = trainer_command()
    shares = []
    steps = install(plan, tmp_path / "gpu.log")
    try:
        while True:
            shares.append(next(steps).fraction)
    except StopIteration as end:
        facts = end.value
    assert shares == sorted(shares)
    assert facts["torch"].startswith(pinned("torch"))
    program, words = trainer_command()
    assert (program, words) != own
    assert program.startswith(str(folder))
    environment = trainer_environment()
    variables = {key: environment.value(key) for key in environment.keys()}  # noqa: SIM118
    done = subprocess.run(
        [program, *words, "describe", "--arch", "residual"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=variables,
    )
    assert json.loads(done.stdout)["architecture"] == "residual"
    assert sys.prefix not in program
