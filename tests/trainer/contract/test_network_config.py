from __future__ import annotations

from itertools import pairwise

import pytest
from pydantic import ValidationError

from trainer.contract.network_config import ARCHITECTURES, LAYOUT_A, NetworkConfig
from trainer.contract.presets import (
    ALTERNATIVE_BLOCKS,
    PRESETS,
    ImpossibleNetwork,
    UnknownPreset,
    preset,
)

FIELDS: dict[str, object] = {
    "architecture": "residual",
    "features": (4, 6, 8),
    "strides": ((1, 1, 1), (1, 2, 2), (2, 2, 2)),
    "blocks": (1, 1, 2),
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"blocks": (1, 1)}, "one entry per resolution"),
        ({"kernels": ((3, 3, 3),)}, "one entry per resolution"),
        ({"features": (4,), "strides": ((1, 1, 1),), "blocks": (1,)}, "two resolutions"),
        ({"features": (4, 0, 8)}, "positive features"),
        ({"blocks": (1, 0, 2)}, "positive features and blocks"),
        ({"strides": ((2, 1, 1), (1, 2, 2), (2, 2, 2))}, "first stride"),
        ({"strides": ((1, 1, 1), (1, 2, 3), (2, 2, 2))}, "1 or 2"),
        ({"kernels": ((3, 3, 3), (2, 3, 3), (3, 3, 3))}, "1, 3 or 5"),
        ({"structures": 0}, "one output channel"),
        ({"input_channels": 0}, "one input channel"),
        ({"decoder_blocks": 0}, "one convolution per decoder stage"),
        ({"architecture": "preact", "skip": "avgpool"}, "residual network"),
        ({"architecture": "plain", "zero_last_norm": True}, "residual network"),
        ({"skip": "pooled"}, "strided"),
        ({"nonlinearity": "gelu"}, "relu"),
        ({"dropout": 0.5}, "Extra inputs"),
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        NetworkConfig.model_validate(FIELDS | change)


def test_a_configuration_is_frozen_and_comes_back_from_json() -> None:
    config = NetworkConfig.model_validate(FIELDS)
    with pytest.raises(ValidationError, match="frozen"):
        config.structures = 4  # type: ignore[misc]
    assert NetworkConfig.model_validate_json(config.model_dump_json()) == config
    assert config.divisor == (2, 4, 4)


def test_every_preset_gives_valid_networks() -> None:
    for chosen in PRESETS.values():
        for architecture in ARCHITECTURES:
            if architecture in chosen.features:
                config = chosen.network(architecture)
                pairs = zip(chosen.plan.patch, config.divisor, strict=True)
                assert all(size % divisor == 0 for size, divisor in pairs)
            else:
                with pytest.raises(UnknownPreset, match=architecture):
                    chosen.network(architecture)


def test_the_papers_alternative_blocks_are_a_choice() -> None:
    chosen = preset("kits2019")
    config = chosen.network("residual", ALTERNATIVE_BLOCKS)
    assert config.blocks == (1, 2, 3, 4, 5, 6)
    assert config == chosen.network("residual").model_copy(update={"blocks": ALTERNATIVE_BLOCKS})
    with pytest.raises(ImpossibleNetwork, match="one entry per resolution"):
        chosen.network("preact", (1, 2))


def test_biases_are_the_winners_or_nnunets() -> None:
    winner, v2 = preset("kits2019"), preset("nnunet-v2")

    def biases(config: NetworkConfig) -> tuple[bool, bool, bool]:
        return config.convolution_bias, config.transposed_bias, config.head_bias

    assert biases(winner.network("plain")) == (True, False, False)
    assert biases(winner.network("residual")) == (False, False, True)
    assert biases(winner.network("preact")) == (False, False, True)
    assert biases(v2.network("plain")) == biases(v2.network("residual")) == (True, True, True)
    assert v2.network("residual").skip == "avgpool"
    assert v2.network("plain").strides == LAYOUT_A


def test_cysts_are_kidney_unless_they_are_asked_for() -> None:
    chosen = preset("kits2019")
    assert chosen.plan.label_map == {0: 0, 1: 1, 2: 2, 3: 1}
    assert chosen.network("plain").structures == 3
    with_cysts = chosen.with_cysts()
    assert with_cysts.plan.structures == ("background", "kidney", "tumor", "cyst")
    assert with_cysts.plan.label_map == {0: 0, 1: 1, 2: 2, 3: 3}
    assert with_cysts.network("plain").structures == 4


def test_the_learning_rate_falls_every_epoch_to_nearly_nothing() -> None:
    schedule = preset("kits2019").schedule
    rates = [schedule.rate(epoch) for epoch in range(schedule.epochs)]
    assert rates[0] == 0.01
    assert rates[500] == pytest.approx(0.01 * 0.5**0.9)
    assert all(later < earlier for earlier, later in pairwise(rates))
