"""A good NIfTI as bytes, made by nibabel, and the ways to break it."""

from __future__ import annotations

import gzip
import struct

import nibabel
import numpy as np

SHAPE = (10, 12, 14)
VOXELS_AT = 352
# Offsets of the header's fields in bytes (nifti1.h).
DIM, TYPE, PIXDIM, OFFSET, SLOPE = 40, 70, 76, 108, 112
QFORM, SFORM, QUATERNION, ROWS, MAGIC, UNITS = 252, 254, 256, 280, 344, 123
NAN, INFINITY = float("nan"), float("inf")
# A second axis that leans by a tenth.
SHEARED = ((0.0, 0.08, -0.8, 9.0), (0.0, -0.8, 0.0, 8.0), (-3.0, 0.0, 0.0, 7.0))


def ct_voxels() -> np.ndarray:
    """Air, a body of soft tissue, and noise, as int16 HU (i, j, k)."""
    rng = np.random.default_rng(7)
    voxels = rng.normal(-1000, 5, SHAPE)
    voxels[2:8, 2:10, 2:12] = rng.normal(40, 15, (6, 8, 10))
    return voxels.round().astype(np.int16)


def good(voxels: np.ndarray | None = None, affine: np.ndarray | None = None) -> bytes:
    """Return an uncompressed NIfTI-1 on a KiTS grid (slices first, 3 × 0.8 × 0.8 mm)."""
    if affine is None:
        affine = np.array([[0, 0, -0.8, 9], [0, -0.8, 0, 8], [-3.0, 0, 0, 7], [0, 0, 0, 1]])
    image = nibabel.Nifti1Image(ct_voxels() if voxels is None else voxels, affine)
    image.set_qform(affine, 1, strip_shears=True)
    image.set_sform(affine, 1)
    image.header.set_xyzt_units("mm")
    return image.to_bytes()


def patched(*changes: tuple[int, str, tuple[float, ...]], data: bytes | None = None) -> bytes:
    """Return a file with header fields replaced: (offset, struct format, values)."""
    out = bytearray(good() if data is None else data)
    for offset, kind, values in changes:
        struct.pack_into("<" + kind, out, offset, *values)
    return bytes(out)


def squeezed(data: bytes) -> bytes:
    """Return the bytes as one gzip member."""
    return gzip.compress(data, 6)


def with_rows(*rows: tuple[float, ...], qform: int = 0) -> bytes:
    """Return a file with these three rows of the sform, and that code of the qform."""
    values = [value for row in rows for value in row]
    return patched((QFORM, "h", (qform,)), (ROWS, "12f", tuple(values)))
