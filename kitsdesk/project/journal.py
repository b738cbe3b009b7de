"""history/CASE.journal: the edits of a case on disk as they happen, read back on opening."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from kitsdesk.editing.history import DEFAULT_BYTE_CAP, History
from kitsdesk.editing.patch import Mask, Patch, StalePatch
from kitsdesk.project.journal_file import free_name, sync_folder, write_new, write_whole
from kitsdesk.project.journal_records import (
    HEAD,
    INTENT,
    Base,
    Event,
    JournalContent,
    Mark,
    Move,
    decode,
    encode,
    encode_all,
)
from kitsdesk.project.journal_replay import base_event, compacted, replay
from trainer.contract.errors import KitsDeskError
from trainer.imaging.safe_write import safe_write

NO_MASK = "no mask"


class JournalNotWritten(KitsDeskError):
    """The journal could not take an edit; it is tried again with the next one."""


@dataclass(frozen=True)
class Recovery:
    """What opening a journal found.

    `refused` and `damaged` are files that were kept aside: a journal of another mask, and
    the unreadable end of this one. `cut_bytes` were an unfinished last record.
    """

    refused: Path | None = None
    damaged: Path | None = None
    cut_bytes: int = 0


class Journal:
    """The sink of a `History`. Edits are handed to the system at once; `sync`, called about
    once a second from another thread, makes them survive a power cut.

    The file is made with the first edit: looking at a case leaves nothing behind.

    Attributes
    ----------
    recovery : what opening it found. left : when it was written last before that (seconds
        since 1970), None where there was none.
    """

    def __init__(self, path: Path, base: Base) -> None:
        self.path = path
        self.recovery = Recovery()
        self.left: float | None = None
        self._base = base
        self._events: tuple[Event, ...] = ()
        self._start = 0
        self._file: BinaryIO | None = None
        self._end = self._synced = self._crc = 0
        self._pending: list[bytes] = []
        self._write_lock = threading.Lock()
        self._file_lock = threading.Lock()

    @classmethod
    def open(
        cls,
        path: Path,
        base_hash: str,
        shape: tuple[int, ...],
        byte_cap: int = DEFAULT_BYTE_CAP,
    ) -> Self:
        """Open or prepare the journal at `path` for the newest revision of its case.

        Parameters
        ----------
        base_hash : voxels' hash of that revision, the mask that `history` will be given.
        shape : (z, y, x) of that mask.
        byte_cap : a larger file loses its oldest edits here; unsaved ones always stay.

        Raises
        ------
        OSError : the folder cannot be read or written.
        """
        z, y, x = shape
        journal = cls(path, Base(base_hash, (z, y, x)))
        if not path.exists():
            return journal
        written = path.stat()
        journal.left = written.st_mtime
        data = path.read_bytes()
        content = decode(data)
        if content.base is None and content.cut:
            path.unlink()
            return journal
        start = journal._start_in(content)
        if content.base is None or start is None:
            journal._keep_aside()
            return journal
        journal._cut_off(data, content)
        if content.good_bytes > byte_cap:
            content = journal._compact(compacted(content.base, content.events, start, byte_cap))
            start = journal._start_in(content)
        journal._go_on(content, start or 0)
        # Looking at a case is no edit: the next time still tells when the last one was.
        os.utime(path, ns=(written.st_atime_ns, written.st_mtime_ns))
        return journal

    def history(self, mask: Mask, byte_cap: int = DEFAULT_BYTE_CAP) -> History:
        """Bring the revision's `mask` (uint8 (z, y, x), in place) to the last edit.

        `history.unsaved` then says how many edits a crash or an unsaved closing had left;
        `history.go_to(history.saved_position)` takes them back. A journal whose edits do
        not fit the mask is kept aside and an empty history begins.
        """
        try:
            history = replay(self._events, self._start, mask, byte_cap)
        except (StalePatch, IndexError):
            self.close()
            self._keep_aside()
            history = History(mask, byte_cap=byte_cap)
        self._events = ()
        history.sink = self
        return history

    @property
    def size(self) -> int:
        """Return the bytes that the journal has on disk."""
        return self._end

    def committed(self, patch: Patch) -> None:
        """Append an edit; see `JournalSink`. Raises JournalNotWritten."""
        self._append(patch)

    def moved(self, steps: int) -> None:
        """Append an undo or redo. Raises JournalNotWritten."""
        self._append(Move(steps))

    def saved(self, event: int, revision: int, voxels_hash: str) -> None:
        """Append a save mark. Raises JournalNotWritten."""
        self._append(Mark(event, revision, voxels_hash))

    def announced(self, event: int, voxels_hash: str) -> None:
        """Append what is about to be saved. Raises JournalNotWritten."""
        self._append(Mark(event, INTENT, voxels_hash))

    def sync(self) -> None:
        """Make everything appended so far survive a power cut; safe from any thread.

        Raises
        ------
        JournalNotWritten : the disk refuses; nothing that was there is lost.
        """
        with self._file_lock:
            try:
                if self._pending:
                    self._write_pending()
                end = self._end
                if self._file is None or self._synced == end:
                    return
                os.fsync(self._file.fileno())
                if self._synced == 0:
                    sync_folder(self.path.parent)
                self._synced = end
            except OSError as error:
                raise self._not_written(error) from error

    def keep_copy(self) -> Path:
        """Copy the journal as it is to CASE.journal.discarded and return that file.

        Raises
        ------
        JournalNotWritten, WriteFailed : there is no room; nothing was discarded.
        """
        self.sync()
        kept, data = free_name(self.path, "discarded"), self.path.read_bytes()
        safe_write(kept, lambda to: write_new(to, data), expected_bytes=len(data))
        return kept

    def close(self) -> None:
        """Sync and let go of the file. Raises JournalNotWritten."""
        try:
            self.sync()
        finally:
            with self._file_lock:
                if self._file is not None:
                    self._file.close()
                    self._file = None

    def _start_in(self, content: JournalContent) -> int | None:
        if content.base is None or content.base.shape != self._base.shape:
            return None
        start = base_event(content.base, content.events, self._base.voxels_hash)
        return start if start is not None and start <= len(content.events) else None

    def _cut_off(self, data: bytes, content: JournalContent) -> None:
        rest = data[content.good_bytes :]
        if content.cut:
            self.recovery = Recovery(cut_bytes=len(rest))
        elif rest:
            damaged = free_name(self.path, "damaged")
            safe_write(damaged, lambda to: write_new(to, rest))
            self.recovery = Recovery(damaged=damaged)

    def _compact(self, records: Sequence[Base | Event]) -> JournalContent:
        fresh = encode_all(records)
        safe_write(self.path, lambda to: write_new(to, fresh))
        return decode(fresh)

    def _go_on(self, content: JournalContent, start: int) -> None:
        self._events, self._start, self._crc = content.events, start, content.crc
        self._file = self.path.open("r+b", buffering=0)
        self._end = content.good_bytes
        self._file.truncate(self._end)

    def _append(self, record: Event) -> None:
        with self._write_lock:
            if self._end == 0 and not self._pending:
                first, self._crc = encode(self._base, 0)
                self._pending.append(HEAD + first)
            data, self._crc = encode(record, self._crc)
            self._pending.append(data)
        try:
            self._write_pending()
        except OSError as error:
            raise self._not_written(error) from error

    def _write_pending(self) -> None:
        """Write what waits, whole or not at all, so that a full disk never cuts a record."""
        with self._write_lock:
            if self._file is None:
                self.path.parent.mkdir(exist_ok=True)
                self._file = self.path.open("r+b" if self._end else "w+b", buffering=0)
            while self._pending:
                data = self._pending[0]
                self._file.seek(self._end)
                try:
                    write_whole(self._file, data)
                except OSError:
                    self._file.truncate(self._end)
                    raise
                self._end += len(data)
                self._pending.pop(0)

    def _keep_aside(self) -> None:
        refused = free_name(self.path, "refused")
        os.replace(self.path, refused)
        self.recovery = Recovery(refused=refused)
        self._events, self._start, self._end, self._synced, self._crc = (), 0, 0, 0, 0

    def _not_written(self, error: OSError) -> JournalNotWritten:
        return JournalNotWritten(
            f"The edit history {self.path.name} could not be written: {error.strerror or error}.",
            kept="The edits are in the window and can be undone and saved.",
            advice="Save the mask, and make room on the disk of the project.",
        )


def open_history(
    path: Path,
    base_hash: str | None,
    mask: Mask,
    *,
    read_only: bool = False,
    byte_cap: int = DEFAULT_BYTE_CAP,
) -> tuple[History, Journal | None]:
    """Open a case's journal and bring its newest mask (in place) to the last edit.

    `base_hash` is None for a case that has no mask yet. Read-only, the journal belongs to
    another window: it is left alone and the history is empty.
    """
    if read_only:
        return History(mask, byte_cap=byte_cap), None
    journal = Journal.open(path, base_hash or NO_MASK, mask.shape, byte_cap)
    return journal.history(mask, byte_cap), journal
