from __future__ import annotations

import numpy as np
import pytest

from kitsdesk.viewer.orbit import Orbit, to_scene
from kitsdesk.viewer.surface_meshes import structure_meshes


def ball(shape, centre, radius_mm, spacing):
    grid = np.indices(shape)
    return sum(((grid[a] - centre[a]) * spacing[a]) ** 2 for a in range(3)) <= radius_mm**2


@pytest.mark.parametrize("spacing", [(3.0, 0.8, 0.8), (1.0, 1.0, 1.0), (0.5, 0.78, 0.78)])
def test_a_ball_is_where_and_as_large_as_it_is_in_mm(spacing):
    shape = tuple(int(90 / step) for step in spacing)
    centre = tuple(n // 2 for n in shape)
    mask = ball(shape, centre, 25.0, spacing).astype(np.uint8)
    mesh = structure_meshes(mask, spacing)[1]
    middle = (mesh.vertices.min(axis=0) + mesh.vertices.max(axis=0)) / 2
    assert middle == pytest.approx([c * s for c, s in zip(centre, spacing, strict=True)], abs=1.0)
    radius = np.linalg.norm(mesh.vertices - middle, axis=1)
    assert radius.mean() == pytest.approx(25.0, abs=1.0)


def test_large_masks_stay_within_the_face_budget():
    spacing = (1.0, 1.0, 1.0)
    mask = np.zeros((150, 150, 150), np.uint8)
    mask[ball(mask.shape, (75, 75, 75), 70, spacing)] = 1
    mask[ball(mask.shape, (75, 75, 75), 40, spacing)] = 2
    meshes = structure_meshes(mask, spacing, budget=6000)
    assert set(meshes) == {1, 2}
    assert 1000 < sum(len(mesh.faces) for mesh in meshes.values()) <= 6000


def test_a_small_tumor_beside_a_large_one_stays_visible():
    mask = np.zeros((40, 80, 80), np.uint8)
    mask[10:30, 10:40, 10:40] = 2
    mask[20:21, 60:62, 60:62] = 2
    vertices = structure_meshes(mask, (3.0, 0.8, 0.8))[2].vertices
    assert np.any(vertices[:, 2] > 58 * 0.8)


def test_nothing_comes_of_an_empty_mask_or_a_cancelled_request():
    empty = np.zeros((8, 8, 8), np.uint8)
    assert structure_meshes(empty, (1.0, 1.0, 1.0)) == {}
    assert structure_meshes(empty + 1, (1.0, 1.0, 1.0), cancelled=lambda: True) == {}


def test_the_scene_of_the_surfaces_is_not_a_mirror_image():
    # Anterior × inferior = left is what (towards, down, right) is on a screen.
    left, posterior, superior = np.eye(3)
    axes = to_scene(np.array([superior, posterior, left], np.float32)[:, [2, 1, 0]])
    scene_of = dict(zip("SPL", axes, strict=True))
    assert scene_of["S"].tolist() == [0, -1, 0]
    assert scene_of["P"].tolist() == [-1, 0, 0]
    assert scene_of["L"].tolist() == [0, 0, 1]


def test_letters_turn_with_the_surfaces():
    assert Orbit().letters() == ("S", "I", "R", "L")
    assert Orbit(azimuth=180).letters() == ("S", "I", "L", "R")
    # Dragged to the right, the surface shows the patient's right side.
    assert Orbit(azimuth=90).letters() == ("S", "I", "P", "A")
    assert Orbit(elevation=85).letters()[0] == "P"
