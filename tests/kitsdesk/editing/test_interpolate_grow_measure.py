from __future__ import annotations

import math

import numpy as np
import pytest
from bodies import SPACING, after, ball, blank, scene

from kitsdesk.editing.gates import Gates
from kitsdesk.editing.grow import grow
from kitsdesk.editing.interpolation import interpolate
from kitsdesk.editing.measure import ellipse_values, longest_axial_diameter, ruler_mm


def dice(a, b):
    return 2 * (a & b).sum() / (a.sum() + b.sum())


def every_third(truth, axis, structure=1):
    mask = np.zeros(truth.shape, np.uint8)
    slices = np.flatnonzero(truth.any(axis=tuple(a for a in range(3) if a != axis)))
    kept = [*slices[::4].tolist(), int(slices[-1])]
    index = [slice(None)] * 3
    index[axis] = kept
    mask[tuple(index)] = truth[tuple(index)] * structure
    return mask


@pytest.mark.parametrize(("plane", "axis"), [("axial", 0), ("coronal", 1), ("sagittal", 2)])
def test_interpolation_restores_a_ball_from_every_fourth_slice(plane, axis):
    truth = ball((40, 40, 40), (20, 20, 20), 15, (1.0, 1.0, 1.0))
    mask = every_third(truth, axis)
    filled = after(interpolate(scene(mask, spacing=(1.0, 1.0, 1.0)), 1, plane), mask)
    assert dice(filled == 1, truth) > 0.97


def test_interpolation_follows_an_object_that_moves():
    truth = np.zeros((21, 80, 80), bool)
    for z in range(21):
        truth[z] = ball((1, 80, 80), (0, 15 + 2 * z, 40), 8)[0]
    mask = np.zeros(truth.shape, np.uint8)
    for z in (0, 5, 10, 15, 20):
        mask[z] = truth[z]
    filled = after(interpolate(scene(mask), 1), mask)
    assert dice(filled == 1, truth) > 0.97


def test_two_kidneys_are_interpolated_apart_each_from_its_own_slices():
    mask = blank((24, 60, 90))
    for z in (2, 8, 14):
        mask[z] = ball((1, 60, 90), (0, 30, 20), 9)[0]
    for z in (5, 11, 17):
        mask[z][ball((1, 60, 90), (0, 30, 70), 9)[0]] = 1
    filled = after(interpolate(scene(mask), 1), mask)
    assert (filled[2:15, 30, 20] == 1).all()
    assert (filled[5:18, 30, 70] == 1).all()
    assert not filled[15:, 30, 20].any()
    assert not filled[:5, 30, 70].any()
    assert not filled[:, 30, 40:55].any()


def test_interpolation_keeps_gates_others_and_wide_gaps():
    mask = blank((24, 60, 60))
    for z in (2, 8, 23):
        mask[z] = ball((1, 60, 60), (0, 30, 30), 12)[0]
    mask[5, 28:33, 28:33] = 2
    filled = after(interpolate(scene(mask), 1), mask)
    assert np.array_equal(filled == 2, mask == 2)
    assert filled[5, 22, 30] == 1
    assert not filled[9:23].any()
    image = np.zeros(mask.shape, np.int16)
    gated = scene(mask, image, gates=Gates(hu_range=(100, 200)))
    assert interpolate(gated, 1) is None
    assert interpolate(scene(mask), 3) is None


def noisy_kidney():
    rng = np.random.default_rng(3)
    shape = (20, 70, 70)
    kidney = ball(shape, (10, 35, 35), 18)
    tumor = ball(shape, (10, 35, 46), 9)
    image = np.where(kidney, 170.0, -80.0)
    image[tumor] = 70
    image += rng.normal(0, 12, shape)
    return image.astype(np.int16), kidney & ~tumor, tumor


def test_growing_finds_the_edges_and_spares_the_other_structure():
    image, kidney, tumor = noisy_kidney()
    mask = np.zeros(image.shape, np.uint8)
    mask[10, 33:38, 24:29] = 1
    mask[10, 33:38, 44:49] = 2
    grown = after(grow(scene(mask, image), 1, reach_mm=45), mask)
    assert dice(grown == 1, kidney) > 0.95
    both = after(grow(scene(grown, image), 2, reach_mm=30), grown)
    assert dice(both == 2, tumor) > 0.9
    assert np.array_equal(both == 1, grown == 1)


def test_growing_stays_within_reach_and_gates():
    image, kidney, _ = noisy_kidney()
    mask = np.zeros(image.shape, np.uint8)
    mask[10, 33:38, 24:29] = 1
    near = after(grow(scene(mask, image), 1, reach_mm=4), mask)
    assert (near == 1).sum() < 0.1 * kidney.sum()
    assert grow(scene(mask, image, gates=Gates(only_over=frozenset({2}))), 1) is None
    assert grow(scene(mask), 1) is None
    assert grow(scene(mask, image), 3) is None


def test_the_ruler_is_in_millimetres():
    assert ruler_mm((0, 0, 0), (1, 4, 0), (3.0, 1.0, 1.0)) == pytest.approx(5.0)


def test_an_ellipse_gives_mean_and_deviation_of_what_it_encloses():
    image = np.zeros((5, 40, 40), np.int16)
    disc = ball((1, 40, 40), (0, 20, 20), 6)[0]
    image[2, disc] = np.where(np.indices((40, 40)).sum(axis=0) % 2, 30, 50)[disc]
    values = ellipse_values(image, SPACING, "axial", (2.2, 14, 14), (2.2, 26, 26))
    assert values.voxels == disc.sum()
    assert values.mean == pytest.approx(image[2, disc].mean())
    assert values.deviation == pytest.approx(10, abs=0.1)
    assert values.area_mm2 == pytest.approx(math.pi * 36)
    coronal = ellipse_values(image, SPACING, "coronal", (1, 20, 14), (3, 20, 26))
    assert coronal.area_mm2 == pytest.approx(math.pi * 3 * 6)
    assert ellipse_values(image, SPACING, "axial", (9, 1, 1), (9, 5, 5)) is None
    assert ellipse_values(image, SPACING, "axial", (2, 5, 1), (2, 5, 5)) is None
    assert ellipse_values(image, SPACING, "axial", (2, -9, -9), (2, -3, -3)) is None


def test_the_longest_axial_diameter_of_the_component_under_the_pointer():
    mask = blank((10, 60, 60))
    mask[4, 10:13, 10:14] = 2
    mask[6, 40, 20:30] = 2
    mask[5, 12, 12] = 2
    small = longest_axial_diameter(mask, (3.0, 0.5, 2.0), (4, 11, 11))
    assert small.mm == pytest.approx(math.hypot(3 * 0.5, 4 * 2.0))
    assert small.start[0] == small.end[0] == 4
    long = longest_axial_diameter(mask, SPACING, (6, 40, 25))
    assert long.mm == pytest.approx(math.hypot(10, 1))
    assert {long.start[2], long.end[2]} == {19.5, 29.5}
    assert longest_axial_diameter(mask, SPACING, (0, 0, 0)) is None
