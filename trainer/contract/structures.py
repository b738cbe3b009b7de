"""The structures of a mask, with the words of the program."""

from __future__ import annotations

from enum import IntEnum


class Structure(IntEnum):
    """One class in a mask. "Kidney Dice" means all foreground, "tumor" is exactly 2."""

    BACKGROUND = 0
    KIDNEY = 1
    TUMOR = 2
    CYST = 3


STRUCTURE_NAMES: dict[int, str] = {0: "background", 1: "kidney", 2: "tumor", 3: "cyst"}
