"""One writer per project: a lock that ends with its process, here and over a network."""

from __future__ import annotations

import contextlib
import os
import threading
import uuid
from io import FileIO
from pathlib import Path

from kitsdesk.project.lock_record import (
    LockRecord,
    clock_words,
    own_record,
    record_from_text,
    record_to_text,
)
from kitsdesk.project.system_lock import try_lock
from trainer.contract.errors import KitsDeskError

LOCK_NAME = "project.lock"
SIGN_SECONDS = 20.0
SILENT_SECONDS = 120.0


class ProjectNotWritable(KitsDeskError):
    """Why a project is open read-only."""


class ProjectLock:
    """The right to write into a project folder.

    On one computer the system's lock on the file decides, so a crash frees it at once. Other
    computers may not see that lock: the holder gives a sign of life (the file's time) every
    SIGN_SECONDS, and one who was silent for SILENT_SECONDS, by the clock of the disk itself,
    has lost it. The file says who holds it, for the message to the second person.

    Attributes
    ----------
    barrier : why the lock could not be taken, None where it could.
    notice : whose abandoned lock was taken over, "" where there was none.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK_NAME
        self._file: FileIO | None = None
        self._own = own_record()
        self._ended = threading.Event()
        self._lost = False
        self.barrier: ProjectNotWritable | None = None
        self.notice = ""

    @property
    def held(self) -> bool:
        """Return whether this object holds the lock."""
        return self._file is not None and not self._lost

    def acquire(self) -> bool:
        """Try to take the lock without waiting; False where `barrier` says why not."""
        name = self._path.parent.name
        try:
            file = FileIO(self._path, "a+")
        except OSError as error:
            self.barrier = ProjectNotWritable(
                f"{name} cannot be written: {error.strerror or error}.",
                kept="It is open here read-only.",
                advice=f"Check the permissions and the free space of {self._path.parent}.",
            )
            return False
        if not self._may_take(file):
            file.close()
            self.barrier = _held_elsewhere(name, self._record(), self._own)
            return False
        # A full disk keeps the record out, not the person: the system's lock holds without it.
        with contextlib.suppress(OSError):
            file.truncate(0)
            file.write(record_to_text(self._own).encode())
            os.fsync(file.fileno())
        self._file = file
        threading.Thread(target=self._live, name="project lock", daemon=True).start()
        return True

    def holder(self) -> str:
        """Return who holds the lock, in words ("" where unknown)."""
        record = self._record()
        return record.words() if record is not None else ""

    def release(self) -> None:
        """Give the lock back; harmless where it is not held."""
        self._ended.set()
        if self._file is not None:
            # An empty record tells other computers at once that nobody is there.
            if not self._lost:
                with contextlib.suppress(OSError):
                    self._file.truncate(0)
            self._file.close()
            self._file = None

    def _may_take(self, file: FileIO) -> bool:
        answer = try_lock(file)
        record = self._record()
        if answer == "refused":
            return False
        if record is None:
            return True
        if record.is_of_this_boot():
            return answer == "taken" or not record.is_alive()
        silent = self._silent_seconds()
        if silent < SILENT_SECONDS:
            return False
        last = clock_words(self._path.stat().st_mtime)
        self.notice = (
            f"{record.user} on {record.host} had this project open and gave no sign of life "
            f"since {last}: it is open here for writing now."
        )
        return True

    def _silent_seconds(self) -> float:
        """Return how long the holder was silent, by the clock of the disk, not of computers."""
        probe = self._path.with_name(f".{uuid.uuid4().hex}.now.tmp")
        try:
            probe.touch()
            return probe.stat().st_mtime - self._path.stat().st_mtime
        except OSError:
            return 0.0
        finally:
            with contextlib.suppress(OSError):
                probe.unlink()

    def _live(self) -> None:
        while not self._ended.wait(SIGN_SECONDS):
            record = self._record()
            if record is not None and record.token != self._own.token:
                self._lost = True
                return
            with contextlib.suppress(OSError):
                os.utime(self._path)

    def _record(self) -> LockRecord | None:
        try:
            return record_from_text(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None


def _held_elsewhere(name: str, record: LockRecord | None, own: LockRecord) -> ProjectNotWritable:
    if record is None:
        words, advice = "", "Close the other window to make changes here."
    elif record.host == own.host:
        words, advice = f" ({record.words()})", "Close the other window to make changes here."
    else:
        minutes = round(SILENT_SECONDS / 60)
        words = f" ({record.words()})"
        advice = (
            f"Close it on {record.host}. If that computer was switched off or crashed, open the "
            f"project again: after {minutes} minutes without a sign of life it is free."
        )
    return ProjectNotWritable(
        f"{name.removesuffix('.kitsdesk')} is open elsewhere{words}.",
        kept="It is open here read-only.",
        advice=advice,
    )
