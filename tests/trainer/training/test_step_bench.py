from __future__ import annotations

import json

import pytest

from tests.bench.training_step import main


def test_the_training_step_is_measured_on_a_small_patch(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--preset", "demo", "--device", "cpu", "--patch", "8", "16", "16", "--steps", "2"]
    monkeypatch.setattr("sys.argv", ["training_step", *options, "--one", "as it trains"])
    assert main() == 0
    found = json.loads(capsys.readouterr().out)
    assert 0 < found["step_s"] < 60
    assert found["iteration_s"] > 0
    assert found["memory_gb"] > 0
