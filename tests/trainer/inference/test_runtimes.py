from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path

import pytest
import torch
from tiny_models import write_tiny_model

from trainer.contract.errors import Cancelled
from trainer.contract.network_config import NetworkConfig
from trainer.inference import open_runtime as opening
from trainer.inference import openvino_runtime as compiling
from trainer.inference.loaded_model import load_model
from trainer.inference.openvino_conversion import converted, save_converted
from trainer.inference.openvino_door import OpenVinoMissing, computes_bf16
from trainer.inference.openvino_runtime import OpenVinoRuntime
from trainer.inference.sliding_window import WindowSettings, slide
from trainer.inference.torch_runtime import TorchRuntime
from trainer.nets.build import build_network

DEMO = Path(__file__).resolve().parents[3] / "resources" / "demo" / "model"
CPU = torch.device("cpu")
STRIDES = ((1, 1, 1), (1, 2, 2), (2, 2, 2))
# As nnU-Net v2 plans them, but small.
NETS = {
    "nnU-Net residual": {
        "architecture": "residual",
        "blocks": (1, 2, 2),
        "skip": "avgpool",
        "nonlinearity": "leaky_relu",
        "convolution_bias": True,
        "transposed_bias": True,
    },
    "nnU-Net plain": {
        "architecture": "plain",
        "blocks": (2, 2, 2),
        "decoder_blocks": 2,
        "nonlinearity": "leaky_relu",
        "convolution_bias": True,
        "transposed_bias": True,
    },
    "residual": {"architecture": "residual", "blocks": (1, 2, 2)},
    "pre-activation": {"architecture": "preact", "blocks": (1, 1, 2)},
}


def network(kind):
    config = NetworkConfig(features=(8, 16, 24), strides=STRIDES, **NETS[kind])
    made = build_network(config, seed=1).eval()
    generator = torch.Generator().manual_seed(2)
    for name, tensor in made.state_dict().items():
        if "norm" in name:
            tensor.uniform_(0.5, 1.5, generator=generator)
        elif name.endswith("bias"):
            tensor.uniform_(-0.3, 0.3, generator=generator)
    return made


@pytest.fixture
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize("kind", NETS)
def test_every_network_gives_the_same_by_openvino(kind):
    made, patch = network(kind), (16, 32, 32)
    compiled = OpenVinoRuntime(converted(made, patch), 1, "f32")
    tiles = torch.randn(2, 1, *patch, generator=torch.Generator().manual_seed(3))
    expected = TorchRuntime(made, CPU).logits(tiles)
    for number in range(1, compiled.facts.batch + 1):
        found = compiled.logits(tiles[:number])
        assert (found - expected[:number]).abs().max() < 2e-3
    compiled.rest()
    assert (compiled.logits(tiles[:1]) - expected[:1]).abs().max() < 2e-3


@pytest.mark.parametrize("kept", [True, False])
def test_a_large_tile_that_comes_alone_has_all_threads(kept, tmp_path, monkeypatch):
    monkeypatch.setattr(compiling, "_LARGE_TILE", 1)
    made, patch, saved = network("residual"), (16, 32, 32), tmp_path / "net.xml"
    save_converted(made, patch, saved)
    compiled = OpenVinoRuntime(saved, 1, "f32", tiles=2, threads=2)
    if not kept:
        for file in tmp_path.iterdir():
            file.unlink()
    tiles = torch.randn(2, 1, *patch, generator=torch.Generator().manual_seed(3))
    expected = TorchRuntime(made, CPU).logits(tiles)
    for number in (2, 1, 1, 2, 1):
        found = compiled.logits(tiles[:number])
        assert (found - expected[:number]).abs().max() < 2e-3
    assert compiled.facts.batch == 2
    assert compiled.memory_bytes == (2 if kept else 1)
    compiled.rest()
    assert (compiled.logits(tiles[:1]) - expected[:1]).abs().max() < 2e-3


def test_the_demo_model_slides_to_the_same_logits():
    patch = load_model(DEMO, [0]).manifest.plan.patch
    image = torch.randn(30, 60, 60, generator=torch.Generator().manual_seed(4))
    results = []
    for wish in ("torch", "openvino"):
        runtime = load_model(DEMO, [0], wish=wish).runtime(0)
        assert (runtime.facts.runtime, runtime.facts.reason) == (wish, "")
        results.append(slide(runtime, image, 3, WindowSettings(patch, "logits")))
    assert (results[0] - results[1]).abs().max() < 2e-3


