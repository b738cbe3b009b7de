"""A project on a full disk: its case, masks that need room there, and what files it has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from full_disk import FILLER

from kitsdesk.project.store import STORE_NAME
from tests.kitsdesk.project.conftest import SHAPE

CASE = "case_00700"


def noise(seed: int) -> np.ndarray:
    """A mask that gzip cannot make small."""
    return np.random.default_rng(seed).integers(0, 4, SHAPE).astype(np.uint8)


def tree(folder: Path) -> dict[str, int]:
    """Every file below but the database and its log, with its size."""
    return {
        str(path.relative_to(folder)): path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and STORE_NAME not in path.name and path.name != FILLER
    }
