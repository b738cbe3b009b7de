"""What a fold is trained with follows from its preset."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from trainer.contract.presets import preset
from trainer.training.compute import Compute
from trainer.training.fold_assembly import make_batches, make_manifest, make_network
from trainer.training.fold_request import FoldRequest


def request_of(name: str, *, seed: int = 1, fold: int = 0) -> FoldRequest:
    chosen = preset(name)
    return FoldRequest(
        export=Path("export"),
        run=Path("run"),
        key=f"residual/fold_{fold}",
        fold=fold,
        preset=chosen,
        network=preset("demo").network("residual"),
        schedule=chosen.schedule,
        compute=Compute(torch.device("cpu"), None),
        threads=1,
        cache=Path("cache"),
        publish=Path("model"),
        name="model",
        seed=seed,
    )


@pytest.mark.parametrize("name", ["kits2019", "nnunet-v2", "demo"])
def test_training_batches_are_augmented_and_validation_batches_are_not(make_case, name) -> None:
    mask = np.zeros((30, 60, 60), np.uint8)
    mask[10:20, 20:40, 20:40] = 1
    case = make_case("a", np.zeros(mask.shape, np.float32), mask)
    training, validation = make_batches(request_of(name), [case], [case])
    patches, draw = training.draw(0, 0)
    assert len(patches) == 2
    assert ("blur" in draw.numbers) == ("low_resolution" in draw.numbers) == (name == "nnunet-v2")
    assert {"rotation", "scaling", "noise", "gamma"} <= set(draw.numbers)
    assert any(training.draw(0, step)[1].mirrored.any() for step in range(10))
    for step in range(10):
        patches, draw = validation.draw(0, step)
        assert draw.numbers == {}
        assert not draw.mirrored.any()
        assert [patch.structure for patch in patches] == [None, 1]


@pytest.mark.parametrize(
    ("name", "average", "checkpoint"),
    [("kits2019", "softmax", "best"), ("nnunet-v2", "logits", "final")],
)
def test_the_manifest_says_average_and_checkpoint(name, average, checkpoint) -> None:
    manifest = make_manifest(request_of(name), None)
    assert (manifest.fold_average, manifest.checkpoint) == (average, checkpoint)
    assert manifest.plan == preset(name).plan


def test_seed_and_fold_decide_the_first_weights() -> None:
    def first(**options: int) -> torch.Tensor:
        return make_network(request_of("demo", **options), None).encoder.get_parameter(
            "stem.conv.weight"
        )

    assert torch.equal(first(), first())
    assert not torch.equal(first(), first(fold=1))
    assert not torch.equal(first(), first(seed=2))
