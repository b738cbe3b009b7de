"""The CT while it is painted: HU values, tissues of this patient, one random source."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from trainer.phantoms.implicit import Field, occupancy
from trainer.phantoms.phantom_grid import Box, Floats, PhantomGrid, is_empty
from trainer.phantoms.smooth_noise import SmoothNoise


@dataclass
class Scene:
    """What the painters share.

    `image` is HU (z, y, x); `hu` the value of every tissue in this patient; `texture` a slow
    (25 mm) and `grain` a fine (7 mm) field of SD 1; `regions` keeps organs that a reader could
    take for a kidney, for the mask faults.
    """

    grid: PhantomGrid
    rng: np.random.Generator
    hu: dict[str, float]
    image: Floats
    texture: SmoothNoise
    grain: SmoothNoise
    regions: dict[str, list[Field]] = field(default_factory=dict)

    @classmethod
    def empty(cls, grid: PhantomGrid, rng: np.random.Generator, hu: dict[str, float]) -> Scene:
        """Return a scene of air."""
        image = np.full(grid.shape, hu["air"], dtype=np.float32)
        slow = SmoothNoise.draw(grid, rng, 25.0)
        return cls(grid, rng, hu, image, slow, SmoothNoise.draw(grid, rng, 7.0))

    def mottle(self, box: Box, coarse: float, fine: float) -> Floats:
        """Return tissue texture in HU, `coarse` and `fine` being the SDs of the two fields."""
        result = np.zeros((1, 1, 1), dtype=np.float32)
        if coarse:
            result = result + self.texture.at(box) * np.float32(coarse)
        if fine:
            result = result + self.grain.at(box) * np.float32(fine)
        return result

    def paint(
        self, shape: Field, tissue: str | Floats, coarse: float = 0.0, fine: float = 0.0
    ) -> None:
        """Fill `shape` with a tissue's value (or an array of HU), mixing at the boundary."""
        if is_empty(shape.box):
            return
        value: Floats | np.float32
        value = np.float32(self.hu[tissue]) if isinstance(tissue, str) else tissue
        if coarse or fine:
            value = value + self.mottle(shape.box, coarse, fine)
        view = self.image[shape.box]
        view += occupancy(shape.values) * (value - view)

    def remember(self, name: str, shape: Field) -> None:
        """Keep the place of an organ."""
        self.regions.setdefault(name, []).append(shape)

    def region(self, name: str) -> np.ndarray:
        """Return the remembered places of `name` as one boolean array."""
        mask = np.zeros(self.grid.shape, dtype=bool)
        for shape in self.regions.get(name, []):
            if not is_empty(shape.box):
                mask[shape.box] |= shape.values < 0
        return mask
