"""A short run of what `header_fuzz.py` does by the thousand."""

from __future__ import annotations

import warnings

import pytest
from header_fuzz import fuzz_dicom, fuzz_nifti


@pytest.mark.parametrize(("fuzz", "count"), [(fuzz_nifti, 150), (fuzz_dicom, 25)])
def test_damaged_headers_are_read_right_or_refused_in_words(tmp_path, fuzz, count):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = fuzz(count, 11, tmp_path)
    assert sum(found.values()) == count
    assert set(found) <= {"read", "refused"}
