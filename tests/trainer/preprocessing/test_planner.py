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
from trainer.contract.errors import DamagedFile
from trainer.contract.network_config import LAYOUT_A, NetworkConfig
from trainer.contract.presets import preset
from trainer.contract.training_plan import Fingerprint, planned_preset, read_plan
from trainer.datasets.training_set import read_training_set
from trainer.imaging.mask_file import read_mask, write_mask
from trainer.imaging.reader import read_image
from trainer.preprocessing.fingerprint import NothingToLearn, describe_grids, take_fingerprint
from trainer.preprocessing.planner import (
    ImpossiblePlan,
    Patch,
    PlannedGrid,
    Spacing,
    feature_elements,
    halvings,
    plan_blocks,
    plan_features,
    plan_grid,
    plan_strides,
)


def fingerprint(
    spacing: Spacing, shape: tuple[float, float, float], cases: int = 210
) -> Fingerprint:
    return Fingerprint(
        cases=cases,
        median_spacing=spacing,
        median_shape=shape,
        foreground_voxels=1,
        percentile_00_5=-79,
        percentile_99_5=304,
        mean=101,
        deviation=76.9,
    )


# Measured from the headers of KiTS19's 210 public masks.
KITS19 = fingerprint((3.0, 0.78125, 0.78125), (136.833, 512.0, 512.0))


def as_network(grid: PlannedGrid) -> NetworkConfig:
    """Build the configuration, which refuses what cannot be a network."""
    levels = len(grid.strides)
    return NetworkConfig(
        architecture="plain",
        features=plan_features(30, levels),
        strides=grid.strides,
        kernels=grid.kernels,
        blocks=plan_blocks((2,), levels),
    )


def test_the_papers_plan_comes_out() -> None:
    grid = plan_grid(KITS19)
    assert grid.spacing == (3.2164, 1.6153, 1.6153)
    assert grid.coarsened
    assert grid.median_shape == (128, 248, 248)
    assert grid.patch == (80, 160, 160)
    assert grid.strides == LAYOUT_A
    assert grid.kernels is None
    assert grid.batch == 2
    assert plan_features(30, 6) == (30, 60, 120, 240, 320, 320)
    assert plan_features(24, 6) == (24, 48, 96, 192, 320, 320)
    assert plan_blocks((1, 2, 3, 4, 4, 4), 7) == (1, 2, 3, 4, 4, 4, 4)


def test_the_medians_are_those_of_cases_brought_to_the_median_spacing() -> None:
    spacings = [(5.0, 0.8, 0.8), (3.0, 0.7, 0.7), (1.0, 0.9, 0.9)]
    grids = describe_grids(spacings, [(40, 512, 512), (100, 512, 512), (400, 512, 512)])
    assert grids["median_spacing"] == [3.0, 0.8, 0.8]
    assert grids["median_shape"] == [100.0, 512.0, 512.0]


def test_an_axis_is_halved_while_four_voxels_remain() -> None:
    assert plan_strides((3, 4, 4)) == LAYOUT_A[:5]
    assert plan_strides((2, 2, 4)) == (
        (1, 1, 1),
        (1, 1, 2),
        (1, 1, 2),
        (2, 2, 2),
        (2, 2, 2),
    )
    sizes = (1, 4, 7, 8, 15, 16, 80, 160)
    assert [halvings(size) for size in sizes] == [0, 0, 0, 1, 1, 2, 4, 5]


@pytest.mark.parametrize(
    ("spacing", "shape", "patch", "coarsened"),
    [
        # Isotropic: a cube.
        ((1.0, 1.0, 1.0), (300.0, 300.0, 300.0), (128, 128, 128), True),
        # Small and already coarse: the whole case is one patch.
        ((6.44, 3.24, 3.24), (64.0, 96.0, 96.0), (64, 96, 96), False),
        # Few thick slices, nearly 2D: hardly any halving along z.
        ((10.0, 0.7, 0.7), (12.0, 512.0, 512.0), (10, 448, 384), False),
    ],
)
def test_other_data_get_other_plans(
    spacing: Spacing, shape: tuple[float, float, float], patch: Patch, coarsened: bool
) -> None:
    grid = plan_grid(fingerprint(spacing, shape))
    assert grid.coarsened is coarsened
    assert grid.patch == patch
    if not coarsened:
        assert grid.spacing == spacing
    as_network(grid)


def test_thick_slices_are_first_convolved_in_plane() -> None:
    grid = plan_grid(fingerprint((10.0, 0.7, 0.7), (12.0, 512.0, 512.0)))
    assert grid.kernels is not None
    assert grid.kernels == ((1, 3, 3),) * 3 + ((3, 3, 3),) * 4


def test_more_memory_gives_a_finer_grid_and_a_larger_patch() -> None:
    small, large = plan_grid(KITS19, 8.0), plan_grid(KITS19, 48.0)
    assert prod(small.patch) < 80 * 160 * 160 < prod(large.patch)
    assert prod(small.spacing) > prod(KITS19.median_spacing)
    assert large.spacing == KITS19.median_spacing
    assert not large.coarsened


def test_a_batch_is_at_most_a_twentieth_of_the_data_and_at_least_two() -> None:
    one = fingerprint((6.0, 3.0, 3.0), (32.0, 48.0, 48.0), cases=1)
    many = one.model_copy(update={"cases": 200})
    assert plan_grid(one).batch == 2
    assert plan_grid(many).batch == 10


