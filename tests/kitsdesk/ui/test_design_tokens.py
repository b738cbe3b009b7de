"""Contrasts and differences that the look promises, recomputed from the tokens."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from kitsdesk.ui.design_tokens import (
    canvas_comparison,
    canvas_structures,
    read_theme,
    read_tokens,
)

THEMES = ("dark", "light")
TEXTS = ("text", "text_muted", "accent", "warning", "error", "success")
GROUNDS = ("window", "panel", "raised", "hover", "selected")
# Machado, Oliveira & Fernandes 2009, severity 1.0, on linear RGB.
BLINDNESS = {
    "normal": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(colour):
    value = np.array([int(colour[n : n + 2], 16) for n in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(first, second):
    light = [float(linear(c) @ [0.2126, 0.7152, 0.0722]) + 0.05 for c in (first, second)]
    return max(light) / min(light)


def seen_by(colour, blindness):
    value = np.clip(np.asarray(BLINDNESS[blindness]) @ linear(colour), 0, 1)
    srgb = np.where(value <= 0.0031308, value * 12.92, 1.055 * value ** (1 / 2.4) - 0.055)
    return rgb2lab(srgb[None, None])[0, 0]


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read(theme):
    colours = read_theme(theme).colours
    worst = min(contrast(colours[t], colours[g]) for t in TEXTS for g in GROUNDS)
    assert worst >= 5.2
    assert contrast(colours["on_accent"], colours["accent_fill"]) >= 5.2


@pytest.mark.parametrize("theme", THEMES)
def test_graphics_can_be_seen(theme):
    found = read_theme(theme)
    marks = [
        *found.structures.values(),
        *found.comparison.values(),
        found.colours["focus_ring"],
        found.colours["border_strong"],
    ]
    worst = min(contrast(m, found.colours[g]) for m in marks for g in ("window", "panel"))
    assert worst >= 3.0


@pytest.mark.parametrize("blindness", BLINDNESS)
def test_structures_and_hatches_differ_for_all_eyes(blindness):
    structures = canvas_structures()
    pairs = [
        (structures[1], structures[2]),
        (structures[1], structures[3]),
        (structures[2], structures[3]),
    ]
    hatches = canvas_comparison()
    pairs.append((hatches["reference_only"], hatches["prediction_only"]))
    for first, second in pairs:
        difference = deltaE_ciede2000(seen_by(first, blindness), seen_by(second, blindness))
        assert difference > 10


def test_both_themes_have_the_same_tokens():
    themes = read_tokens()["themes"]
    assert themes["dark"]["colours"].keys() == themes["light"]["colours"].keys()
