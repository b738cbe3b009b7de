"""Thousands of damaged headers: each read as an independent reader reads it, or refused in
words; none may hang, crash or take more memory than the file's own voxels deserve.

`python tests/faults/header_fuzz.py 5000` runs as many of each kind and prints the count.
"""

from __future__ import annotations

import struct
import sys
import tempfile
import time
import tracemalloc
import warnings
from collections import Counter
from pathlib import Path

import nibabel
import numpy as np
import pydicom

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).resolve().parents[2])]

from dicom_files import series, write
from nifti_bytes import VOXELS_AT, good, squeezed

from trainer.contract.errors import KitsDeskError
from trainer.imaging.dicom import find_series
from trainer.imaging.reader import read_with_notes

LONGEST_SECONDS = 5.0  # of the processor: the machine may have other work
MOST_BYTES = 20_000_000


def mutated(data: bytes, length: int, rng: np.random.Generator) -> bytes:
    """Return the bytes with one to four of the first `length` changed: a bit, a byte, an
    extreme number, or the file cut."""
    out = bytearray(data)
    for _ in range(int(rng.integers(1, 5))):
        place = int(rng.integers(0, length - 4))
        kind = rng.integers(0, 4)
        if kind == 0:
            out[place] ^= 1 << int(rng.integers(0, 8))
        elif kind == 1:
            out[place] = int(rng.integers(0, 256))
        elif kind == 2:
            extreme = rng.choice(np.array([0, 1, -1, 2**31 - 1, -(2**31)], np.int32))
            out[place : place + 4] = extreme.tobytes()
        else:
            extreme_float = rng.choice(np.array([np.nan, np.inf, -np.inf, 1e38], np.float32))
            out[place : place + 4] = extreme_float.tobytes()
    if rng.random() < 0.05:
        del out[int(rng.integers(1, len(out))) :]
    return bytes(out)


def judged(path: Path, is_right) -> str:
    """Return "refused" or "read"; raise AssertionError for anything else."""
    start = time.process_time()
    tracemalloc.start()
    try:
        volume, notes = read_with_notes(path)
    except KitsDeskError as error:
        verdict = "refused" if len(error.happened) > 20 else error.happened
    else:
        assert is_right(volume, notes), (path, notes)
        verdict = "read"
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < MOST_BYTES, f"{path}: {peak / 1e6:.0f} MB"
    assert time.process_time() - start < LONGEST_SECONDS, path
    return verdict


def as_nibabel(data: bytes):
    """Judge a NIfTI by nibabel: same voxels at the same millimetres."""
    whole = bytearray(data)
    if len(data) >= VOXELS_AT and struct.unpack_from("<f", data, 108)[0] == 0:
        # nibabel would take the header for voxels; the format's own library does not.
        struct.pack_into("<f", whole, 108, VOXELS_AT)

    def is_right(volume, notes) -> bool:
        try:
            other = nibabel.Nifti1Image.from_bytes(bytes(whole))
            return lies_alike(volume, notes, other)
        except ValueError as error:
            # nibabel refuses a quaternion that is longer than 1 by its last bit.
            return "w2 should be positive" in str(error)

    return is_right


def lies_alike(volume, notes, other) -> bool:
    voxels = np.asarray(other.dataobj).reshape(other.shape[:3])
    if any("put right" in note for note in notes):
        return volume.array.size == voxels.size
    by_qform = any("qform is used" in note for note in notes)
    by_qform = by_qform or int(other.header["sform_code"]) <= 0
    affine = other.get_qform() if by_qform else other.affine
    index = np.array([0, 3, 5]) % voxels.shape
    right, anterior, superior = (affine @ (*index, 1.0))[:3]
    z, y, x = np.round(volume.to_index((-right, -anterior, superior))).astype(int)
    return np.isclose(float(volume.array[z, y, x]), float(voxels[tuple(index)]), rtol=1e-5)


def as_pydicom(folder: Path):
    """Judge a series by pydicom: the same pictures, from the lowest position up."""

    def is_right(volume, notes) -> bool:
        if any("resampled" in note or "tilted" in note for note in notes):
            return True
        (record,) = (each for each in find_series(folder) if each.usable)
        for item, picture in zip(record.stack.slices, volume.array, strict=True):
            data = pydicom.dcmread(item.path)
            slope, intercept = (
                float(data.get("RescaleSlope", 1)),
                float(data.get("RescaleIntercept", 0)),
            )
            expected = data.pixel_array * slope + intercept
            if volume.array.shape[1:] == expected.shape and not np.allclose(
                np.sort(picture, axis=None), np.sort(expected, axis=None), rtol=1e-5
            ):
                return False
        return True

    return is_right


def fuzz_nifti(count: int, seed: int, folder: Path) -> Counter[str]:
    rng = np.random.default_rng(seed)
    base, found = good(), Counter()
    for n in range(count):
        data = mutated(base, VOXELS_AT, rng)
        path = folder / ("a.nii" if n % 2 else "a.nii.gz")
        path.write_bytes(data if n % 2 else squeezed(data))
        found[judged(path, as_nibabel(data))] += 1
    return found


def fuzz_dicom(count: int, seed: int, folder: Path) -> Counter[str]:
    rng = np.random.default_rng(seed)
    paths = write(folder / "ct", *series(4))
    whole = [path.read_bytes() for path in paths]
    header = whole[0].rindex(b"\xe0\x7f\x10\x00")
    found: Counter[str] = Counter()
    for _ in range(count):
        n = int(rng.integers(0, len(paths)))
        paths[n].write_bytes(mutated(whole[n], header, rng))
        found[judged(folder / "ct", as_pydicom(folder / "ct"))] += 1
        paths[n].write_bytes(whole[n])
    return found


def main() -> None:
    """Fuzz both formats with the count and the seed given."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    warnings.simplefilter("ignore")
    kinds = {"NIfTI": fuzz_nifti, "DICOM": fuzz_dicom}
    for name, fuzz in kinds.items():
        if name not in (sys.argv[3:] or kinds):
            continue
        with tempfile.TemporaryDirectory() as folder:
            found = fuzz(count, seed, Path(folder))
        total = sum(found.values())
        print(f"{name}: {total} tried, {found['read']} read right, {found['refused']} refused")


if __name__ == "__main__":
    main()
