"""Writing that waits while a disk is full, instead of giving up a training of days."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol, TypeVar

from trainer.training.interruption import Interruption

T = TypeVar("T")

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_RETRY_EVERY_S = 3.0
# What the small files of a task need: its status, its lines, their temporary copies.
_SPARE_BYTES = 1_000_000
_RESERVE_BYTES = 65_536
RESERVE_NAME = ".reserve"
# What torch.save names where its archive could not be written to the end.
_TORCH_WRITER = "inline_container"


class Status(Protocol):
    """Where waiting is said."""

    def waiting_for_space(self, message: str) -> None:
        """Say that the task waits, and for what."""

    def goes_on(self) -> None:
        """Say that it does not wait any more."""


class PatientWriter:
    """Repeats a write until the disk has room for it.

    While it waits the task is "paused" and says how much to free where; CANCEL and the
    signals are obeyed. A small reserve file in the task's folder is given up first (`reserve`),
    so that this can be said on the full disk too. `kept` ends the sentence of a cancel.
    """

    def __init__(
        self,
        folder: Path,
        status: Status,
        interruption: Interruption,
        retry_every_s: float | None = None,
        *,
        reserve: bool = True,
        kept: str = "the last checkpoint is kept.",
    ) -> None:
        self._folder, self._status, self._interruption = folder, status, interruption
        self._retry_every_s = _RETRY_EVERY_S if retry_every_s is None else retry_every_s
        self._reserve, self._kept = reserve, kept
        self._keep_reserve()

    def write(self, target: Path, attempt: Callable[[], T], needed: int = 0) -> T:
        """Return what `attempt` returns, as soon as the disk of `target` has the room.

        Parameters
        ----------
        target : the folder that is written to.
        attempt : may be called several times; leaves nothing behind where it fails.
        needed : about how many bytes it writes.

        Raises
        ------
        Cancelled : asked to stop while waiting.
        Exception : whatever `attempt` raised, where no full disk was the reason.
        """
        waited = False
        while True:
            try:
                result = attempt()
            except Exception as error:
                if not _is_full(error, target, needed):
                    raise
            else:
                if waited:
                    with suppress(OSError):
                        self._status.goes_on()
                    self._keep_reserve()
                return result
            if not waited:
                (self._folder / RESERVE_NAME).unlink(missing_ok=True)
            waited = True
            with suppress(OSError):
                self._status.waiting_for_space(_what_to_free(target, needed))
            self._interruption.sleep(self._retry_every_s, f"The disk is full; {self._kept}")

    def release(self) -> None:
        """Give the reserve back, at the end of the task."""
        (self._folder / RESERVE_NAME).unlink(missing_ok=True)

    def _keep_reserve(self) -> None:
        if not self._reserve:
            return
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            if _free_bytes(self._folder) < _SPARE_BYTES:
                return
            (self._folder / RESERVE_NAME).write_bytes(bytes(range(256)) * (_RESERVE_BYTES // 256))


def _is_full(error: BaseException, target: Path, needed: int) -> bool:
    """Return whether `error` comes from a lack of space: by its own number or that of its
    causes (a quota, a limit of the file size); for failed writes without a number, such as
    NumPy's and torch's, by the space that is left."""
    failed_write = False
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in _FULL:
            return True
        failed_write |= (isinstance(cause, OSError) and cause.errno is None) or (
            isinstance(cause, RuntimeError) and _TORCH_WRITER in str(cause)
        )
        cause = cause.__cause__ or cause.__context__
    return failed_write and _free_bytes(target) < needed + 2 * _SPARE_BYTES


def _what_to_free(target: Path, needed: int) -> str:
    lacking = max(needed + _SPARE_BYTES - _free_bytes(target), _SPARE_BYTES)
    return (
        f"The disk is full. Free at least {lacking / 1e6:,.0f} MB on the disk of {target}; "
        "it then goes on by itself."
    )


def _free_bytes(target: Path) -> int:
    """Return the free bytes of the disk that `target` is, or will be, on."""
    folder = target.absolute()
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
