"""The drawn numbers follow the table of the method: probability, range, independence.

The seeds are fixed, so a bound of five standard deviations never fails by chance.
"""

from __future__ import annotations

from math import radians, sqrt

import numpy as np
import pytest
from scipy import stats

from trainer.training.augment import AUGMENTATIONS, BatchDraw, draw_batch

BATCHES, SAMPLES = 6000, 2
DRAWS = BATCHES * SAMPLES
ANGLE = radians(30)
PAPER = {
    "rotation": (0.2, -ANGLE, ANGLE, 3),
    "scaling": (0.2, 0.7, 1.4, 1),
    "noise": (0.1, 0.0, 0.1, 1),
    "brightness": (0.15, 0.75, 1.25, 1),
    "contrast": (0.15, 0.75, 1.25, 1),
    "inverted_gamma": (0.1, 0.7, 1.5, 1),
    "gamma": (0.3, 0.7, 1.5, 1),
}
NNUNET = PAPER | {"blur": (0.1, 0.5, 1.0, 3), "low_resolution": (0.125, 0.5, 1.0, 1)}
TABLES = {"paper": PAPER, "nnunet-v2": NNUNET}
ORDER = [
    *("rotation", "scaling", "noise", "blur", "brightness", "contrast"),
    *("low_resolution", "inverted_gamma", "gamma"),
]


@pytest.fixture(scope="module")
def drawn() -> dict[str, list[BatchDraw]]:
    """Thousands of batches of both columns, each from a generator of its own."""
    return {
        name: [
            draw_batch(AUGMENTATIONS[name], SAMPLES, np.random.default_rng([0, 0, 0, 0, step]))
            for step in range(BATCHES)
        ]
        for name in TABLES
    }


def numbers(drawn: list[BatchDraw], step: str) -> np.ndarray:
    """Return (batches, samples, axes)."""
    return np.stack([draw.numbers[step] for draw in drawn])


def given(drawn: list[BatchDraw], step: str) -> np.ndarray:
    """Return (batches, samples): where the step was drawn."""
    return ~np.isnan(numbers(drawn, step)[..., 0])


@pytest.mark.parametrize("name", TABLES)
def test_probabilities_and_ranges_are_the_tables_to_the_last_digit(name) -> None:
    augmentation = AUGMENTATIONS[name]
    for step in ORDER:
        chance = getattr(augmentation, step)
        if step not in TABLES[name]:
            assert chance is None
            continue
        numbers = (chance.probability, chance.low, chance.high, chance.axes)
        assert numbers == TABLES[name][step]
        assert chance.halved == ((name, step) == ("paper", "scaling"))
    assert augmentation.mirroring == 0.5


@pytest.mark.parametrize("name", TABLES)
def test_the_steps_are_the_tables_in_its_order(drawn, name) -> None:
    assert list(drawn[name][0].numbers) == [step for step in ORDER if step in TABLES[name]]


@pytest.mark.parametrize(("name", "step"), [(n, s) for n, t in TABLES.items() for s in t])
def test_each_step_is_drawn_with_its_probability(drawn, name, step) -> None:
    probability, _, _, axes = TABLES[name][step]
    values = numbers(drawn[name], step)
    assert values.shape[-1] == axes
    assert np.array_equal(np.isnan(values).any(-1), np.isnan(values).all(-1))
    margin = 5 * sqrt(DRAWS * probability * (1 - probability))
    assert abs(given(drawn[name], step).sum() - DRAWS * probability) < margin


@pytest.mark.parametrize(("name", "step"), [(n, s) for n, t in TABLES.items() for s in t])
def test_each_number_is_uniform_over_its_range(drawn, name, step) -> None:
    _, low, high, axes = TABLES[name][step]
    values = numbers(drawn[name], step)[given(drawn[name], step)]

    def uniform(value):
        return (value - low) / (high - low)

    def halves(value):
        return np.where(value < 1, (value - low) / (1 - low), 1 + (value - 1) / (high - 1)) / 2

    expected = halves if (name, step) == ("paper", "scaling") else uniform
    for axis in range(axes):
        column = values[:, axis]
        assert column.min() >= low
        assert column.max() <= high
        assert stats.kstest(column, expected).pvalue > 1e-3