def test_what_cannot_be_a_network_is_refused_in_words() -> None:
    with pytest.raises(ImpossiblePlan, match="6x7x7 voxels is too small"):
        plan_grid(fingerprint((5.0, 5.0, 5.0), (6.0, 7.0, 7.0)))
    with pytest.raises(ImpossiblePlan, match="30 voxels cannot be halved 2 times") as refused:
        plan_grid(KITS19, patch=(16, 32, 30))
    assert refused.value.advice == "Choose 28 or 32."
    with pytest.raises(ImpossiblePlan, match="too little for any patch"):
        plan_grid(KITS19, 1e-7)


def test_three_slices_still_make_a_plan() -> None:
    grid = plan_grid(fingerprint((5.0, 0.8, 0.8), (3.0, 256.0, 256.0), cases=8))
    assert grid.patch[0] == 4
    as_network(grid)


@given(
    st.tuples(*[st.floats(0.5, 6.0)] * 3),
    st.tuples(*[st.floats(12, 600)] * 3),
    st.floats(2, 48),
)
def test_any_plan_is_a_network_that_fits_its_patch(
    spacing: Spacing, shape: tuple[float, float, float], memory: float
) -> None:
    grid = plan_grid(fingerprint(spacing, shape), memory)
    config = as_network(grid)
    assert all(size % by == 0 for size, by in zip(grid.patch, config.divisor, strict=True))
    assert feature_elements(grid.patch, grid.strides) <= 520e6 * memory / 12
    assert all(
        patch < size + by
        for patch, size, by in zip(
            grid.patch, (max(4, n) for n in grid.median_shape), config.divisor, strict=True
        )
    )


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


def test_masks_without_any_structure_are_refused(
    tmp_path: Path, kits_set: Callable[..., Path]
) -> None:
    folder = kits_set(tmp_path, shape=(8, 30, 34))
    for path in folder.glob("*/segmentation.nii.gz"):
        mask = read_mask(path)
        write_mask(path, np.zeros_like(mask.array), mask.geometry)
    with pytest.raises(NothingToLearn, match="No mask"):
        take_fingerprint(read_training_set(folder))


def test_a_plan_is_written_read_and_laid_over_a_preset(
    tmp_path: Path, kits_set: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = str(kits_set(tmp_path / "data", shape=(8, 30, 34))), tmp_path / "plan.json"
    options = ["--preset", "nnunet-v2", "--patch", "8", "16", "16", "--out", str(out), "--cysts"]
    assert main(["plan", data, *options]) == 0
    plan = read_plan(out)
    assert json.loads(capsys.readouterr().out) == json.loads(out.read_text("utf-8"))
    chosen = planned_preset(preset("nnunet-v2"), plan)
    assert chosen.plan.patch == (8, 16, 16)
    assert chosen.plan.normalize_first
    assert chosen.plan.label_map[3] == 3
    assert chosen.plan.mean == plan.fingerprint.mean
    assert chosen.schedule.batch == plan.batch
    config = chosen.network("residual")
    assert config.strides == plan.strides == ((1, 1, 1), (1, 2, 2), (2, 2, 2))
    assert (config.features, config.blocks) == ((24, 48, 96), (1, 2, 3))
    assert (config.skip, config.head_bias, config.structures) == ("avgpool", True, 4)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"schema_version": "x"}, "schema_version"),
        ({"batch": 0}, "batch of at least 1"),
        ({"preprocessing": {"spacing": [0, 1, 1], "patch": [8, 8, 8]}}, "spacing and patch"),
        ({"strides": [[1, 1, 1], [2, 2, 2], [2, 2, 2], [2, 2, 2], [2, 2, 2]]}, "divided by 16"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_by_name(
    tmp_path: Path,
    kits_set: Callable[..., Path],
    change: dict[str, object],
    reason: str,
) -> None:
    out = tmp_path / "plan.json"
    data = str(kits_set(tmp_path / "data", shape=(8, 30, 34)))
    assert main(["plan", data, "--patch", "8", "16", "16", "--out", str(out)]) == 0
    out.write_text(json.dumps(json.loads(out.read_text("utf-8")) | change), "utf-8")
    with pytest.raises(DamagedFile, match=reason):
        read_plan(out)


def test_the_commands_print_json(
    tmp_path: Path, kits_set: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(kits_set(tmp_path / "data", shape=(8, 30, 34)))
    assert main(["plan", data, "--patch", "8", "16", "16"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan["strides"] == [[1, 1, 1], [1, 2, 2], [2, 2, 2]]
    assert plan["preprocessing"]["spacing"] == [6.0, 3.0, 3.0]
    assert main(["plan", data, "--patch", "2", "16", "16"]) == 2
    assert "at least 4 voxels" in capsys.readouterr().err
    assert main(["preprocess", data, "--out", str(tmp_path / "out"), "--preset", "demo"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["case"] for line in lines] == [f"case_{n:05d}" for n in range(5)]
    assert all((tmp_path / "out" / line["folder"] / "case.json").exists() for line in lines)
    assert main(["describe", "--arch", "plain"]) == 0
    described = json.loads(capsys.readouterr().out)
    assert (described["parameters"], described["gmac_per_patch"]) == (29_688_080, 616.7)
