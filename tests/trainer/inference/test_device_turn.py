"""Whose turn it is on a GPU: a real lease that another process holds, a pretended device."""

from __future__ import annotations

import threading

import pytest
from lease_holder import LeaseHolder
from serve_with_pretended_gpu import GPU, pretended

from trainer.contract.device_lease import LEASES_VARIABLE, device_holder, device_lease_file
from trainer.contract.errors import Cancelled
from trainer.contract.lease import is_held
from trainer.inference.device_turn import DeviceTurns, gpu_called
from trainer.inference.loaded_model import DeviceMissing


@pytest.fixture(autouse=True)
def own_leases(tmp_path, monkeypatch):
    monkeypatch.setenv(LEASES_VARIABLE, str(tmp_path / "leases"))


@pytest.fixture
def holder(own_leases, tmp_path):
    holder = LeaseHolder(GPU, tmp_path / "runs" / "retrain-1")
    yield holder
    holder.let_go()


def nothing() -> None:
    """What is checked where nobody cancels."""


def refuse(_holder):
    raise AssertionError("nobody has the GPU")


class Waiting:
    """A prediction that asks for its turn in a thread of its own."""

    def __init__(self, turns: DeviceTurns, prediction: str) -> None:
        self.told: list[dict] = []
        self.busy = threading.Event()
        self.cancelled = False
        self.outcome: object = None
        self._thread = threading.Thread(target=self._take, args=(turns, prediction))
        self._thread.start()

    def _take(self, turns, prediction):
        def note(holder):
            self.told.append(holder)
            self.busy.set()

        def check():
            if self.cancelled:
                raise Cancelled

        try:
            self.outcome = turns.take(prediction, "auto", note, check)
        except Cancelled as error:
            self.outcome = error

    def end(self):
        self._thread.join(60)
        assert not self._thread.is_alive()
        return self.outcome


def test_a_free_gpu_is_leased_while_a_prediction_needs_it():
    turns = DeviceTurns(pretended)
    assert turns.take("a", "auto", refuse, nothing) == "auto"
    assert turns.take("b", "cuda:0", refuse, nothing) == "cuda:0"
    turns.give_back("a")
    assert is_held(device_lease_file(GPU)), "b computes still"
    turns.give_back("b")
    assert device_holder(GPU) is None


def test_the_cpu_needs_no_turn(holder):
    assert DeviceTurns(pretended).take("a", "cpu", refuse, nothing) == "cpu"


def test_it_waits_for_a_run_and_says_which(holder, tmp_path):
    turns = DeviceTurns(pretended)
    waiting = Waiting(turns, "a")
    assert waiting.busy.wait(60)
    [told] = waiting.told
    assert (told["run"], told["task"]) == (str(tmp_path / "runs" / "retrain-1"), "fold_0")
    holder.let_go()
    assert waiting.end() == "auto"
    assert is_held(device_lease_file(GPU))


def test_who_does_not_want_to_wait_gets_the_cpu(holder):
    turns = DeviceTurns(pretended)
    first, second = Waiting(turns, "a"), Waiting(turns, "b")
    assert first.busy.wait(60)
    turns.use_processor("a")
    assert first.end() == "cpu"
    assert second.outcome is None, "the other one waits on"
    second.cancelled = True
    assert isinstance(second.end(), Cancelled)
    assert device_holder(GPU)["task"] == "fold_0"


def test_one_that_was_cancelled_meanwhile_keeps_nothing(own_leases):
    def check():
        raise Cancelled

    with pytest.raises(Cancelled):
        DeviceTurns(pretended).take("a", "auto", refuse, check)
    assert device_holder(GPU) is None


def test_a_device_that_is_not_there_is_refused():
    assert gpu_called("cpu") is None
    with pytest.raises(DeviceMissing):
        gpu_called("cuda:77")
