from __future__ import annotations

import json

import numpy as np
import pytest
from tiny_models import tiny_ct, write_ct, write_tiny_model

from trainer.__main__ import main
from trainer.contract.machine_speed import read_speed, speed_file
from trainer.inference import case_forecast, cpu_arrangement
from trainer.inference.case_batch import CaseBatch
from trainer.inference.case_forecast import forecast_case
from trainer.inference.loaded_model import load_model
from trainer.inference.prediction_group import PredictionSettings, wish_of

WISH = wish_of(PredictionSettings(), "")


@pytest.fixture(autouse=True)
def own_notes(tmp_path, monkeypatch):
    monkeypatch.setenv("KITSDESK_CACHE", str(tmp_path / "cache"))
    # The way that is expected to win, not the one that a busy machine finds.
    monkeypatch.setattr(cpu_arrangement, "fastest", lambda ways, *_, **__: next(iter(ways)))


def predicted(model, tmp_path, volume, out="out"):
    image = write_ct(tmp_path / "ct.nii.gz", volume)
    ended = CaseBatch([model], tmp_path / out, "project").run({"c": image}, lambda _: None)
    assert not ended.problems
    return ended


def test_nothing_is_told_before_anything_was_measured(tmp_path):
    assert forecast_case(tiny_ct(1), [load_model(write_tiny_model(tmp_path / "m"))], WISH) is None


def test_a_prediction_is_noted_and_told_the_next_time(tmp_path):
    model = load_model(write_tiny_model(tmp_path / "m"))
    predicted(model, tmp_path, tiny_ct(1))
    told = forecast_case(tiny_ct(1), [model], WISH)
    assert told.basis == "measured"
    speed = read_speed(speed_file())
    assert set(speed.rates) == {"read", "resample", "restore", "write"}
    [network] = speed.networks.values()
    assert (network.device, network.batch) == ("cpu", told.at_once)
    # Told in MB, of which so small a case needs less than one.
    assert told.memory_gb >= speed.base_gb > 0.1
    assert told.least_gb <= told.memory_gb
    larger = forecast_case(tiny_ct(1, (40, 60, 60)), [model], WISH)
    assert larger.tiles > told.tiles
    assert larger.seconds >= told.seconds
    assert sum(larger.by_phase.values()) >= sum(told.by_phase.values())


def test_another_network_is_reckoned_from_the_likest(tmp_path):
    model = load_model(write_tiny_model(tmp_path / "m"))
    predicted(model, tmp_path, tiny_ct(1))
    other = load_model(write_tiny_model(tmp_path / "other", patch=(16, 24, 24)))
    told = forecast_case(tiny_ct(1), [other], WISH)
    assert told.basis == "reckoned"
    [known] = read_speed(speed_file()).networks.values()
    batches = -(-told.tiles // told.at_once)
    assert told.by_phase["predict"] >= 7 * known.batch_s[0] * batches / 2


def test_damaged_notes_are_no_notes(tmp_path):
    model = load_model(write_tiny_model(tmp_path / "m"))
    predicted(model, tmp_path, tiny_ct(1))
    speed_file().write_text('{"networks": 3}')
    assert forecast_case(tiny_ct(1), [model], WISH) is None


def test_too_little_memory_for_what_is_told_runs_fewer_tiles_at_once(tmp_path, monkeypatch):
    model = load_model(write_tiny_model(tmp_path / "m"))
    first = predicted(model, tmp_path, tiny_ct(3))
    assert first.made["c"]["memory_steps"] == ()
    expected = np.asarray(forecast_case(tiny_ct(3), [model], WISH).at_once)
    assert expected == 2
    monkeypatch.setattr(case_forecast, "free_memory", lambda: 0)
    monkeypatch.setattr(case_forecast, "memory_now_gb", lambda: 0.0)
    second = predicted(model, tmp_path, tiny_ct(3), "again")
    assert second.made["c"]["memory_steps"] == ("1 tile at once",)
    masks = [(tmp_path / out / "c" / "ensemble.nii.gz").read_bytes() for out in ("out", "again")]
    assert masks[0] == masks[1]


def test_the_command_measures_first_and_writes_nothing(tmp_path, capsys):
    # Few tiles on the phantom that is predicted first.
    model = write_tiny_model(tmp_path / "m", spacing=(8.0, 6.0, 6.0), patch=(16, 32, 32))
    image = write_ct(tmp_path / "ct.nii.gz", tiny_ct(1))
    chosen = ["--model", str(model), "--input", str(image), "--device", "cpu"]
    assert main(["predict", *chosen, "--forecast"]) == 0
    printed = json.loads(capsys.readouterr().out.splitlines()[-1])
    [told] = printed["cases"].values()
    assert told["basis"] == "measured"
    assert printed["free_gb"] > 0
    assert (printed["seconds"], printed["memory_gb"]) == (told["seconds"], told["memory_gb"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "ct.nii.gz", "m"]
