"""Two drawn kidneys: bean shapes with a hilum, tilted as kidneys are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.phantoms.implicit import Field, local, smooth_max
from trainer.phantoms.phantom_grid import Floats, PhantomGrid, Point
from trainer.phantoms.smooth_noise import SmoothNoise
from trainer.phantoms.trunk import Build

_MARGIN = 16.0  # mm around a kidney in which its function is known, for the fat around it


@dataclass(frozen=True)
class Kidney:
    """One kidney: its surface function, the mouth of its hilum, and which side (+1 left)."""

    side: int
    field: Field
    hilum: Point
    centre: Point


@dataclass(frozen=True)
class Bean:
    """Pose and half-axes (mm) of one kidney; columns of `turn` are long, depth and lateral."""

    side: int
    centre: Point
    turn: Floats
    length: float
    depth: float
    width: float
    bend: float

    def to_patient(self, u: float, v: float, w: float) -> Point:
        """Return the patient position of a point of the kidney's own frame."""
        p = np.asarray(self.centre) + self.turn @ np.array([u, v, w])
        return (float(p[0]), float(p[1]), float(p[2]))

    def surface(self, along: float, angle: float, outward: float) -> Point:
        """Return a point `outward` mm off the surface.

        `along` runs from -1 (lower pole) to 1, `angle` (degrees) from 0 (lateral) to 180
        (hilum), positive towards the back.
        """
        radius = np.sqrt(max(1 - along**2, 0.05))
        c, s = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
        normal = np.array([along / self.length, radius * s / self.depth, radius * c / self.width])
        normal /= np.linalg.norm(normal)
        base = np.array(
            [
                along * self.length,
                radius * s * self.depth,
                radius * c * self.width - self.bend * along**2,
            ]
        )
        u, v, w = base + normal * outward
        return self.to_patient(float(u), float(v), float(w))


def draw_bean(rng: np.random.Generator, side: int, build: Build, shift: float) -> Bean:
    """Draw one kidney beside the spine; `shift` lowers it (the right one lies lower)."""
    size = float(np.clip(rng.normal(1.0, 0.07), 0.84, 1.16))
    long_tilt, back_tilt = np.deg2rad(rng.uniform(6, 20)), np.deg2rad(rng.uniform(4, 16))
    face = np.deg2rad(rng.uniform(18, 48))
    u = np.array([1.0, np.tan(back_tilt), -side * np.tan(long_tilt)])
    u /= np.linalg.norm(u)
    w = np.array([0.0, np.sin(face), side * np.cos(face)])
    w -= (w @ u) * u
    w /= np.linalg.norm(w)
    v = np.cross(u, w) * side
    if v[1] < 0:
        v = -v
    width = 28.0 * size * float(rng.uniform(0.92, 1.08))
    centre = (
        float(rng.uniform(-9, 9)) - shift,
        build.spine_y + float(rng.uniform(2, 11)),
        side * (float(rng.uniform(60, 68)) + 0.04 * build.half_width),
    )
    return Bean(
        side=side,
        centre=centre,
        turn=np.stack([u, v, w], axis=1).astype(np.float32),
        length=55.0 * size * float(rng.uniform(0.94, 1.08)),
        depth=24.0 * size * float(rng.uniform(0.92, 1.1)),
        width=width,
        bend=float(rng.uniform(5, 12)),
    )


def shape_kidney(grid: PhantomGrid, rng: np.random.Generator, bean: Bean) -> Kidney:
    """Return the bean as a function on its box: ellipsoid, bent, hollowed at the hilum."""
    box = grid.around(bean.centre, bean.length + _MARGIN)
    u, v, w = local(grid, box, bean.centre, bean.turn)
    w = w + np.float32(bean.bend) * (u / bean.length) ** 2
    radius = np.sqrt((u / bean.length) ** 2 + (v / bean.depth) ** 2 + (w / bean.width) ** 2)
    outer = (radius - 1) * np.float32(min(bean.depth, bean.width))
    half = (bean.length * 0.40, bean.depth * 0.52, bean.width * 0.86)
    mouth = -0.92 * bean.width
    hollow = np.sqrt((u / half[0]) ** 2 + (v / half[1]) ** 2 + ((w - mouth) / half[2]) ** 2)
    sinus = (1 - hollow) * np.float32(half[1])
    lobes = SmoothNoise.draw(grid, rng, 20.0).at(box) * np.float32(0.9)
    values = smooth_max(outer + lobes, sinus, 7)
    hilum = bean.to_patient(0, 0, mouth + 0.35 * half[2])
    return Kidney(bean.side, Field(box, values), hilum, bean.centre)
