"""Ours against what nnU-Net v2 gave when `make test-peers` wrote it down."""

from __future__ import annotations

import pytest

from tests.reference.ours import OURS, assert_equal, stored


@pytest.mark.parametrize("name", OURS)
def test_ours_is_what_nnunet_gave(name: str) -> None:
    assert_equal(OURS[name](), stored(name))
