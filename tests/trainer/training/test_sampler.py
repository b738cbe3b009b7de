from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from trainer.training.sampler import PatchSampler

PATCH = (4, 8, 6)


@pytest.fixture
def cases(make_case):
    def case(name: str, shape: tuple[int, int, int], voxels: dict[tuple[int, int, int], int]):
        mask = np.zeros(shape, np.uint8)
        for index, structure in voxels.items():
            mask[index] = structure
        return make_case(name, np.zeros(shape, np.float32), mask)

    both = {(0, 0, 0): 1, (5, 9, 9): 1, (6, 9, 9): 1, (3, 4, 5): 2}
    return [
        case("a", (8, 16, 12), both),
        case("b", (3, 20, 6), {(1, 19, 5): 1}),
        case("c", PATCH, {}),
    ]


def draws(cases, count: int = 3000):
    sampler = PatchSampler(cases, PATCH, batch=2, foreground_fraction=0.5)
    rng = np.random.default_rng(0)
    return [sampler.draw(rng) for _ in range(count)]


def test_the_first_sample_is_random_and_lies_inside_or_in_the_middle(cases) -> None:
    lows = {"a": set(), "b": set(), "c": set()}
    for first, _ in draws(cases):
        assert first.structure is None
        lows[first.case.id].add(first.low)
    assert lows["a"] <= {(z, y, x) for z in range(5) for y in range(9) for x in range(7)}
    assert len(lows["a"]) > 250
    for axis, last in enumerate((4, 8, 6)):
        assert {low[axis] for low in lows["a"]} == set(range(last + 1))
    assert lows["b"] == {(0, y, 0) for y in range(13)}
    assert lows["c"] == {(0, 0, 0)}


def test_the_second_sample_is_centred_on_a_uniformly_drawn_structure(cases) -> None:
    seen: Counter[tuple[str, int | None]] = Counter()
    for _, second in draws(cases):
        seen[second.case.id, second.structure] += 1
        if second.structure is not None:
            centre = tuple(low + size // 2 for low, size in zip(second.low, PATCH, strict=True))
            _, mask = second.case.read_box(centre, (1, 1, 1))
            assert mask.item() == second.structure
    assert set(seen) == {("a", 1), ("a", 2), ("b", 1), ("c", None)}
    assert seen["a", 1] == pytest.approx(500, rel=0.15)
    assert seen["a", 2] == pytest.approx(500, rel=0.15)
    assert seen["b", 1] == pytest.approx(1000, rel=0.1)


def test_every_voxel_of_a_structure_is_drawn_alike(cases) -> None:
    lows = Counter(second.low for _, second in draws(cases[:1]) if second.structure == 1)
    assert len(lows) == 3
    assert max(lows.values()) < 1.2 * min(lows.values())


def test_the_generator_decides(cases) -> None:
    def places(batches):
        return [(draw.case.id, draw.low) for batch in batches for draw in batch]

    assert places(draws(cases, 20)) == places(draws(list(reversed(cases)), 20))
