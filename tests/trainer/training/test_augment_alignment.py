"""Image and mask end up where the drawn numbers say, to a tenth of a voxel, and together.

Shapes with a known place: a linear ramp (which linear interpolation keeps exactly), half
spaces and ellipsoids. The draws are those of training, each step drawn every time.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from trainer.training.augment import AUGMENTATIONS, BatchDraw, apply_mirroring, draw_batch
from trainer.training.sampler import PatchDraw
from trainer.training.spatial import read_block, spatial_matrix, warp_block

CPU = torch.device("cpu")
PATCH = (32, 36, 40)
LOW = (34, 33, 30)
SHAPE = (98, 100, 102)
CENTRE = np.array(LOW) + (np.array(PATCH) - 1) / 2
TABLE = AUGMENTATIONS["nnunet-v2"]
MOVES = replace(
    AUGMENTATIONS["none"],
    rotation=replace(TABLE.rotation, probability=1.0),
    scaling=replace(TABLE.scaling, probability=1.0),
    mirroring=0.5,
)
SEEDS = range(12)


def grid(shape) -> np.ndarray:
    return np.stack(np.meshgrid(*(np.arange(n) for n in shape), indexing="ij"), -1).astype(float)


def moved(case, draw: BatchDraw) -> tuple[np.ndarray, np.ndarray]:
    """Return the image and the mask of a patch, turned, scaled and mirrored as drawn."""
    block = read_block(PatchDraw(case, LOW, None), PATCH, draw.matrix(0))
    image, mask = warp_block(block, PATCH, 3, CPU)
    images, masks = image[None, None].clone(), mask[None].clone()
    apply_mirroring(images, masks, draw)
    return images[0, 0].numpy(), masks[0].numpy()


def map_of(draw: BatchDraw) -> np.ndarray:
    """Return the matrix from patch offsets to case offsets, made without the program."""
    first, second, third = draw.numbers["rotation"][0]
    turn = Rotation.from_euler("xyz", [first, second, third]).as_matrix()
    return draw.numbers["scaling"][0, 0] * turn @ np.diag(np.where(draw.mirrored[0], -1.0, 1.0))


def places(draw: BatchDraw) -> np.ndarray:
    """Return the case position (S, A, R) that each voxel of the patch shows."""
    return (grid(PATCH) - (np.array(PATCH) - 1) / 2) @ map_of(draw).T + CENTRE


def draw_of(seed: int) -> BatchDraw:
    return draw_batch(MOVES, 1, np.random.default_rng(seed))


def test_the_matrix_is_three_right_handed_turns_and_a_scale() -> None:
    for seed in SEEDS:
        draw = draw_of(seed)
        first, second, third = draw.numbers["rotation"][0]
        scale = draw.numbers["scaling"][0, 0]
        turn = Rotation.from_euler("xyz", [first, second, third]).as_matrix()
        assert np.allclose(spatial_matrix((first, second, third), scale), scale * turn)


@pytest.mark.parametrize("axis", range(3))
def test_a_ramp_shows_every_voxels_place_along_an_axis(make_case, axis) -> None:
    slope = 0.05
    ramp = (grid(SHAPE)[..., axis] - CENTRE[axis]) * slope
    case = make_case("ramp", ramp.astype(np.float32), np.zeros(SHAPE, np.uint8))
    for seed in SEEDS:
        draw = draw_of(seed)
        image, _ = moved(case, draw)
        found = image / slope + CENTRE[axis]
        assert np.abs(found - places(draw)[..., axis]).max() < 2e-3


def test_a_half_spaces_border_lies_where_it_belongs_in_image_and_mask(make_case) -> None:
    normal = np.array([0.36, -0.48, 0.8])
    distance = (grid(SHAPE) - CENTRE) @ normal - 0.3
    soft = np.clip(0.5 - distance, 0, 1).astype(np.float32)
    case = make_case("half", soft, (distance < 0).astype(np.uint8))
    for seed in SEEDS:
        draw = draw_of(seed)
        image, mask = moved(case, draw)
        scale = draw.numbers["scaling"][0, 0]
        # Signed distance to the border in voxels of the patch, and the border's area there.
        there = ((places(draw) - CENTRE) @ normal - 0.3) / scale
        area = np.clip(1 - np.abs(there), 0, None).sum()
        inside = np.clip(0.5 - there, 0, 1).sum()
        assert abs((mask == 1).sum() - inside) / area < 0.1
        assert abs((image > 0.5).sum() - inside) / area < 0.1
        assert abs(int((mask == 1).sum()) - int((image > 0.5).sum())) / area < 0.1
        wrong = (mask == 1) != (there < 0)
        assert np.abs(there[wrong]).max(initial=0) < 1.0 / scale


def test_ellipsoids_keep_their_place_and_size_in_image_and_mask(make_case) -> None:
    outer, radii = CENTRE + np.array([0.7, -1.2, 0.4]), np.array([8.0, 7.0, 9.0])
    inner, radius = outer + np.array([1.0, 1.5, -2.0]), 4.0
    field = np.sqrt((((grid(SHAPE) - outer) / radii) ** 2).sum(-1))
    ball = np.sqrt(((grid(SHAPE) - inner) ** 2).sum(-1))
    mask = (field < 1).astype(np.uint8)
    mask[ball < radius] = 2
    soft = np.clip(1.5 * (1 - field), -0.5, 0.5).astype(np.float32) + 0.5
    case = make_case("ellipsoids", soft, mask)
    for seed in SEEDS:
        draw = draw_of(seed)
        image, warped = moved(case, draw)
        scale = draw.numbers["scaling"][0, 0]
        back = np.linalg.inv(map_of(draw))
        half = (np.array(PATCH) - 1) / 2
        for found, centre in (
            (grid(PATCH)[warped > 0].mean(0), outer),
            (grid(PATCH)[warped == 2].mean(0), inner),
            (grid(PATCH)[image > 0.5].mean(0), outer),
        ):
            expected = back @ (centre - CENTRE) + half
            assert np.abs(found - expected).max() < 0.1
        for count, sizes in (((warped > 0).sum(), radii), ((warped == 2).sum(), [radius] * 3)):
            volume = 4 / 3 * np.pi * np.prod(sizes) / scale**3
            surface = 4 * np.pi * np.prod(sizes) ** (2 / 3) / scale**2
            assert abs(count - volume) / surface < 0.1
        assert np.all(warped[np.linalg.norm(places(draw) - inner, axis=-1) < radius - 1.2] == 2)
