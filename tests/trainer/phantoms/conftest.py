"""Phantoms that several tests look at; coarse ones, which take a fraction of a second."""

from __future__ import annotations

import pytest

from trainer.phantoms.abdomen import make_phantom

COARSE = ((56, 128, 128), (5.0, 3.2, 3.2))


@pytest.fixture(scope="session")
def coarse_phantoms():
    return [make_phantom(*COARSE, (42, index)) for index in range(6)]
