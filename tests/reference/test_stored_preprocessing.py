"""Prepared images and masks against what nnU-Net gave when `make test-peers` wrote it down."""

from __future__ import annotations

import numpy as np
import pytest

from tests.reference.preprocessing_cases import EXAMPLES, FILE, assert_prepared_alike, ours


@pytest.mark.parametrize("name", EXAMPLES)
def test_prepared_as_nnunet_did(name: str) -> None:
    example = EXAMPLES[name]
    with np.load(FILE) as stored:
        for order in ("resample first", "normalise first"):
            image, mask = ours(example, normalize_first=order == "normalise first")
            theirs = stored[f"{name}: {order}"]
            assert_prepared_alike(image, mask, theirs, stored[f"{name}: mask"])


def test_the_stored_arrays_are_small() -> None:
    assert FILE.stat().st_size < 200_000
