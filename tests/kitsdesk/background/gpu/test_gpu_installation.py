"""An environment made by a real pip: whole, or gone."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from kitsdesk import __version__
from kitsdesk.background.gpu import gpu_installation
from kitsdesk.background.gpu.gpu_installation import gpu_facts, install, remove_half_made
from kitsdesk.background.gpu.gpu_plan import GpuPlan
from kitsdesk.background.gpu.nvidia_cards import NoGpuSupport
from kitsdesk.background.gpu.pip_output import PipOutput
from kitsdesk.background.trainer_command import GPU_READY_FILE, gpu_trainer, trainer_command
from kitsdesk.paths import gpu_environment

WINDOWS = sys.platform == "win32"


def plan(make: tuple[str, ...] | None = None) -> GpuPlan:
    folder = gpu_environment()
    return GpuPlan(
        folder=folder,
        build="cpu",
        index="https://pypi.org/simple",
        make=make or (sys.executable, "-m", "venv", str(folder)),
        torch="kitsdesk-no-such-torch==1",
        program="kitsdesk",
        constraints=Path("none"),
        cards=(),
        needs_gpu=False,
    )


def test_what_pip_refuses_is_told_and_nothing_is_left(tmp_path):
    log = tmp_path / "log" / "gpu.log"
    # Without a network it is pip's own renewal that fails, one step earlier.
    with pytest.raises(NoGpuSupport, match=r"could not be installed: .*\w") as refused:
        list(install(plan(), log))
    assert str(log) in refused.value.advice
    assert not gpu_environment().exists()
    assert "-m pip install" in log.read_text()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="asks /proc whether a process lives")
def test_a_cancelled_installation_ends_its_process_and_leaves_nothing(tmp_path):
    folder, started = gpu_environment(), tmp_path / "started"
    code = (
        "import os, pathlib, time; "
        f"pathlib.Path({str(folder)!r}).mkdir(); "
        f"pathlib.Path({str(started)!r}).write_text(str(os.getpid())); time.sleep(600)"
    )
    steps = install(plan(make=(sys.executable, "-c", code)), tmp_path / "gpu.log")
    while not (started.exists() and started.read_text()):
        next(steps)
    steps.close()
    assert not folder.exists()
    assert not Path(f"/proc/{started.read_text()}").exists()


def test_a_second_window_does_not_install_into_the_first_ones(tmp_path):
    first = install(
        plan(make=(sys.executable, "-c", "import time; time.sleep(600)")), tmp_path / "one.log"
    )
    next(first)
    with pytest.raises(NoGpuSupport, match="Another window"):
        next(install(plan(), tmp_path / "two.log"))
    first.close()


def test_a_half_made_environment_is_removed_and_a_whole_one_kept():
    folder = gpu_environment()
    (folder / "lib").mkdir(parents=True)
    remove_half_made()
    assert not folder.exists()
    folder.mkdir()
    (folder / GPU_READY_FILE).write_text(json.dumps({"version": __version__}))
    remove_half_made()
    assert gpu_facts() == {"version": __version__}


def test_the_trainer_of_the_environment_is_used_and_left_again():
    own = trainer_command()
    folder = gpu_environment()
    program = folder / ("Scripts/kitsdesk-trainer.exe" if WINDOWS else "bin/kitsdesk-trainer")
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    assert trainer_command() == own
    ready = folder / GPU_READY_FILE
    ready.write_text(json.dumps({"version": __version__, "torch": "2.13.0", "gpus": ["A card"]}))
    assert trainer_command() == (str(program), [])
    assert gpu_installation.trainer_words() == "GPU support, torch 2.13.0, A card"
    ready.write_text(json.dumps({"version": "0.0.1"}))
    assert gpu_trainer() is None
    assert "another version" in gpu_installation.trainer_words()
    gpu_installation.remove(folder)
    assert trainer_command() == own
    assert not list(folder.parent.iterdir())


def test_pips_words_become_a_share_and_a_reason():
    output = PipOutput(1000)
    assert output.read("Collecting torch==2.13.0")
    assert output.at == "torch"
    assert not output.read("Progress 250 of 500")
    assert output.fraction == pytest.approx(0.225)
    assert not output.read("Progress 500 of 500")
    wheel = "nvidia_cudnn_cu13-9.1-py3-none-manylinux.whl"
    assert output.read(f"  Downloading https://example.org/whl/{wheel} (500 MB)")
    assert output.at == "nvidia_cudnn_cu13"
    assert output.fraction == pytest.approx(0.45)
    assert output.read("ERROR: Could not install packages: [Errno 28] No space left on device")
    assert output.reason() == "the disk is full"
