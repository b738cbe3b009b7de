"""Precision, scaler and what is said about the GPU's library."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.trainer.training.tiny_folds import SCHEDULE, TrainerMaker, same_state
from trainer.contract.errors import Cancelled
from trainer.training.compute import Compute, choose_compute, slow_convolutions, use_threads
from trainer.training.interruption import Interruption

GPU = Compute(torch.device("cuda"), torch.float16)


@pytest.mark.parametrize(
    ("version", "said"),
    [(91002, "cuDNN 9.10 computes"), (None, "no cuDNN"), (91500, None), (92001, None)],
)
def test_an_old_cudnn_is_said(
    monkeypatch: pytest.MonkeyPatch, version: int | None, said: str | None
) -> None:
    monkeypatch.setattr(torch.backends.cudnn, "version", lambda: version)
    notice = slow_convolutions(GPU)
    assert (notice is None) == (said is None)
    if notice is not None and said is not None:
        assert said in notice.happened
        assert notice.advice
    assert slow_convolutions(Compute(torch.device("cuda"), None)) is None
    assert slow_convolutions(Compute(torch.device("cpu"), torch.bfloat16)) is None


def test_full_precision_turns_tf32_off() -> None:
    torch.backends.cudnn.allow_tf32 = True
    compute = choose_compute("cpu", "fp32")
    assert compute.precision == "fp32"
    assert not torch.backends.cudnn.allow_tf32
    assert not torch.backends.cuda.matmul.allow_tf32
    assert choose_compute("cpu", "amp").precision == "bfloat16"


@pytest.mark.parametrize(("has_bfloat16", "half"), [(True, "bfloat16"), (False, "float16")])
def test_a_gpu_computes_in_mixed_precision_unless_fp32_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, has_bfloat16: bool, half: str
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: has_bfloat16)
    monkeypatch.setattr(torch.backends.cudnn, "benchmark", False)
    chosen = choose_compute("auto", None)
    assert (str(chosen.device), chosen.precision) == ("cuda:0", half)
    assert choose_compute("cuda", "fp32").precision == "fp32"
    assert choose_compute("cpu", None).precision == "fp32"


def test_threads_are_those_asked_for_unless_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = torch.get_num_threads()
    try:
        monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
        assert use_threads(1) == 1
        assert use_threads(10_000) == use_threads() >= 1
        monkeypatch.setenv("OMP_NUM_THREADS", "1")
        torch.set_num_threads(1)
        assert use_threads(2) == 1
    finally:
        torch.set_num_threads(before)


class After(Interruption):
    """Asks to cancel from the seventh look on."""

    looks = 0

    def requested(self) -> str | None:
        self.looks += 1
        return "cancel" if self.looks >= 7 else None


def test_the_scaler_is_part_of_a_checkpoint(begin: TrainerMaker, tmp_path: Path) -> None:
    half, short = torch.float16, SCHEDULE.model_copy(update={"epochs": 2})
    whole = begin(tmp_path / "whole", schedule=short, amp=half)
    whole.state.scaler.set_growth_interval(3)
    whole.run()
    broken = begin(tmp_path / "broken", After(None), schedule=short, amp=half)
    broken.state.scaler.set_growth_interval(3)
    with pytest.raises(Cancelled):
        broken.run()
    again = begin(tmp_path / "broken", schedule=short, amp=half)
    assert again.state.scaler.get_scale() == 65_536
    again.resume()
    again.run()
    assert again.state.scaler.state_dict() == whole.state.scaler.state_dict()
    assert again.state.scaler.get_scale() != 65_536
    assert same_state(whole, again)
