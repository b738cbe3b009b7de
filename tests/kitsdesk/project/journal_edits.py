"""A small mask, strokes on it, and the journal that keeps them."""

from __future__ import annotations

import numpy as np

from kitsdesk.editing.strokes import Stroke
from kitsdesk.project.journal import Journal
from trainer.imaging.hashing import array_hash

SHAPE = (16, 40, 40)
SPACING = (3.0, 0.8, 0.8)


def reference():
    mask = np.zeros(SHAPE, np.uint8)
    mask[4:10, 10:25, 10:25] = 1
    return mask


def stroke(mask, number, structure=2):
    made = Stroke(mask, None, SPACING, structure, 6.0, "ball")
    made.add((5 + number % 6, 8 + 5 * (number % 5), 8 + 3 * (number % 7)))
    return made.finish()


def opened(path, base, **options):
    journal = Journal.open(path, array_hash(base), base.shape, **options)
    mask = base.copy()
    return journal, mask, journal.history(mask)
