"""Cases made in memory, as the cache would hold them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from trainer.preprocessing.cached_case import STEPS_PER_UNIT, CachedCase, CaseRecord
from trainer.preprocessing.mask_bits import pack_mask

MakeCase = Callable[[str, NDArray[np.float32], NDArray[np.uint8]], CachedCase]


@pytest.fixture
def make_case() -> MakeCase:
    """Return a cached case from an image and a mask."""

    def make(case: str, image: NDArray[np.float32], mask: NDArray[np.uint8]) -> CachedCase:
        z, y, x = mask.shape
        record = CaseRecord(
            image_hash=case, mask_hash=case, plan_hash="", shape=(z, y, x), structures=(1, 2)
        )
        steps = np.rint(image * STEPS_PER_UNIT).astype(np.int16)
        places = {k: np.flatnonzero(mask == k).astype(np.int32) for k in (1, 2)}
        return CachedCase(case, record, steps, pack_mask(mask), places)

    return make
