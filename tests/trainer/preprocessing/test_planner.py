from __future__ import annotations

import json
from collections.abc import Callable
from math import prod
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.__main__ import main
from trainer.contract.network_config import LAYOUT_A, NetworkConfig
from trainer.datasets.training_set import read_training_set
from trainer.imaging.mask_file import read_mask
from trainer.imaging.reader import read_image
from trainer.preprocessing.fingerprint import Fingerprint, take_fingerprint
from trainer.preprocessing.planner import (
    PAPER_PATCH_VOXELS,
    halvings,
    plan_features,
    plan_patch,
    plan_spacing,
    plan_strides,
)


def kits_fingerprint() -> Fingerprint:
    return Fingerprint(
        cases=210,
        median_spacing=(3.0, 0.78125, 0.78125),
        median_shape=(138, 512, 512),
        foreground_voxels=1,
        percentile_00_5=-79,
        percentile_99_5=304,
        mean=101,
        deviation=76.9,
    )


def test_the_papers_spacing_patch_and_layout_come_out() -> None:
    spacing = plan_spacing(kits_fingerprint(), PAPER_PATCH_VOXELS)
    assert spacing == pytest.approx((3.2164, 1.6153, 1.6153), rel=0.011)
    shape = [
        round(n * old / new)
        for n, old, new in zip((138, 512, 512), (3.0, 0.78125, 0.78125), spacing, strict=True)
    ]
    assert plan_patch((3.2164, 1.6153, 1.6153), shape, PAPER_PATCH_VOXELS) == (80, 160, 160)
    assert plan_strides((80, 160, 160)) == LAYOUT_A
    assert plan_features(30, 6) == (30, 60, 120, 240, 320, 320)
    assert plan_features(24, 6) == (24, 48, 96, 192, 320, 320)


def test_axes_with_fewer_halvings_begin_later() -> None:
    assert plan_strides((24, 48, 48)) == ((1, 1, 1), (1, 2, 2), (2, 2, 2), (2, 2, 2))
    assert plan_strides((16, 16, 64)) == ((1, 1, 1), (1, 1, 2), (1, 1, 2), (2, 2, 2), (2, 2, 2))
    assert [halvings(size) for size in (4, 7, 8, 15, 16, 80, 160)] == [0, 0, 1, 1, 2, 4, 5]


@given(
    st.tuples(*[st.floats(0.5, 6.0)] * 3),
    st.tuples(*[st.integers(12, 600)] * 3),
    st.integers(20_000, 4_000_000),
)
def test_any_patch_can_be_halved_as_planned(
    spacing: tuple[float, float, float], shape: tuple[int, int, int], voxels: int
) -> None:
    patch = plan_patch(spacing, shape, voxels)
    strides = plan_strides(patch)
    config = (
        NetworkConfig(
            architecture="residual",
            features=plan_features(8, len(strides)),
            strides=strides,
            blocks=(1,) * len(strides),
        )
        if len(strides) > 1
        else None
    )
    if config is not None:
        assert all(size % divisor == 0 for size, divisor in zip(patch, config.divisor, strict=True))
    assert prod(patch) < 4 * voxels


def test_the_fingerprint_is_numpys(tmp_path: Path, kits_set: Callable[..., Path]) -> None:
    training_set = read_training_set(kits_set(tmp_path, shape=(8, 30, 34)))
    fingerprint = take_fingerprint(training_set)
    inside = []
    for case in training_set.cases:
        image = read_image(case.image)
        inside.append(image.array[read_mask(case.mask, like=image.geometry).array > 0])
    values = np.concatenate(inside)
    assert fingerprint.foreground_voxels == len(values)
    assert fingerprint.mean == pytest.approx(values.mean(), abs=0.01)
    assert fingerprint.deviation == pytest.approx(values.std(), abs=0.01)
    assert fingerprint.percentile_00_5 == pytest.approx(np.percentile(values, 0.5), abs=2)
    assert fingerprint.percentile_99_5 == pytest.approx(np.percentile(values, 99.5), abs=2)
    assert fingerprint.median_spacing == pytest.approx((6.0, 3.0, 3.0))
    assert fingerprint.median_shape == (8, 30, 34)


def test_the_commands_print_json(
    tmp_path: Path, kits_set: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(kits_set(tmp_path / "data", shape=(8, 30, 34)))
    assert main(["plan", data, "--patch", "8", "16", "16"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan["strides"] == [[1, 1, 1], [1, 2, 2], [2, 2, 2]]
    assert plan["spacing_mm"] == [6.0, 3.0, 3.0]
    assert main(["plan", data, "--patch", "2", "16", "16"]) == 2
    assert "at least 4 voxels" in capsys.readouterr().err
    assert main(["preprocess", data, "--out", str(tmp_path / "out"), "--preset", "demo"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["case"] for line in lines] == [f"case_{n:05d}" for n in range(5)]
    assert all((tmp_path / "out" / line["folder"] / "case.json").exists() for line in lines)
    assert main(["describe", "--arch", "plain"]) == 0
    described = json.loads(capsys.readouterr().out)
    assert (described["parameters"], described["gmac_per_patch"]) == (29_688_080, 616.7)
