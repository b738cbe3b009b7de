from __future__ import annotations

import time

import torch

from tests.trainer.tiny_models import TINY_NETWORK
from trainer.inference.gpu_arrangement import (
    CANDIDATES,
    EAGER,
    Arrangement,
    arrangement_key,
    fastest,
    remembered,
)
from trainer.inference.torch_runtime import TorchRuntime
from trainer.nets.build import build_network

CPU = torch.device("cpu")
TILES = torch.randn(2, 1, 8, 12, 12, generator=torch.Generator().manual_seed(0))


class Slept:
    """Takes a given time and gives a given answer."""

    def __init__(self, seconds, answer=0.0, broken=False):
        self.seconds, self.answer, self.broken = seconds, answer, broken

    def __call__(self):
        return self

    def logits(self, tiles):
        if self.broken:
            raise RuntimeError("CUDA out of memory")
        time.sleep(self.seconds)
        return tiles * 0 + self.answer

    def rest(self):
        pass


def test_the_quickest_with_the_same_answer_is_chosen():
    last, graph, both = CANDIDATES[1:]
    tried = {
        EAGER: Slept(0.05),
        last: Slept(0.02),
        graph: Slept(0.0, answer=1.0),
        both: Slept(0.0, broken=True),
    }
    assert fastest(tried, TILES, "f32") == last
    assert fastest({EAGER: Slept(0.0), both: Slept(0.0, broken=True)}, TILES, "f32") == EAGER


def test_it_is_measured_once_and_again_where_the_note_is_damaged(tmp_path, monkeypatch):
    monkeypatch.setenv("KITSDESK_CACHE", str(tmp_path))
    asked = []

    def measure():
        asked.append(1)
        return Arrangement(channels_last=True)

    key = arrangement_key(CPU, "network", (8, 12, 12), "f32")
    assert remembered(key, measure) == remembered(key, measure) == Arrangement(channels_last=True)
    assert len(asked) == 1
    (tmp_path / "arrangements" / f"{key}.json").write_text('{"odd": 1}')
    assert remembered(key, measure).channels_last
    assert len(asked) == 2


def test_the_memory_format_changes_no_answer():
    expected = TorchRuntime(build_network(TINY_NETWORK, seed=1), CPU).logits(TILES)
    other = Arrangement(channels_last=True)
    found = TorchRuntime(build_network(TINY_NETWORK, seed=1), CPU, arrangement=other).logits(TILES)
    assert (found - expected).abs().max() < 1e-4


def test_what_overflows_is_computed_again_in_float32(monkeypatch):
    runtime = TorchRuntime(build_network(TINY_NETWORK, seed=1), CPU, "bf16")
    expected = TorchRuntime(build_network(TINY_NETWORK, seed=1), CPU).logits(TILES)
    monkeypatch.setattr(runtime, "_run", lambda tiles: torch.full((2, 3, 8, 12, 12), torch.inf))
    assert torch.equal(runtime.logits(TILES), expected)
