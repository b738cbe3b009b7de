from __future__ import annotations

import pytest
import torch

from trainer.contract.network_config import Architecture, NetworkConfig
from trainer.nets.build import build_network


def tiny(architecture: Architecture = "residual", **changes: object) -> NetworkConfig:
    fields: dict[str, object] = {
        "architecture": architecture,
        "features": (4, 6, 8),
        "strides": ((1, 1, 1), (1, 2, 2), (2, 2, 2)),
        "blocks": (1, 1, 2),
    }
    return NetworkConfig.model_validate(fields | changes)


@pytest.mark.parametrize("architecture", ["plain", "residual", "preact"])
def test_evaluation_gives_the_finest_head_of_training(architecture: Architecture) -> None:
    network = build_network(tiny(architecture), seed=1)
    x = torch.randn(2, 1, 8, 16, 16, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        heads = network(x)
        finest = network.eval()(x)
    assert [head.shape[2:] for head in heads] == [(8, 16, 16), (8, 8, 8)]
    assert torch.equal(heads[0], finest)


def test_the_seed_decides_the_weights() -> None:
    first, again, other = (build_network(tiny(), seed=seed) for seed in (3, 3, 4))
    pairs = zip(first.parameters(), again.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
    weights = [network.encoder.get_parameter("stem.conv.weight") for network in (first, other)]
    assert not torch.equal(weights[0], weights[1])


def test_he_initialisation_has_its_deviation_and_no_bias() -> None:
    network = build_network(tiny("plain", features=(64, 64, 64), convolution_bias=True), seed=0)
    convolution = network.get_submodule("encoder.stages.2.1.conv")
    expected = (2 / (1 + 0.01**2) / (64 * 27)) ** 0.5
    assert convolution.get_parameter("weight").std().item() == pytest.approx(expected, rel=0.02)
    assert not convolution.get_parameter("bias").any()


@pytest.mark.parametrize(
    ("strides", "features", "has_convolution"),
    [(((1, 1, 1), (1, 2, 2)), (4, 4), False), (((1, 1, 1), (1, 2, 2)), (4, 6), True)],
)
def test_resnet_d_projects_only_where_channels_change(
    strides: tuple[tuple[int, int, int], ...], features: tuple[int, ...], has_convolution: bool
) -> None:
    config = tiny(features=features, strides=strides, blocks=(1, 1), skip="avgpool")
    network = build_network(config)
    names = {name for name, _ in network.named_parameters() if ".skip." in name}
    assert bool(names) is has_convolution
    assert network(torch.randn(1, 1, 4, 8, 8))[0].shape == (1, 3, 4, 8, 8)


def test_the_preactivation_bottleneck_stays_raw() -> None:
    network = build_network(tiny("preact"))
    assert len(network.get_submodule("encoder.skip_norms")._modules) == 2


def test_zeroed_norms_let_residual_blocks_begin_as_their_skips() -> None:
    config = tiny(features=(4, 4), strides=((1, 1, 1), (1, 1, 1)), blocks=(1, 1))
    block = build_network(config.model_copy(update={"zero_last_norm": True})).encoder.stages[1][0]
    x = torch.rand(1, 4, 4, 4, 4)
    assert torch.equal(block(x), x)


def test_kernels_are_those_of_their_level() -> None:
    network = build_network(tiny("plain", kernels=((1, 3, 3), (3, 3, 3), (3, 3, 3))))
    kernels = {
        name: network.get_submodule(name).kernel_size
        for name in (
            "encoder.stages.0.0.conv",
            "encoder.stages.1.0.conv",
            "decoder.0.blocks.0.conv",
        )
    }
    assert list(kernels.values()) == [(1, 3, 3), (3, 3, 3), (1, 3, 3)]
    assert network(torch.randn(1, 1, 4, 8, 8))[0].shape == (1, 3, 4, 8, 8)
