"""The voxel bytes of a file, inflated once, counted, and proved by their checksum.

SimpleITK fills a cut NIfTI with zeros and ignores a wrong gzip checksum, both reported as
success; here every byte is asked for and the stream has to end where the header says.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray

from trainer.imaging.image_errors import refused

GZIP_WINDOW, ZLIB_WINDOW = 31, 15
_CHUNK = 1 << 20
# Its stubs declare the exception's class as an instance of it.
_DAMAGED = cast("type[Exception]", isal_zlib.error)


class ByteStream(Protocol):
    """What voxels are read from: a plain file or an inflated one."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, none at the end."""
        ...


class InflatedStream:
    """A gzip or zlib file read as what it holds, never more than was asked for at once.

    A gzip file may have several members (pigz, bgzip) and zeros behind the last.
    """

    def __init__(self, file: BinaryIO, path: Path, window: int = GZIP_WINDOW) -> None:
        self._file, self._path, self._window = file, path, window
        self._stream = isal_zlib.decompressobj(window)
        self._pending = b""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, none where the stream ends or is cut.

        Raises
        ------
        UnreadableImage : the compressed bytes or their checksum are wrong.
        """
        while True:
            if self._stream.eof and not self._next_member():
                return b""
            data = self._pending or self._file.read(_CHUNK)
            try:
                found = self._stream.decompress(data, size)
            except _DAMAGED as error:
                raise refused(self._path, "its compressed bytes are damaged") from error
            ended = self._stream.eof
            self._pending = self._stream.unused_data if ended else self._stream.unconsumed_tail
            if found or not (data or ended):
                return found

    @property
    def complete(self) -> bool:
        """Return whether the last member ended with the right checksum."""
        return self._stream.eof

    def _next_member(self) -> bool:
        rest = data = self._pending or self._file.read(_CHUNK)
        while data and not (rest := data.lstrip(b"\0")):
            data = self._file.read(_CHUNK)
        if not rest:
            return False
        if self._window != GZIP_WINDOW or not rest.startswith(b"\x1f"):
            raise refused(self._path, "foreign bytes follow its compressed ones")
        self._pending, self._stream = rest, isal_zlib.decompressobj(self._window)
        return True


def read_voxels(
    stream: ByteStream, path: Path, shape: tuple[int, ...], kind: np.dtype[Any]
) -> NDArray[Any]:
    """Return the voxels of `kind` (with its byte order) as an array of `shape`.

    Raises
    ------
    UnreadableImage : the stream holds less or more than the shape says, or is damaged.
    """
    voxels = np.empty(shape, kind)
    target = voxels.reshape(-1).view(np.uint8).data
    filled = 0
    while filled < len(target):
        part = stream.read(min(4 * _CHUNK, len(target) - filled))
        if not part:
            share = 100 * filled / len(target)
            raise refused(path, f"it is cut after {share:.0f} % of its voxels")
        target[filled : filled + len(part)] = part
        filled += len(part)
    if stream.read(1):
        raise refused(path, "it holds more than its header says")
    if isinstance(stream, InflatedStream) and not stream.complete:
        raise refused(path, "it is cut after its last voxel, its checksum is missing")
    if not kind.isnative:
        voxels.byteswap(inplace=True)
    return voxels.view(kind.newbyteorder("="))
