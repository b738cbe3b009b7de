"""How the trainer is started from a checkout and from a bundle."""

from __future__ import annotations

import json
import subprocess
import sys

from trainer.contract.programs import outside_environment, trainer_environment, trainer_program


def frozen(monkeypatch, executable):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(executable))


def test_from_a_checkout_the_command_runs_anywhere(tmp_path):
    done = subprocess.run(
        [*trainer_program(), "describe", "--arch", "residual", "--preset", "demo"],
        cwd=tmp_path,
        env=trainer_environment({"PATH": "/usr/bin:/bin"}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["parameters"] > 0


def test_in_the_bundle_it_is_the_executable_beside_this_one(monkeypatch, tmp_path):
    frozen(monkeypatch, tmp_path / "kitsdesk")
    assert trainer_program() == [str(tmp_path / "kitsdesk-trainer")]
    frozen(monkeypatch, tmp_path / "kitsdesk.exe")
    assert trainer_program() == [str(tmp_path / "kitsdesk-trainer.exe")]
    frozen(monkeypatch, tmp_path / "kitsdesk-trainer")
    assert trainer_program() == [str(tmp_path / "kitsdesk-trainer")]


def test_other_programs_do_not_see_the_libraries_of_the_bundle(monkeypatch, tmp_path):
    frozen(monkeypatch, tmp_path / "kitsdesk")
    bundle = {
        "LD_LIBRARY_PATH": "/opt/kitsdesk/_internal",
        "QT_PLUGIN_PATH": "/opt/kitsdesk/_internal/PyQt6",
        "_PYI_ARCHIVE_FILE": "/opt/kitsdesk/kitsdesk",
        "HOME": "/home/a",
    }
    assert outside_environment(bundle) == {"HOME": "/home/a"}
    own = {**bundle, "LD_LIBRARY_PATH_ORIG": "/opt/cuda/lib64"}
    assert outside_environment(own) == {"HOME": "/home/a", "LD_LIBRARY_PATH": "/opt/cuda/lib64"}
    assert "PYTHONPATH" not in trainer_environment(bundle)


def test_without_a_bundle_a_person_s_own_library_path_stays():
    assert outside_environment({"LD_LIBRARY_PATH": "/x"}) == {"LD_LIBRARY_PATH": "/x"}
