"""One edit of a mask: a named box with its voxels before and after, packed."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from kitsdesk.editing.box import Box, bounding_box, box_shape, box_slices, moved
from trainer.contract.errors import KitsDeskError

Mask = NDArray[np.uint8]
_LEVEL = 1


class StalePatch(KitsDeskError):
    """The mask is no longer the one that a patch was made from."""


@dataclass(frozen=True)
class Patch:
    """A named change of `voxels` voxels inside `box` (z0, z1, y0, y1, x0, x1).

    `before` and `after` are the zlib-packed uint8 voxels of the box in C order.
    """

    name: str
    box: Box
    before: bytes
    after: bytes
    voxels: int

    @classmethod
    def between(cls, name: str, box: Box, before_crop: Mask, after_crop: Mask) -> Self | None:
        """Return the change from one (z, y, x) crop at `box` to the other, None for no change.

        The patch keeps only the smallest box around the voxels that differ.
        """
        changed = before_crop != after_crop
        inner = bounding_box(changed)
        if inner is None:
            return None
        cut = box_slices(inner)
        return cls(
            name=name,
            box=moved(inner, box),
            before=zlib.compress(before_crop[cut].tobytes(), _LEVEL),
            after=zlib.compress(after_crop[cut].tobytes(), _LEVEL),
            voxels=int(np.count_nonzero(changed[cut])),
        )

    @property
    def size(self) -> int:
        """Return the packed bytes, for the byte cap of a history."""
        return len(self.before) + len(self.after)

    @property
    def extent(self) -> int:
        """Return how many voxels its box has, which is what making it costs."""
        z, y, x = box_shape(self.box)
        return z * y * x

    def opened(self) -> OpenedPatch:
        """Return the patch with its voxels unpacked: slow for a whole volume, for the pool."""
        return OpenedPatch(self, self._unpack(self.before), self._unpack(self.after))

    def apply(self, mask: Mask) -> Box:
        """Make the change in `mask`; doing it twice is the same as once.

        Returns
        -------
        box : where the mask may have changed.

        Raises
        ------
        StalePatch : the voxels are neither those before nor those after the change;
            `mask` is unchanged.
        """
        return self._swap(mask, self.before, self.after)

    def revert(self, mask: Mask) -> Box:
        """Take the change back in `mask`; the counterpart of `apply`, with the same errors."""
        return self._swap(mask, self.after, self.before)

    def _swap(self, mask: Mask, old: bytes, new: bytes) -> Box:
        if any(end > size for end, size in zip(self.box[1::2], mask.shape, strict=True)):
            raise self._stale()
        crop = mask[box_slices(self.box)]
        target = self._unpack(new)
        if not np.array_equal(crop, self._unpack(old)) and not np.array_equal(crop, target):
            raise self._stale()
        crop[...] = target
        return self.box

    def _unpack(self, packed: bytes) -> Mask:
        return np.frombuffer(zlib.decompress(packed), np.uint8).reshape(box_shape(self.box))

    def _stale(self) -> StalePatch:
        return StalePatch(
            f"The mask changed where “{self.name}” wanted to write.",
            kept="The mask is as it was.",
            advice="Do the edit again on the mask as it is now.",
        )


@dataclass(frozen=True, eq=False)
class OpenedPatch:
    """A patch whose voxels are unpacked: writing them is one copy."""

    patch: Patch
    before: Mask
    after: Mask

    def write(self, mask: Mask, *, backwards: bool) -> Box:
        """Make the change in `mask`, or take it back, without comparing first: the caller
        knows that nothing was written there since. Returns where `mask` changed."""
        mask[box_slices(self.patch.box)] = self.before if backwards else self.after
        return self.patch.box
