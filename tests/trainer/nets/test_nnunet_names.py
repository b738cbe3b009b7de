from __future__ import annotations

import pytest
import torch

from trainer.contract.network_config import NetworkConfig
from trainer.contract.presets import preset
from trainer.nets.build import build_network
from trainer.nets.nnunet_names import (
    ForeignWeights,
    NoSuchNetwork,
    from_nnunet,
    nnunet_names,
    to_nnunet,
)

PLAIN = NetworkConfig(
    architecture="plain",
    features=(4, 6, 8),
    strides=((1, 1, 1), (1, 2, 2), (2, 2, 2)),
    blocks=(2, 2, 2),
    decoder_blocks=2,
    convolution_bias=True,
    head_bias=False,
)
RESIDUAL = PLAIN.model_copy(
    update={"architecture": "residual", "skip": "avgpool", "decoder_blocks": 1, "head_bias": True}
)


def test_the_names_are_nnunets() -> None:
    plain, residual = nnunet_names(PLAIN), nnunet_names(RESIDUAL)
    assert plain["encoder.stages.1.0.conv.weight"] == "encoder.stages.1.0.convs.0.conv.weight"
    assert plain["decoder.0.up.weight"] == "decoder.transpconvs.1.weight"
    assert plain["decoder.1.blocks.1.norm.bias"] == "decoder.stages.0.convs.1.norm.bias"
    assert residual["encoder.stem.conv.bias"] == "encoder.stem.convs.0.conv.bias"
    stage = "encoder.stages.1.blocks.0"
    assert residual["encoder.stages.1.0.conv1.norm.weight"] == f"{stage}.conv1.norm.weight"
    assert residual["encoder.stages.1.0.norm2.weight"] == f"{stage}.conv2.norm.weight"
    assert residual["encoder.stages.1.0.conv2.weight"] == f"{stage}.conv2.conv.weight"
    assert residual["encoder.stages.1.0.skip.conv.weight"] == f"{stage}.skip.1.conv.weight"
    assert residual["decoder.0.head.bias"] == "decoder.seg_layers.1.bias"


@pytest.mark.parametrize("config", [PLAIN, RESIDUAL])
def test_weights_come_back_as_they_went(config: NetworkConfig) -> None:
    weights = build_network(config, seed=1).state_dict()
    theirs = to_nnunet(weights, config)
    filled = config.model_copy(update={"head_bias": True, "transposed_bias": True})
    back = from_nnunet(theirs, filled)
    assert all(torch.equal(back[name], tensor) for name, tensor in weights.items())
    assert not any(back[name].any() for name in back.keys() - weights.keys())
    assert "decoder.encoder.stages.1.0.convs.0.all_modules.1.bias" in theirs or config == RESIDUAL


def test_networks_that_nnunet_lacks_are_refused() -> None:
    for architecture in ("residual", "preact"):
        with pytest.raises(NoSuchNetwork, match=architecture):
            nnunet_names(preset("kits2019").network(architecture))
    with pytest.raises(NoSuchNetwork, match="transposed"):
        to_nnunet({}, PLAIN.model_copy(update={"convolution_bias": False, "transposed_bias": True}))


def test_weights_of_another_network_are_refused_by_name() -> None:
    config = RESIDUAL.model_copy(update={"transposed_bias": True})
    theirs = to_nnunet(build_network(config, seed=1).state_dict(), config)
    missing = {name: t for name, t in theirs.items() if name != "decoder.seg_layers.0.weight"}
    with pytest.raises(ForeignWeights, match=r"decoder\.seg_layers\.0\.weight is missing"):
        from_nnunet(missing, config)
    with pytest.raises(ForeignWeights, match="other is left over"):
        from_nnunet(theirs | {"other": torch.zeros(1)}, config)
    wide = config.model_copy(update={"structures": 4})
    with pytest.raises(ForeignWeights, match=r"shape \(3,"):
        from_nnunet(theirs, wide)
