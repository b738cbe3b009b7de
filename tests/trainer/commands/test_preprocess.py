"""`preprocess` on a small data set: lines, plans, pruning, a device that is not there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from trainer.__main__ import main
from trainer.contract.jsonfile import write_json


@pytest.fixture
def data(tmp_path: Path, kits_set: Callable[..., Path]) -> Path:
    return kits_set(tmp_path / "data", cases=5, shape=(8, 24, 26))


def run(capsys: pytest.CaptureFixture[str], data: Path, *options: str) -> tuple[int, str, str]:
    code = main(["preprocess", str(data), "--out", str(data.parent / "cache"), *options])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def folders(data: Path) -> set[str]:
    return {path.parent.name for path in (data.parent / "cache").glob("*/case.json")}


def test_every_case_is_prepared_once_and_others_are_pruned_on_request(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, data, "--preset", "demo")
    assert code == 0
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["case"] for line in lines] == [f"case_{n:05d}" for n in range(5)]
    assert {line["folder"] for line in lines} == folders(data)
    assert all(line["voxels"]["2"] > 0 for line in lines)
    before = folders(data)
    code, out, _ = run(capsys, data, "--preset", "kits2019", "--prune")
    assert code == 0
    assert json.loads(out.splitlines()[-1]) == {"removed": 5, "kept": 5}
    assert not folders(data) & before


def test_a_plan_file_decides_the_grid(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", str(data), "--preset", "demo", "--spacing", "5", "4", "4"]) == 0
    plan = data.parent / "plan.json"
    write_json(plan, json.loads(capsys.readouterr().out))
    code, out, _ = run(capsys, data, "--plan", str(plan))
    assert code == 0
    assert json.loads(out.splitlines()[0])["shape"] == [10, 18, 20]


def test_a_device_that_is_not_there_is_said_in_words(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, data, "--device", "cuda:99")
    assert code == 2
    assert "no device cuda:99" in json.loads(err)["error"]["happened"]
