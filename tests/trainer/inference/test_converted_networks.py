from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tiny_models import write_tiny_model

from trainer.inference import open_runtime as opening
from trainer.inference.converted_networks import NETWORK, ConvertedNetworks
from trainer.inference.loaded_model import load_model

ROOT = Path(__file__).resolve().parents[3]


def writing(text="network", size=10):
    made = []

    def convert(path):
        made.append(path)
        path.write_text(text)
        path.with_suffix(".bin").write_bytes(bytes(size))

    convert.made = made
    return convert


def test_a_network_is_converted_once(tmp_path):
    convert = writing()
    first = ConvertedNetworks(tmp_path).get("key", convert)
    assert ConvertedNetworks(tmp_path).get("key", convert) == first
    assert first.read_text() == "network"
    assert len(convert.made) == 1


@pytest.mark.parametrize("damage", ["flip", "cut", "gone", "no proof"])
def test_a_damaged_one_is_converted_anew(tmp_path, damage):
    path = ConvertedNetworks(tmp_path).get("key", writing())
    weights = path.with_suffix(".bin")
    if damage == "flip":
        weights.write_bytes(b"\1" + bytes(9))
    elif damage == "cut":
        weights.write_bytes(bytes(3))
    elif damage == "gone":
        path.unlink()
    else:
        (path.parent / "hashes.json").write_text("{")
    again = writing("anew")
    assert ConvertedNetworks(tmp_path).get("key", again).read_text() == "anew"
    assert len(again.made) == 1
    assert weights.read_bytes() == bytes(10)


def test_a_failure_leaves_nothing(tmp_path):
    def fail(path):
        path.write_text("half")
        raise RuntimeError("refused")

    with pytest.raises(RuntimeError):
        ConvertedNetworks(tmp_path).get("key", fail)
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


def test_those_used_longest_ago_make_room(tmp_path):
    networks = ConvertedNetworks(tmp_path, limit_bytes=2500)
    for age, key in enumerate("abc"):
        networks.get(key, writing(size=1000))
        past = time.time() - 1000 + age
        if (tmp_path / key).exists():
            os.utime(tmp_path / key, (past, past))
    networks.get("a", writing(size=1000))
    networks.get("d", writing(size=1000))
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["a", "d"]
    assert (tmp_path / "a" / NETWORK).exists()


TWO = """
import sys, time
from pathlib import Path
from trainer.inference.converted_networks import ConvertedNetworks

def convert(path):
    time.sleep(1)
    path.write_text("network")
    print("converted", flush=True)

assert ConvertedNetworks(Path(sys.argv[1])).get("key", convert).read_text() == "network"
print("done", flush=True)
"""


def test_two_processes_convert_it_once(tmp_path):
    command = [sys.executable, "-c", TWO, str(tmp_path)]
    both = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = "".join(process.communicate(timeout=60)[0] for process in both)
    assert said.count("converted") == 1
    assert said.count("done") == 2


def test_a_model_is_not_traced_again_and_runs_without_a_place_for_it(tmp_path, monkeypatch):
    monkeypatch.setenv("KITSDESK_CACHE", str(tmp_path / "cache"))
    folder = write_tiny_model(tmp_path / "m")
    assert load_model(folder, [0]).runtime(0).facts.runtime == "openvino"

    def never(*args):
        raise AssertionError("it was converted again")

    monkeypatch.setattr(opening, "save_converted", never)
    assert load_model(folder, [0]).runtime(0).facts.runtime == "openvino"
    (tmp_path / "file").touch()
    monkeypatch.setenv("KITSDESK_CACHE", str(tmp_path / "file"))
    assert load_model(folder, [0]).runtime(0).facts.runtime == "openvino"
