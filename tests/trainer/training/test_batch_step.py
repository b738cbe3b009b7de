"""A batch in one go and sample by sample: the same gradients, and how it is fallen back to."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from tests.trainer.training.tiny_folds import NETWORK, SCHEDULE, TrainerMaker
from trainer.contract.jsonfile import read_json, read_lines
from trainer.contract.presets import PRESETS
from trainer.nets.build import build_network
from trainer.nets.unet import UNet
from trainer.training.batch_step import BatchStep
from trainer.training.compute import Compute
from trainer.training.fold_state import FoldState

CPU = Compute(torch.device("cpu"), None)


class SmallMemory(UNet):
    """A network on a device that holds one sample and no more."""

    def forward(self, x: Tensor) -> list[Tensor] | Tensor:
        if len(x) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return super().forward(x)


class NoMemory(UNet):
    """A network on a device that does not hold one sample."""

    def forward(self, x: Tensor) -> list[Tensor] | Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory.")


def limited(kind: type[UNet]) -> UNet:
    network = build_network(NETWORK, seed=1)
    network.__class__ = kind
    return network


@pytest.mark.parametrize("architecture", ["plain", "residual", "preact"])
def test_accumulated_gradients_are_the_batchs(architecture: str) -> None:
    config = PRESETS["demo"].network("residual").model_copy(update={"architecture": architecture})
    generator = torch.Generator().manual_seed(2)
    image = torch.randn(3, 1, 8, 16, 16, generator=generator)
    mask = torch.randint(0, 3, (3, 8, 16, 16), generator=generator, dtype=torch.uint8)
    gradients, losses = [], []
    for by_sample in (False, True):
        state = FoldState(build_network(config, seed=3).double(), SCHEDULE, CPU)
        state.by_sample = by_sample
        step = BatchStep(state, CPU, clip_norm=1e9, say_by_sample=lambda: None)
        losses.append(step.take(image.double(), mask).losses)
        gradients.append([parameter.grad for parameter in state.network.parameters()])
    torch.testing.assert_close(*losses, rtol=1e-6, atol=1e-6)
    for whole, summed in zip(*gradients, strict=True):
        if whole is None:  # The lowest head has weight 0.
            assert summed is None
            continue
        torch.testing.assert_close(whole, summed, rtol=1e-6, atol=1e-6)


def gradient_norm(state: FoldState) -> float:
    grads = [parameter.grad for parameter in state.network.parameters()]
    return float(torch.stack([grad.norm() for grad in grads if grad is not None]).norm())


@pytest.mark.parametrize("by_sample", [False, True])
def test_gradients_are_clipped_to_the_norm_of_twelve(by_sample: bool) -> None:
    generator = torch.Generator().manual_seed(2)
    image = torch.randn(2, 1, 8, 8, 8, generator=generator)
    mask = torch.randint(0, 3, (2, 8, 8, 8), generator=generator, dtype=torch.uint8)
    norms = []
    for clip_norm in (1e9, PRESETS["kits2019"].schedule.clip_norm):
        network = build_network(NETWORK, seed=1)
        with torch.no_grad():
            network.decoder[0].get_parameter("head.weight").mul_(1e4)
        state = FoldState(network, SCHEDULE, CPU)
        state.by_sample = by_sample
        BatchStep(state, CPU, clip_norm, lambda: None).take(image, mask)
        norms.append(gradient_norm(state))
    assert norms[0] > 100
    assert norms[1] == pytest.approx(12, rel=1e-4)


def test_a_fold_clips_to_its_schedules_norm(begin: TrainerMaker, tmp_path: Path) -> None:
    trainer = begin(tmp_path, schedule=SCHEDULE.model_copy(update={"clip_norm": 1e-3}))
    trainer.run()
    assert gradient_norm(trainer.state) == pytest.approx(1e-3, rel=1e-3)


def test_a_batch_that_does_not_fit_is_taken_sample_by_sample(
    begin: TrainerMaker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = begin(tmp_path / "whole")
    whole.run()
    small = begin(tmp_path / "small", network=limited(SmallMemory))
    small.run()
    losses = [
        [line["loss"] for line in read_lines(tmp_path / name / "metrics.jsonl")[0]]
        for name in ("whole", "small")
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)
    assert "sample by sample" in read_json(tmp_path / "small" / "status.json")["message"]
    assert capsys.readouterr().err.count("gradients are accumulated sample by sample") == 1

    again = begin(tmp_path / "small", network=limited(SmallMemory))
    again.resume()
    assert again.state.by_sample


def test_a_sample_that_does_not_fit_is_an_error(begin: TrainerMaker, tmp_path: Path) -> None:
    with pytest.raises(torch.OutOfMemoryError):
        begin(tmp_path, network=limited(NoMemory)).run()
