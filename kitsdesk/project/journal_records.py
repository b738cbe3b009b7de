r"""The bytes of a case's journal: a head, then checksummed records, each an edit event.

    head    b"KiTSDesk journal 1\n"
    record  kind (1 byte), length, CRC-32 of both, CRC-32 of the payload (uint32), payload;
            little endian
Each CRC starts from the one before it, so that a lost or repeated record is as visible as a
changed one. The length has a CRC of its own: only then is a record that ends behind the
file one that a crash cut off, and not a damaged length with good records behind it.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kitsdesk.editing.box import Box
from kitsdesk.editing.patch import Patch

HEAD = b"KiTSDesk journal 1\n"
INTENT = -1
_FRAME = struct.Struct("<BIII")
_INTRO = struct.Struct("<BI")
_LENGTH = struct.Struct("<I")
_BASE, _PATCH, _MOVE, _MARK = 1, 2, 3, 4


@dataclass(frozen=True)
class Base:
    """The mask that a journal begins from: its voxels' hash and its (z, y, x) shape."""

    voxels_hash: str
    shape: tuple[int, int, int]


@dataclass(frozen=True)
class Move:
    """`steps` edits were redone, or undone where negative."""

    steps: int


@dataclass(frozen=True)
class Mark:
    """The mask after event number `event` was saved as `revision` (INTENT: may have been)."""

    event: int
    revision: int
    voxels_hash: str


Event = Patch | Move | Mark


@dataclass(frozen=True)
class JournalContent:
    """What a journal's bytes say. `good_bytes` is where the first bad record begins, `crc`
    the checksum to go on from; `cut` means that only the end is missing, as after a crash."""

    base: Base | None
    events: tuple[Event, ...]
    good_bytes: int
    crc: int
    cut: bool


def encode(record: Base | Event, crc: int) -> tuple[bytes, int]:
    """Return a record's bytes behind one whose checksum is `crc`, and its own checksum."""
    kind, payload = _payload(record)
    intro = zlib.crc32(_INTRO.pack(kind, len(payload)), crc)
    crc = zlib.crc32(payload, intro)
    return _FRAME.pack(kind, len(payload), intro, crc) + payload, crc


def size_of(record: Base | Event) -> int:
    """Return the bytes that a record takes on disk."""
    return _FRAME.size + len(_payload(record)[1])


def encode_all(records: Sequence[Base | Event]) -> bytes:
    """Return the bytes of a whole journal."""
    parts, crc = [HEAD], 0
    for record in records:
        data, crc = encode(record, crc)
        parts.append(data)
    return b"".join(parts)


def decode(data: bytes) -> JournalContent:
    """Read a journal's bytes up to the first record that is cut or damaged; never raises."""
    if not data.startswith(HEAD):
        return JournalContent(None, (), 0, 0, cut=HEAD.startswith(data))
    base: Base | None = None
    events: list[Event] = []
    at, crc, cut = len(HEAD), 0, True
    while at < len(data):
        if len(data) - at < _FRAME.size:
            break
        kind, length, intro, expected = _FRAME.unpack_from(data, at)
        if zlib.crc32(_INTRO.pack(kind, length), crc) != intro:
            cut = False
            break
        payload = data[at + _FRAME.size : at + _FRAME.size + length]
        if len(payload) < length:
            break
        found = zlib.crc32(payload, intro)
        if found != expected or (kind == _BASE) != (base is None):
            cut = False
            break
        if kind == _BASE:
            base = _base(payload)
        else:
            events.append(_event(kind, payload))
        at, crc = at + _FRAME.size + length, found
    return JournalContent(base, tuple(events), at, crc, cut)


def _payload(record: Base | Event) -> tuple[int, bytes]:
    if isinstance(record, Patch):
        about = _json({"name": record.name, "box": record.box, "voxels": record.voxels})
        sizes = _LENGTH.pack(len(about)) + _LENGTH.pack(len(record.before))
        return _PATCH, sizes + about + record.before + record.after
    if isinstance(record, Base):
        return _BASE, _json({"hash": record.voxels_hash, "shape": record.shape})
    if isinstance(record, Move):
        return _MOVE, _json({"steps": record.steps})
    return _MARK, _json(
        {"event": record.event, "revision": record.revision, "hash": record.voxels_hash}
    )


def _event(kind: int, payload: bytes) -> Event:
    if kind == _PATCH:
        return _patch(payload)
    content = json.loads(payload)
    if kind == _MOVE:
        return Move(int(content["steps"]))
    return Mark(int(content["event"]), int(content["revision"]), str(content["hash"]))


def _patch(payload: bytes) -> Patch:
    (about_size,) = _LENGTH.unpack_from(payload, 0)
    (before_size,) = _LENGTH.unpack_from(payload, _LENGTH.size)
    start = 2 * _LENGTH.size
    about = json.loads(payload[start : start + about_size])
    z0, z1, y0, y1, x0, x1 = about["box"]
    box: Box = (z0, z1, y0, y1, x0, x1)
    voxels = payload[start + about_size :]
    return Patch(
        about["name"], box, voxels[:before_size], voxels[before_size:], int(about["voxels"])
    )


def _base(payload: bytes) -> Base:
    content = json.loads(payload)
    z, y, x = content["shape"]
    return Base(str(content["hash"]), (int(z), int(y), int(x)))


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
