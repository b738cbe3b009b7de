"""Which trainer the desk starts: its own, or the one of a complete GPU environment."""

from __future__ import annotations

import json
import sys

import pytest

from kitsdesk import __version__
from kitsdesk.background.trainer_command import (
    GPU_READY_FILE,
    gpu_trainer,
    trainer_command,
    trainer_environment,
)
from kitsdesk.paths import gpu_environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the place of scripts on Linux")


@pytest.fixture
def program(monkeypatch, tmp_path):
    monkeypatch.setenv("KITSDESK_HOME", str(tmp_path))
    path = gpu_environment() / "bin" / "kitsdesk-trainer"
    path.parent.mkdir(parents=True)
    path.write_text("#!/bin/sh\n")
    return path


def mark(version):
    (gpu_environment() / GPU_READY_FILE).write_text(json.dumps({"version": version}))


def test_a_complete_gpu_environment_is_used_with_its_own_packages(program, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "")
    mark(__version__)
    assert trainer_command() == (str(program), [])
    assert not trainer_environment().value("PYTHONPATH")
    assert trainer_environment(3).value("OMP_NUM_THREADS") == "3"


@pytest.mark.parametrize("version", ["0.0.1", None])
def test_one_that_is_not_finished_or_of_another_version_is_not(program, version):
    if version:
        mark(version)
    assert gpu_trainer() is None
    assert trainer_command() == (sys.executable, ["-m", "trainer"])
    assert trainer_environment().value("PYTHONPATH")


def test_a_damaged_mark_is_no_mark(program):
    for text in ("", "[]", "{}", "null"):
        (gpu_environment() / GPU_READY_FILE).write_text(text)
        assert gpu_trainer() is None
