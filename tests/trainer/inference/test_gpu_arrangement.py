from __future__ import annotations

import time

import torch

from tests.trainer.tiny_models import TINY_NETWORK
from trainer.inference.gpu_arrangement import CANDIDATES
from trainer.inference.measured_choice import fastest, remembered
from trainer.inference.torch_runtime import EAGER, Arrangement, TorchRuntime
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
    expected = torch.zeros_like(TILES)
    assert fastest(tried, expected, TILES, lambda way: 1e-3) == last
    left = {EAGER: Slept(0.0), both: Slept(0.0, broken=True)}
    assert fastest(left, expected, TILES, lambda way: 1e-3) == EAGER


def test_the_first_stays_unless_another_gains_enough():
    tried = {EAGER: Slept(0.05), CANDIDATES[1]: Slept(0.04), CANDIDATES[2]: Slept(0.01)}
    expected = torch.zeros_like(TILES)
    assert fastest(dict(list(tried.items())[:2]), expected, TILES, lambda way: 1, gain=0.5) == EAGER
    assert fastest(tried, expected, TILES, lambda way: 1, gain=0.5) == CANDIDATES[2]


def test_it_is_measured_once_and_again_where_the_note_is_damaged(tmp_path, monkeypatch):
    monkeypatch.setenv("KITSDESK_CACHE", str(tmp_path))
    asked = []

    def measure():
        asked.append(1)
        return Arrangement(channels_last=True)

    def asked_for():
        return remembered("key", Arrangement, measure)

    assert asked_for() == asked_for() == Arrangement(channels_last=True)
    assert len(asked) == 1
    (tmp_path / "arrangements" / "key.json").write_text('{"odd": 1}')
    assert asked_for().channels_last
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
