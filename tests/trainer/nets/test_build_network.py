from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from trainer.contract.network_config import Architecture, NetworkConfig
from trainer.nets.blocks import PreactivationBlock, ResidualBlock
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
    drawn = build_network(tiny("plain"), seed=5).get_submodule("encoder.stages.0.0.conv")
    normal = torch.randn(4, 1, 3, 3, 3, generator=torch.Generator().manual_seed(5))
    scale = (2 / (1 + 0.01**2) / 27) ** 0.5
    torch.testing.assert_close(drawn.get_parameter("weight"), normal * scale, rtol=1e-6, atol=0)


def drawn(block: nn.Module) -> dict[str, Tensor]:
    """Give a block weights of which none is 0 or 1, and return them by name."""
    generator = torch.Generator().manual_seed(7)
    for parameter in block.parameters():
        nn.init.normal_(parameter, 0.1, 0.5, generator=generator)
    return {name: parameter.detach() for name, parameter in block.named_parameters()}


def normed(x: Tensor, weights: dict[str, Tensor], name: str) -> Tensor:
    return functional.instance_norm(
        x, weight=weights[f"{name}.weight"], bias=weights[f"{name}.bias"], eps=1e-5
    )


@pytest.mark.parametrize(
    ("stride", "channels"), [((1, 1, 1), 4), ((1, 2, 2), 4), ((2, 2, 2), 6), ((1, 1, 1), 6)]
)
def test_a_residual_block_by_hand(stride: tuple[int, int, int], channels: int) -> None:
    block = ResidualBlock(tiny(), 4, channels, stride)
    w, x = drawn(block), torch.randn(2, 4, 4, 8, 8, generator=torch.Generator().manual_seed(1))
    out = functional.conv3d(x, w["conv1.conv.weight"], stride=stride, padding=1)
    out = functional.conv3d(normed(out, w, "conv1.norm").relu(), w["conv2.weight"], padding=1)
    skip = x
    if stride != (1, 1, 1) or channels != 4:
        skip = normed(functional.conv3d(x, w["skip.conv.weight"], stride=stride), w, "skip.norm")
    expected = (normed(out, w, "norm2") + skip).relu()
    torch.testing.assert_close(block(x), expected, rtol=1e-4, atol=1e-4)
    assert not [name for name in w if name.endswith("conv.bias")]


@pytest.mark.parametrize(
    ("stride", "channels"), [((1, 1, 1), 4), ((1, 2, 2), 4), ((2, 2, 2), 6), ((1, 1, 1), 6)]
)
def test_a_preactivation_block_by_hand(stride: tuple[int, int, int], channels: int) -> None:
    block = PreactivationBlock(tiny("preact"), 4, channels, stride)
    w, x = drawn(block), torch.randn(2, 4, 4, 8, 8, generator=torch.Generator().manual_seed(2))
    active = normed(x, w, "norm1").relu()
    out = functional.conv3d(active, w["conv1.weight"], stride=stride, padding=1)
    out = functional.conv3d(normed(out, w, "norm2").relu(), w["conv2.weight"], padding=1)
    skip = x
    if stride != (1, 1, 1) or channels != 4:
        skip = functional.conv3d(active, w["projection.weight"], stride=stride)
    torch.testing.assert_close(block(x), out + skip, rtol=1e-4, atol=1e-4)
    assert set(w) - {"projection.weight"} == {
        *("norm1.weight", "norm1.bias", "conv1.weight"),
        *("norm2.weight", "norm2.bias", "conv2.weight"),
    }


def test_the_leaky_slope_is_nnunets() -> None:
    network = build_network(tiny("plain", nonlinearity="leaky_relu"))
    leaky = network.get_submodule("encoder.stages.0.0.nonlinearity")
    assert torch.equal(leaky(torch.tensor([-2.0, 3.0])), torch.tensor([-0.02, 3.0]))


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
    network = build_network(tiny("preact"), seed=4)
    assert len(network.get_submodule("encoder.skip_norms")._modules) == 2
    raw: list[Tensor] = []
    for stage in network.get_submodule("encoder.stages").children():
        stage.register_forward_hook(lambda module, inputs, output: raw.append(output))
    x = torch.randn(1, 1, 8, 16, 16, generator=torch.Generator().manual_seed(0))
    *skips, bottleneck = network.encoder(x)
    assert torch.equal(bottleneck, raw[-1])
    assert (bottleneck < 0).any()
    for skip, before in zip(skips, raw, strict=False):
        expected = functional.instance_norm(before).relu()
        torch.testing.assert_close(skip, expected, rtol=1e-4, atol=1e-4)


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