def test_the_paper_draws_half_of_the_scales_below_one(drawn) -> None:
    for name, share in (("paper", 0.5), ("nnunet-v2", 0.3 / 0.7)):
        values = numbers(drawn[name], "scaling")[given(drawn[name], "scaling")]
        margin = 5 * sqrt(share * (1 - share) / len(values))
        assert abs((values < 1).mean() - share) < margin


@pytest.mark.parametrize("name", TABLES)
def test_every_axis_is_mirrored_half_of_the_time_apart_from_the_others(drawn, name) -> None:
    mirrored = np.stack([draw.mirrored for draw in drawn[name]]).reshape(-1, 3)
    which = mirrored @ [1, 2, 4]
    assert stats.chisquare(np.bincount(which, minlength=8)).pvalue > 1e-3


@pytest.mark.parametrize("name", TABLES)
def test_steps_samples_and_batches_are_independent(drawn, name) -> None:
    flags = np.stack([given(drawn[name], step) for step in TABLES[name]], -1).astype(float)
    columns = np.concatenate([flags[:-1, 0], flags[:-1, 1], flags[1:, 0]], axis=1)
    correlation = np.corrcoef(columns.T) - np.eye(columns.shape[1])
    assert np.abs(correlation).max() < 5 / sqrt(BATCHES)


@pytest.mark.parametrize("step", ["rotation", "blur"])
def test_the_axes_of_a_step_are_independent(drawn, step) -> None:
    values = numbers(drawn["nnunet-v2"], step)[given(drawn["nnunet-v2"], step)]
    correlation = np.corrcoef(values.T) - np.eye(3)
    assert np.abs(correlation).max() < 5 / sqrt(len(values))


def test_the_samples_of_a_batch_have_numbers_of_their_own(drawn) -> None:
    both = given(drawn["paper"], "gamma").all(1)
    pairs = numbers(drawn["paper"], "gamma")[both, :, 0]
    assert len(pairs) > 300
    assert abs(np.corrcoef(pairs.T)[0, 1]) < 5 / sqrt(len(pairs))


def test_a_generator_in_the_same_state_draws_the_same(drawn) -> None:
    for step in (0, 17):
        again = draw_batch(
            AUGMENTATIONS["nnunet-v2"], SAMPLES, np.random.default_rng([0, 0, 0, 0, step])
        )
        first = drawn["nnunet-v2"][step]
        assert again.noise_seed == first.noise_seed
        assert np.array_equal(again.mirrored, first.mirrored)
        for name, values in first.numbers.items():
            assert np.array_equal(values, again.numbers[name], equal_nan=True)


def test_noise_fields_have_seeds_of_their_own(drawn) -> None:
    assert len({draw.noise_seed for draw in drawn["paper"]}) == BATCHES


def test_a_sample_is_warped_where_rotation_or_scaling_was_drawn(drawn) -> None:
    for draw in drawn["paper"][:200]:
        for sample in range(SAMPLES):
            angles = draw.numbers["rotation"][sample]
            scale = draw.numbers["scaling"][sample, 0]
            matrix = draw.matrix(sample)
            if np.isnan(angles[0]) and np.isnan(scale):
                assert matrix is None
                continue
            assert matrix is not None
            expected = 1.0 if np.isnan(scale) else scale
            assert np.cbrt(np.linalg.det(matrix)) == pytest.approx(expected)
            turned = not np.allclose(matrix, expected * np.eye(3))
            assert turned == (not np.isnan(angles[0]))
    assert draw_batch(AUGMENTATIONS["none"], 2, np.random.default_rng(0)).matrix(1) is None
