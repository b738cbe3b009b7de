"""Our networks against dynamic-network-architectures', which nnU-Net v2 builds."""

from __future__ import annotations

import pytest
import torch

pytest.importorskip("dynamic_network_architectures")

from tests.peers.nnunet_plans import build_theirs
from trainer.contract.network_config import Architecture, NetworkConfig, Stride
from trainer.contract.presets import preset
from trainer.nets.build import build_network
from trainer.nets.nnunet_names import from_nnunet, to_nnunet

pytestmark = pytest.mark.peers

TWO = (2, 2, 2)
LAYOUTS: dict[str, tuple[Stride, ...]] = {
    "in-plane first": ((1, 1, 1), (1, 2, 2), TWO, TWO),
    "in-plane last": ((1, 1, 1), TWO, TWO, (1, 2, 2)),
    "isotropic": ((1, 1, 1), TWO, TWO),
    "a level without stride": ((1, 1, 1), (1, 1, 2), (1, 1, 1), TWO),
}


def configuration(
    architecture: Architecture, layout: str, nonlinearity: str, **changes: object
) -> NetworkConfig:
    strides = LAYOUTS[layout]
    levels = len(strides)
    plain = architecture == "plain"
    fields: dict[str, object] = {
        "architecture": architecture,
        "features": (4, 6, 8, 8)[:levels],
        "strides": strides,
        "blocks": (2,) * levels if plain else (1, 3, 2, 2)[:levels],
        "decoder_blocks": 2 if plain else 1,
        "nonlinearity": nonlinearity,
        "skip": "strided" if plain else "avgpool",
        "convolution_bias": True,
        "transposed_bias": True,
    }
    return NetworkConfig.model_validate(fields | changes)


def randomise(network: torch.nn.Module) -> None:
    """Give norms and biases values that a mistake would show in."""
    torch.manual_seed(1)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if parameter.ndim == 1:
                low, high = (0.5, 1.5) if name.endswith("weight") else (-0.3, 0.3)
                parameter.uniform_(low, high)


def assert_same_outputs(config: NetworkConfig) -> None:
    theirs = build_theirs(config)
    randomise(theirs)
    ours = build_network(config)
    ours.load_state_dict(from_nnunet(theirs.state_dict(), config))
    assert_close(ours, theirs)


def assert_close(ours: torch.nn.Module, theirs: torch.nn.Module) -> None:
    """Compare all heads: in float32, where kernels round differently, within 1e-5 of the
    largest output; in float64 within 1e-10."""
    x = torch.randn(2, 1, 16, 32, 32, generator=torch.Generator().manual_seed(0))
    for dtype, tolerance in ((torch.float32, 1e-5), (torch.float64, 1e-10)):
        with torch.no_grad():
            heads = [network.to(dtype)(x.to(dtype)) for network in (ours, theirs)]
        assert len(heads[0]) == len(ours.decoder)
        for our, their in zip(*heads, strict=True):
            scale = max(1.0, float(their.abs().max()))
            torch.testing.assert_close(our, their, rtol=0, atol=tolerance * scale)


@pytest.mark.parametrize("nonlinearity", ["relu", "leaky_relu"])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("architecture", ["plain", "residual"])
def test_all_heads_agree_after_copying_the_weights(
    architecture: Architecture, layout: str, nonlinearity: str
) -> None:
    assert_same_outputs(configuration(architecture, layout, nonlinearity))


@pytest.mark.parametrize("architecture", ["plain", "residual"])
def test_anisotropic_kernels_agree(architecture: Architecture) -> None:
    kernels = ((1, 3, 3), (1, 3, 3), (3, 3, 3), (3, 3, 3))
    assert_same_outputs(
        configuration(architecture, "in-plane first", "leaky_relu", kernels=kernels)
    )


@pytest.mark.parametrize("architecture", ["plain", "residual"])
def test_the_preset_fits_nnunets_own_weights_one_to_one(architecture: Architecture) -> None:
    config = preset("nnunet-v2").network(architecture)
    with torch.device("meta"):
        theirs, ours = build_theirs(config), build_network(config)
    ours.load_state_dict(from_nnunet(theirs.state_dict(), config), assign=True)
    assert sum(p.numel() for p in ours.parameters()) == sum(p.numel() for p in theirs.parameters())
    theirs.load_state_dict(to_nnunet(ours.state_dict(), config), strict=True, assign=True)


def test_biases_that_nnunet_wants_are_written_as_zeros() -> None:
    changes = {"transposed_bias": False, "head_bias": False}
    config = configuration("plain", "in-plane first", "relu", **changes)
    ours = build_network(config, seed=3)
    theirs = build_theirs(config)
    theirs.load_state_dict(to_nnunet(ours.state_dict(), config), strict=True)
    assert_close(ours, theirs)


def test_residual_blocks_begin_as_nnunets_do() -> None:
    config = configuration("residual", "isotropic", "leaky_relu", zero_last_norm=True)
    theirs = from_nnunet(build_theirs(config).state_dict(), config)
    ours = build_network(config).state_dict()
    zero = {name for name, tensor in theirs.items() if tensor.ndim == 1 and not tensor.any()}
    assert zero == {name for name, tensor in ours.items() if tensor.ndim == 1 and not tensor.any()}
