"""File ▸ Open Sample: a synthetic abdominal CT with its mask, made on the spot."""

from __future__ import annotations

from kitsdesk.plugin.layer_reader import LayerData, ct_layer, mask_layer
from trainer.imaging.volume import Volume
from trainer.phantoms.abdomen import make_phantom
from trainer.phantoms.phantom_set import SIZES, kits_geometry

# The first case of `kitsdesk-trainer phantom OUT --cases 1 --seed 2019`.
_SEED = (2019, 0)


def phantom() -> list[LayerData]:
    """Return a small phantom (about 56×256×256 voxels), CT and truth; no patient data."""
    shape, spacing = SIZES["small"]
    made = make_phantom(shape, spacing, _SEED, 0.0)
    geometry = kits_geometry(shape, spacing)
    return [
        ct_layer(Volume(made.image, geometry), "phantom"),
        mask_layer(Volume(made.mask, geometry), "phantom mask"),
    ]