def test_half_precision_is_used_where_there_is_any_and_its_lack_is_told(tmp_path):
    model = load_model(write_tiny_model(tmp_path / "m"))
    half = model.runtime(0, half=True).facts
    if computes_bf16():
        assert (half.precision, half.reason) == ("bf16", "")
    else:
        assert (half.precision, half.reason) == ("f32", "This CPU has no bfloat16.")
    assert model.runtime(0).facts.precision == "f32"


def test_without_openvino_torch_runs_and_tells_why(tmp_path, monkeypatch):
    def missing(source):
        raise OpenVinoMissing("OpenVINO cannot be loaded: no module.")

    monkeypatch.setattr(opening, "_with_openvino", missing)
    model = load_model(write_tiny_model(tmp_path / "m"))
    facts = model.runtime(0).facts
    assert (facts.runtime, facts.reason) == ("torch", "OpenVINO cannot be loaded: no module.")
    assert [each.runtime for each in model.warm.take_facts()] == ["torch"]
    assert model.warm.take_facts() == []


@pytest.mark.parametrize("wish", ["torch", "openvino"])
def test_a_check_ends_it_within_a_tile(wish, one_thread):
    # Large enough to take longer than the time between two checks on any one core.
    made, patch = network("residual"), (96, 160, 160)
    runtime = (
        TorchRuntime(made, CPU)
        if wish == "torch"
        else OpenVinoRuntime(converted(made, patch), 1, "f32")
    )
    tiles = torch.randn(1, 1, *patch)
    runtime.logits(tiles)
    raised = []

    def cancel():
        raised.append(time.monotonic())
        raise Cancelled

    with pytest.raises(Cancelled):
        deque((runtime.logits(tiles, cancel) for _ in range(20)), maxlen=0)
    assert time.monotonic() - raised[0] < 1.0
    assert runtime.logits(tiles).isfinite().all()


def test_the_next_fold_opens_beside_and_only_a_budget_stays(tmp_path):
    model = load_model(write_tiny_model(tmp_path / "m", folds=4), wish="torch")
    size = model.runtime(0).memory_bytes
    model.warm._budget = 2 * size
    model.expect(1)
    first = model.runtime(1)
    assert model.runtime(1) is first
    for fold in (2, 3):
        model.runtime(fold)
    kept = [key[0] for key in model.warm._opened]
    entries = [entry.sha256 for entry in model.manifest.folds]
    assert kept == entries[1:]


def test_a_check_is_heard_while_a_network_opens(tmp_path, monkeypatch):
    release = threading.Event()
    monkeypatch.setattr("trainer.inference.warm_runtimes.open_runtime", lambda s: release.wait(20))
    model = load_model(write_tiny_model(tmp_path / "m"))

    def cancel():
        raise Cancelled

    with pytest.raises(Cancelled):
        model.runtime(0, cancel)
    release.set()


SILENT = """
import sys

def forbid(event, args):
    if event.startswith("socket."):
        raise AssertionError("a socket was opened")

sys.addaudithook(forbid)
import torch
from pathlib import Path
from trainer.inference.loaded_model import load_model
runtime = load_model(Path(sys.argv[1]), [0], wish="openvino").runtime(0)
assert runtime.facts.runtime == "openvino", runtime.facts
patch = (8, 12, 12)
assert runtime.logits(torch.randn(1, 1, *patch)).shape == (1, 3, *patch)
assert sys.modules["openvino_telemetry"] is None
print("quiet", sum(name.startswith("openvino_telemetry.") for name in sys.modules))
"""


def test_openvino_says_nothing_to_anybody(tmp_path):
    model = write_tiny_model(tmp_path / "m")
    outside = {key: value for key, value in os.environ.items() if key != "CI"}
    home = {"HOME": str(tmp_path), "KITSDESK_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", SILENT, str(model)],
        env={**outside, **home},
        cwd=DEMO.parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["quiet", "0"], done.stderr
    written = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*")}
    assert written == {"m", "cache"}
