"""Fewer colours for a picture of the window, so that its file is small."""

from __future__ import annotations

import json
import re

import numpy as np
from PIL import Image

from kitsdesk.ui.design_tokens import read_tokens

FREQUENT, GREYS = 48, 96
HEX = re.compile(r"#[0-9A-Fa-f]{6}")


def token_colours() -> np.ndarray:
    """Return every colour of the tokens, (n, 3)."""
    words = sorted({found.lower() for found in HEX.findall(json.dumps(read_tokens()))})
    return np.array([[int(word[i : i + 2], 16) for i in (1, 3, 5)] for word in words])


def small(picture: Image.Image) -> Image.Image:
    """Return a picture with 256 colours: the tokens' and the commonest as they are, greys for
    the CT, and what is left for the other colours, however few pixels they have."""
    rgb = np.asarray(picture.convert("RGB"), np.uint32)
    packed = (rgb[..., 0] << 16) | (rgb[..., 1] << 8) | rgb[..., 2]
    colours, counts = np.unique(packed, return_counts=True)
    found = np.stack([colours >> 16, (colours >> 8) & 255, colours & 255], axis=1)
    own = token_colours()
    common = found[np.argsort(-counts)[:FREQUENT]]
    greys = np.repeat(np.linspace(0, 255, GREYS).round()[:, None], 3, axis=1)
    bright = found[found.max(axis=1) - found.min(axis=1) > 24].astype(np.uint8)
    left = 256 - len(common) - GREYS - len(own)
    chosen = Image.fromarray(bright[None]).quantize(left, dither=Image.Dither.NONE)
    colourful = np.array(chosen.getpalette()[: 3 * left]).reshape(-1, 3)
    table = Image.new("P", (1, 1))
    table.putpalette(np.concatenate([own, common, greys, colourful]).astype(np.uint8).tobytes())
    return picture.convert("RGB").quantize(palette=table, dither=Image.Dither.NONE)
