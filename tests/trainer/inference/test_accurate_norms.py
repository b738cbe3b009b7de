"""Norms over millions of voxels: OpenVINO's own kernel drifts, sums in stages do not."""

from __future__ import annotations

import torch

from trainer.contract.network_config import NetworkConfig
from trainer.inference.accurate_norms import sum_norms_in_stages
from trainer.inference.openvino_conversion import converted
from trainer.inference.openvino_runtime import OpenVinoRuntime
from trainer.inference.torch_runtime import TorchRuntime
from trainer.nets.build import build_network

PATCH = (64, 96, 128)


def large_tile():
    """A tile as CT gives it: mostly air at one value, the rest noise about another."""
    tile = torch.randn(1, 1, *PATCH, generator=torch.Generator().manual_seed(1)) * 0.5
    tile[..., :60] = -2.34
    return tile


def test_large_norms_are_as_exact_as_torchs():
    config = NetworkConfig(
        architecture="residual",
        blocks=(1, 1),
        features=(6, 8),
        strides=((1, 1, 1), (2, 2, 2)),
    )
    network = build_network(config, seed=1).eval()
    tile = large_tile()
    expected = TorchRuntime(network, torch.device("cpu")).logits(tile).clone()
    found = OpenVinoRuntime(converted(network, PATCH), 1, "f32").logits(tile)
    assert (found - expected).abs().max() < 5e-5
    assert expected.std() > 0.1


def test_only_large_norms_are_replaced():
    config = NetworkConfig(
        architecture="plain",
        blocks=(1, 1),
        features=(4, 4),
        strides=((1, 1, 1), (2, 2, 2)),
    )
    model = converted(build_network(config, seed=1).eval(), (16, 32, 32))

    def norms():
        return [
            tuple(node.get_output_shape(0))[2:]
            for node in model.get_ordered_ops()
            if node.get_type_name() == "MVN"
        ]

    before = norms()
    sum_norms_in_stages(model)
    assert (16, 32, 32) in before
    assert set(norms()) == {(8, 16, 16)}
