"""Ours and the stored arrays against nnU-Net v2's own functions.

With KITSDESK_WRITE_REFERENCE=1 the arrays are written anew, for `make test` to read.
"""

from __future__ import annotations

import os

import numpy as np
import pytest

pytest.importorskip("nnunetv2")

from tests.peers.theirs import THEIRS
from tests.reference.ours import FOLDER, OURS, assert_equal, stored

pytestmark = pytest.mark.peers


@pytest.mark.parametrize("name", THEIRS)
def test_ours_is_nnunets(name: str) -> None:
    assert_equal(OURS[name](), THEIRS[name]())


@pytest.mark.parametrize("name", THEIRS)
def test_the_stored_arrays_are_nnunets(name: str) -> None:
    theirs = THEIRS[name]()
    if os.environ.get("KITSDESK_WRITE_REFERENCE"):
        np.savez_compressed(FOLDER / f"{name}.npz", **theirs)
    assert_equal(stored(name), theirs)


def test_every_quantity_is_compared() -> None:
    assert OURS.keys() == THEIRS.keys()
