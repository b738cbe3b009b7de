from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trainer.contract.errors import DamagedFile
from trainer.contract.presets import preset
from trainer.datasets.training_set import read_training_set
from trainer.imaging.mask_file import read_mask
from trainer.imaging.reader import read_image
from trainer.preprocessing.cache import prepare_case, prepare_training_set
from trainer.preprocessing.cached_case import CachedCase
from trainer.preprocessing.mask_bits import pack_mask, unpack_columns
from trainer.preprocessing.prepare import prepare_image, prepare_mask

PLAN = preset("demo").plan


@pytest.fixture
def data(tmp_path: Path, kits_set: Callable[..., Path]) -> Path:
    return kits_set(tmp_path / "data", cases=5, shape=(12, 40, 44))


def test_two_bits_hold_any_mask_and_any_columns() -> None:
    rng = np.random.default_rng(0)
    for width in (1, 4, 5, 11):
        mask = rng.integers(0, 4, (3, 5, width), dtype=np.uint8)
        packed = pack_mask(mask)
        assert packed.nbytes == 15 * -(-width // 4)
        for low in range(width):
            for high in range(low + 1, width + 1):
                assert np.array_equal(unpack_columns(packed, low, high), mask[..., low:high])
    with pytest.raises(ValueError, match="0 to 3, not 4"):
        pack_mask(np.full((1, 1, 1), 4, np.uint8))


def test_the_cache_holds_what_preparing_gives(data: Path, tmp_path: Path) -> None:
    case = read_training_set(data).cases[0]
    cached = prepare_case(case, PLAN, tmp_path / "cache")
    volume = read_image(case.image)
    prepared = prepare_image(volume, PLAN)
    labels = prepare_mask(read_mask(case.mask, like=volume.geometry), prepared, PLAN)
    image, mask = cached.read_box((0, 0, 0), cached.shape)
    assert np.abs(image - prepared.array).max() < 4.5e-5
    assert np.array_equal(mask, labels)
    assert set(np.unique(mask)) == {0, 1, 2}


def test_a_box_reaching_outside_is_zero_and_background_there(data: Path, tmp_path: Path) -> None:
    cached = prepare_case(read_training_set(data).cases[0], PLAN, tmp_path)
    image, mask = cached.read_box((0, 0, 0), cached.shape)
    pad = 5
    padded_image, padded_mask = np.pad(image, pad), np.pad(mask, pad)
    rng = np.random.default_rng(1)
    for _ in range(30):
        size = rng.integers(1, 9, 3)
        low = [
            int(rng.integers(0, n + 2 * pad - s)) for n, s in zip(image.shape, size, strict=True)
        ]
        box = tuple(slice(a, a + s) for a, s in zip(low, size, strict=True))
        got_image, got_mask = cached.read_box([a - pad for a in low], size.tolist())
        assert np.array_equal(got_image, padded_image[box])
        assert np.array_equal(got_mask, padded_mask[box])
    far, _ = cached.read_box((1000, 0, 0), (2, 2, 2))
    assert not far.any()


def test_voxels_of_a_structure_are_found(data: Path, tmp_path: Path) -> None:
    cached = prepare_case(read_training_set(data).cases[0], PLAN, tmp_path)
    _, mask = cached.read_box((0, 0, 0), cached.shape)
    for structure, flat in cached.locations.items():
        assert len(flat) == np.count_nonzero(mask == structure)
        assert mask[cached.voxel(structure, len(flat) // 2)] == structure


def test_only_what_changed_is_rebuilt(data: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    training_set = read_training_set(data)
    prepare_training_set(training_set, PLAN, cache)
    before = {path: path.stat().st_mtime_ns for path in cache.glob("*/image.npy")}
    assert len(before) == 5
    changed = training_set.cases[2]
    other = training_set.cases[3]
    changed.mask.write_bytes(other.mask.read_bytes())
    seen: list[str] = []
    prepared = prepare_training_set(
        training_set, PLAN, cache, lambda done, total, case: seen.append(f"{done}/{total} {case}")
    )
    after = {path: path.stat().st_mtime_ns for path in cache.glob("*/image.npy")}
    assert {path: after[path] for path in before} == before
    assert len(after) == 6
    assert seen[-1] == "5/5 case_00004"
    assert isinstance(prepared["case_00002"], CachedCase)
    finer = PLAN.model_copy(update={"spacing": (5.0, 2.0, 2.0)})
    assert prepare_case(other, finer, cache).shape != prepared[other.id].shape
    other_patch = PLAN.model_copy(update={"patch": (8, 8, 8)})
    prepare_training_set(training_set, other_patch, cache)
    assert len(list(cache.glob("*/image.npy"))) == 7


def test_an_export_with_other_voxels_than_its_manifest_is_refused(
    data: Path, tmp_path: Path
) -> None:
    case = replace(read_training_set(data).cases[0], image_hash="0" * 64, mask_hash="1" * 64)
    with pytest.raises(DamagedFile, match="image of case_00000 is not the one"):
        prepare_case(case, PLAN, tmp_path)


def test_a_cut_cache_file_is_named(data: Path, tmp_path: Path) -> None:
    case = read_training_set(data).cases[0]
    prepare_case(case, PLAN, tmp_path)
    image = next(tmp_path.glob("*/image.npy"))
    image.write_bytes(image.read_bytes()[:200])
    with pytest.raises(DamagedFile, match="prepared case case_00000 cannot be read"):
        prepare_case(case, PLAN, tmp_path)
