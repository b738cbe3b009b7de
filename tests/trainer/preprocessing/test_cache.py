from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trainer.contract.errors import DamagedFile
from trainer.contract.jsonfile import read_json, write_json
from trainer.contract.presets import preset
from trainer.datasets.broken_cases import BrokenTrainingSet
from trainer.datasets.training_set import read_training_set
from trainer.imaging.mask_file import read_mask
from trainer.imaging.reader import read_image
from trainer.imaging.safe_write import WriteFailed
from trainer.preprocessing.cache import case_key, prepare_case, prepare_training_set, prune
from trainer.preprocessing.cached_case import CachedCase, open_case, write_case
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


def test_an_image_is_whole_steps_of_a_twelve_thousandth(data: Path, tmp_path: Path) -> None:
    case = read_training_set(data).cases[0]
    cached = prepare_case(case, PLAN, tmp_path / "cache")
    assert cached.image.dtype == np.int16
    exact = prepare_image(read_image(case.image), PLAN).array
    assert np.array_equal(cached.image, np.rint(12000 * exact))
    far = np.array([[[-9.0, -2.74, 2.71, 9.0]]], np.float32)
    record = cached.record.model_copy(update={"shape": (1, 1, 4)})
    write_case(tmp_path / "far", record, far, np.zeros(far.shape, np.uint8))
    assert open_case(tmp_path / "far", "far").image.tolist() == [[[-32767, -32767, 32520, 32767]]]


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


@pytest.mark.parametrize("name", ["image.npy", "mask.npy", "structure_2.npy", "case.json"])
@pytest.mark.parametrize("damage", ["cut", "one bit", "removed", "older version"])
def test_a_damaged_prepared_case_is_rebuilt(
    data: Path, tmp_path: Path, name: str, damage: str
) -> None:
    case = read_training_set(data).cases[0]
    cache = tmp_path / "cache"
    whole = prepare_case(case, PLAN, cache)
    before = np.array(whole.image), np.array(whole.packed_mask)
    folder = next(cache.glob("*/case.json")).parent
    path = folder / name
    content = path.read_bytes()
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "one bit":
        path.write_bytes(content[:-3] + bytes([content[-3] ^ 16]) + content[-2:])
    elif damage == "removed":
        path.unlink()
    else:
        record = read_json(folder / "case.json")
        del record["files"]
        write_json(folder / "case.json", record)
    rebuilt = prepare_case(case, PLAN, cache)
    assert np.array_equal(rebuilt.image, before[0])
    assert np.array_equal(rebuilt.packed_mask, before[1])
    assert [path.name for path in cache.iterdir() if path.name != "hashes"] == [folder.name]
    open_case(folder, case.id)


def test_a_damaged_list_of_hashes_is_read_anew(data: Path, tmp_path: Path) -> None:
    case = read_training_set(data).cases[0]
    prepare_case(case, PLAN, tmp_path)
    listed = next((tmp_path / "hashes").iterdir())
    for content in ("", "[1]", "{}"):
        listed.write_text(content)
        prepare_case(case, PLAN, tmp_path)
        assert len(read_json(listed)) == 2
    assert len(list(tmp_path.glob("*/case.json"))) == 1


def test_what_no_plan_in_use_needs_is_pruned(data: Path, tmp_path: Path) -> None:
    training_set = read_training_set(data)
    finer = PLAN.model_copy(update={"spacing": (5.0, 2.0, 2.0)})
    prepare_training_set(training_set, finer, tmp_path)
    prepared = prepare_training_set(training_set, PLAN, tmp_path)
    assert len(list(tmp_path.glob("*/case.json"))) == 10
    assert len(prune(tmp_path, prepared.values(), PLAN)) == 5
    left = {path.parent.name for path in tmp_path.glob("*/case.json")}
    assert left == {
        case_key(case.record.image_hash, case.record.mask_hash, PLAN) for case in prepared.values()
    }
    assert all(path.exists() for path in (tmp_path / "hashes").iterdir())


def test_a_cache_that_cannot_be_written_is_said_in_words(data: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(WriteFailed, match="prepared case could not be written"):
        prepare_training_set(read_training_set(data), PLAN, blocked)


def test_a_value_that_the_plan_does_not_know_is_refused(data: Path, tmp_path: Path) -> None:
    narrow = PLAN.model_copy(update={"label_map": {0: 0, 1: 1}})
    with pytest.raises(BrokenTrainingSet, match="5 of 5 cases") as refused:
        prepare_training_set(read_training_set(data), narrow, tmp_path)
    assert refused.value.cases[0].case == "case_00000"
    assert refused.value.cases[0].reason.startswith("The mask has the value 2")
    beyond = PLAN.model_copy(update={"label_map": {0: 0, 1: 1, 2: 3}})
    with pytest.raises(BrokenTrainingSet, match="plan knows only 0, 1"):
        prepare_training_set(read_training_set(data), beyond, tmp_path)
