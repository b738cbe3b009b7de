"""One prepared case on disk: read by memory map, one box at a time.

KEY/case.json          CaseRecord with the other files' hashes, written last
KEY/image.npy          int16, round(12000 x normalised HU), (S, A, R)
KEY/mask.npy           two bits a voxel (`mask_bits`)
KEY/structure_N.npy    int32, the flat indices of structure N's voxels
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from trainer.contract.errors import DamagedFile
from trainer.contract.jsonfile import read_json, write_json
from trainer.imaging.hashing import file_hash
from trainer.imaging.safe_write import WriteFailed
from trainer.preprocessing.mask_bits import pack_mask, unpack_columns

STEPS_PER_UNIT = 12000
_LIMIT = 32767


class CaseRecord(BaseModel):
    """What a cached case is and was made from; `files` maps a file's name to its sha256."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = 1
    image_hash: str
    mask_hash: str
    plan_hash: str
    shape: tuple[int, int, int]
    structures: tuple[int, ...]
    files: dict[str, str] = {}

    @property
    def arrays(self) -> tuple[str, ...]:
        """Return the names of the files that hold the case's voxels."""
        return ("image.npy", "mask.npy", *(_locations_name(key) for key in self.structures))


@dataclass(frozen=True, eq=False)
class CachedCase:
    """A prepared case. Arrays are memory maps; axes are (S, A, R)."""

    id: str
    record: CaseRecord
    image: NDArray[np.int16]
    packed_mask: NDArray[np.uint8]
    locations: dict[int, NDArray[np.int32]]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return the voxels along (S, A, R)."""
        return self.record.shape

    def voxel(self, structure: int, number: int) -> tuple[int, int, int]:
        """Return the index (S, A, R) of the `number`-th voxel of a structure."""
        z, y, x = np.unravel_index(int(self.locations[structure][number]), self.shape)
        return (int(z), int(y), int(x))

    def read_box(
        self, low: Sequence[int], size: Sequence[int]
    ) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Return the image (normalised) and the mask inside a box.

        Parameters
        ----------
        low : the box's first voxel, which may lie outside the case, as the box's end may.
        size : its voxels along (S, A, R).

        Outside the case the image is 0 and the mask background.
        """
        inside = [(max(0, a), min(n, a + m)) for a, m, n in zip(low, size, self.shape, strict=True)]
        image = np.zeros(tuple(size), np.float32)
        mask = np.zeros(tuple(size), np.uint8)
        if any(end <= start for start, end in inside):
            return image, mask
        source = tuple(slice(start, end) for start, end in inside)
        target = tuple(slice(s - a, e - a) for (s, e), a in zip(inside, low, strict=True))
        np.multiply(self.image[source], np.float32(1 / STEPS_PER_UNIT), out=image[target])
        mask[target] = unpack_columns(self.packed_mask[source[:2]], *inside[2])
        return image, mask


def write_case(
    folder: Path, record: CaseRecord, image: NDArray[np.float32], mask: NDArray[np.uint8]
) -> None:
    """Write a prepared case into `folder`, whole or not at all.

    Two processes may prepare the same case at once: the first one's folder stays.

    Raises
    ------
    WriteFailed : no space, or no permission.
    """
    temporary = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}.tmp")
    try:
        temporary.mkdir(parents=True)
        steps = np.clip(np.rint(image * STEPS_PER_UNIT), -_LIMIT, _LIMIT).astype(np.int16)
        _save(temporary / "image.npy", steps)
        _save(temporary / "mask.npy", pack_mask(mask))
        for structure in record.structures:
            found = np.flatnonzero(mask == structure).astype(np.int32)
            _save(temporary / _locations_name(structure), found)
        files = {name: file_hash(temporary / name) for name in record.arrays}
        write_json(temporary / "case.json", record.model_copy(update={"files": files}))
        if not folder.exists():
            temporary.rename(folder)
    except OSError as error:
        if not (folder / "case.json").exists():
            raise WriteFailed(
                f"A prepared case could not be written: {error}.",
                kept="The data set is unchanged, and the cases prepared before are kept.",
                advice=f"Make space on the disk of {folder.parent}, then start again.",
            ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def open_case(folder: Path, case: str) -> CachedCase:
    """Open a prepared case whose files are, byte by byte, those that were written.

    Raises
    ------
    DamagedFile : one is missing, cut, changed, or from another version.
    """
    try:
        record = CaseRecord.model_validate(read_json(folder / "case.json"))
        changed = [n for n in record.arrays if file_hash(folder / n) != record.files.get(n)]
        if changed:
            raise ValueError(f"{changed[0]} was changed")
        image = np.load(folder / "image.npy", mmap_mode="r")
        mask = np.load(folder / "mask.npy", mmap_mode="r")
        locations = {key: np.load(folder / _locations_name(key)) for key in record.structures}
    except (OSError, ValueError, ValidationError, DamagedFile) as error:
        raise DamagedFile(
            f"The prepared case {case} cannot be read: {error}.",
            kept="The data set itself is unchanged.",
            advice=f"Delete {folder} and start again; it is prepared anew.",
        ) from error
    return CachedCase(case, record, image, mask, locations)


def discard_case(folder: Path) -> None:
    """Remove a prepared case, at once for everybody who looks for it.

    Raises
    ------
    OSError : another process holds its files open and the system does not allow it.
    """
    aside = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}.tmp")
    folder.rename(aside)
    shutil.rmtree(aside, ignore_errors=True)


def _locations_name(structure: int) -> str:
    return f"structure_{structure}.npy"


def _save(path: Path, array: NDArray[np.generic]) -> None:
    with path.open("wb") as file:
        np.save(file, array)
        file.flush()
        os.fsync(file.fileno())
