from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from trainer.evaluation.surface_dice import (
    TOLERANCES_MM,
    kits_surface_dice,
    nested_class,
    surface_dice,
)
from trainer.evaluation.surface_elements import piece_areas, surface_pieces

SPACINGS = [(1.0, 1.0, 1.0), (5.0, 0.8, 1.3), (0.5, 2.2, 0.9)]


def blob(seed: int, shape=(18, 30, 26)) -> np.ndarray:
    noise = gaussian_filter(np.random.default_rng(seed).normal(size=shape), 2)
    return noise > np.quantile(noise, 0.8)


def ball(radius: float, spacing, shape) -> np.ndarray:
    grids = np.indices(shape)
    middle = [(size - 1) / 2 for size in shape]
    away = [(g - m) * s for g, m, s in zip(grids, middle, spacing, strict=True)]
    return sum(distance**2 for distance in away) <= radius**2


def test_the_classes_and_tolerances_are_kits23s():
    mask = np.array([0, 1, 2, 3])
    assert nested_class(mask, "kidney_and_mass").tolist() == [False, True, True, True]
    assert nested_class(mask, "mass").tolist() == [False, False, True, True]
    assert nested_class(mask, "tumor").tolist() == [False, False, True, False]
    assert TOLERANCES_MM == {
        "kidney_and_mass": 1.0330772532390826,
        "mass": 1.1328796488598762,
        "tumor": 1.1498198361434828,
    }


def test_pieces_of_a_plane_an_edge_and_a_corner_have_their_area():
    areas = piece_areas((5.0, 0.8, 1.3))
    # Bits: 0-3 the upper four centres along z, 0 and 1 neighbours along x.
    assert areas[0b00001111] == pytest.approx(0.8 * 1.3)
    assert areas[0b01010101] == pytest.approx(5.0 * 0.8)
    slope = math.hypot(5.0 / 2, 0.8 / 2) * 1.3
    assert areas[0b00000011] == pytest.approx(slope)
    a, b, c = 5.0 / 2, 0.8 / 2, 1.3 / 2
    corner = math.sqrt((a * b) ** 2 + (b * c) ** 2 + (a * c) ** 2) / 2
    assert areas[0b00000001] == pytest.approx(corner)
    assert areas[0] == areas[255] == 0


@pytest.mark.parametrize("spacing", SPACINGS)
def test_a_mask_and_its_complement_have_one_surface(spacing):
    areas = piece_areas(spacing)
    assert np.allclose(areas, areas[::-1])
    assert (areas[1:255] > 0).all()


def test_the_area_of_a_ball_is_near_the_spheres():
    spacing = (1.0, 0.5, 0.5)
    _, areas = surface_pieces(ball(12, spacing, (30, 60, 60)), spacing)
    # A surface through edge middles is rougher than the sphere.
    assert 1.0 < areas.sum() / (4 * math.pi * 12**2) < 1.15


def test_two_shifted_boxes_as_counted_by_hand():
    first = np.zeros((20, 20, 20), bool)
    first[5:15, 5:15, 5:15] = True
    second = np.roll(first, 2, axis=0)
    # Faces across z are 2 mm apart; of the sides, what lies within 1 mm of the other's ends.
    assert surface_dice(first, first, (1.0, 1.0, 1.0), 1.0) == 1.0
    assert surface_dice(first, second, (1.0, 1.0, 1.0), 2.0) == 1.0
    near = surface_dice(first, second, (1.0, 1.0, 1.0), 1.0)
    places, areas = surface_pieces(first, (1.0, 1.0, 1.0))
    others, _ = surface_pieces(second, (1.0, 1.0, 1.0))
    within = np.array([np.linalg.norm(others - place, axis=1).min() <= 1 for place in places])
    assert near == pytest.approx(areas[within].sum() / areas.sum())
    assert 0.6 < near < 0.9


@pytest.mark.parametrize("spacing", SPACINGS)
def test_it_equals_distances_from_every_piece_to_every_other(spacing):
    first, second = blob(1, (9, 14, 12)), blob(2, (9, 14, 12))
    places, areas = surface_pieces(first, spacing)
    others, other_areas = surface_pieces(second, spacing)
    apart = np.linalg.norm(places[:, None] - others[None], axis=2)
    for tolerance in (0.95, 1.7, 3.1):
        near = areas[apart.min(axis=1) <= tolerance].sum()
        near += other_areas[apart.min(axis=0) <= tolerance].sum()
        expected = near / (areas.sum() + other_areas.sum())
        assert surface_dice(first, second, spacing, tolerance) == pytest.approx(expected)


def test_a_mask_at_the_edge_of_the_image_ends_there():
    first = np.zeros((4, 5, 6), bool)
    first[0] = True
    inside = np.zeros((6, 7, 8), bool)
    inside[1, 1:6, 1:7] = True
    assert np.sort(surface_pieces(first, (1, 2, 3))[1]) == pytest.approx(
        np.sort(surface_pieces(inside, (1, 2, 3))[1])
    )


def test_the_empty_policies():
    some, none = blob(1), np.zeros((18, 30, 26), bool)
    spacing = (1.0, 1.0, 1.0)
    assert surface_dice(none, none, spacing, 1.0) == 1.0
    assert math.isnan(surface_dice(none, none, spacing, 1.0, "nan"))
    assert surface_dice(some, none, spacing, 1.0, "nan") == 0.0
    scores = kits_surface_dice(some.astype(np.uint8), some.astype(np.uint8), spacing, "nan")
    assert scores["kidney_and_mass"] == 1.0
    assert math.isnan(scores["tumor"])
    with pytest.raises(ValueError, match="shapes"):
        kits_surface_dice(some, none[1:], spacing)
