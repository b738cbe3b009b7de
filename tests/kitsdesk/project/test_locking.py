"""Who may write: two windows, dead holders, other computers, folders that cannot be written."""

from __future__ import annotations

import errno
import os
import time
from dataclasses import replace

import pytest

from kitsdesk.project import locking
from kitsdesk.project.lock_record import (
    birth_of,
    clock_words,
    own_record,
    record_from_text,
    record_to_text,
)
from kitsdesk.project.locking import LOCK_NAME, SILENT_SECONDS, ProjectLock
from kitsdesk.project.store import ReadOnlyProject
from kitsdesk.project.workspace import Workspace


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "renal.kitsdesk"
    made.mkdir()
    return made


def left_behind(folder, *, silent: float, **changes):
    """What another holder's process left: its record, silent for so many seconds."""
    record = replace(own_record(), **changes)
    path = folder / LOCK_NAME
    path.write_text(record_to_text(record), encoding="utf-8")
    os.utime(path, (time.time() - silent, time.time() - silent))
    return record


ELSEWHERE = {"user": "anna", "host": "ws-2", "boot": "another", "since": "2026-11-20T14:03:00"}


def test_24_the_second_is_told_whose_lock_it_is(folder):
    first, second = ProjectLock(folder), ProjectLock(folder)
    assert first.acquire()
    assert not second.acquire()
    own = own_record()
    assert second.barrier is not None
    happened = second.barrier.happened
    assert happened.startswith(f"renal is open elsewhere ({own.user} on {own.host} since ")
    assert second.barrier.kept == "It is open here read-only."
    assert second.barrier.advice == "Close the other window to make changes here."
    first.release()
    assert second.acquire()
    second.release()
    assert (folder / LOCK_NAME).read_text() == ""


def test_24_a_dead_holder_of_this_computer_is_followed_at_once(folder):
    left_behind(folder, silent=0.0, pid=2**22 - 1)
    lock = ProjectLock(folder)
    assert lock.acquire()
    assert lock.notice == ""
    lock.release()


def test_24_another_computer_keeps_its_lock_while_it_gives_signs_of_life(folder):
    left_behind(folder, silent=SILENT_SECONDS - 30, **ELSEWHERE)
    lock = ProjectLock(folder)
    assert not lock.acquire()
    assert lock.barrier is not None
    assert "anna on ws-2 since 14:03 on 20 November" in lock.barrier.happened
    assert lock.barrier.advice == (
        "Close it on ws-2. If that computer was switched off or crashed, open the project "
        "again: after 2 minutes without a sign of life it is free."
    )


def test_24_a_silent_computer_loses_its_lock_and_that_is_said(folder):
    left_behind(folder, silent=SILENT_SECONDS + 30, **ELSEWHERE)
    lock = ProjectLock(folder)
    assert lock.acquire()
    assert lock.notice.startswith(
        "anna on ws-2 had this project open and gave no sign of life since "
    )
    assert lock.notice.endswith("it is open here for writing now.")
    lock.release()


def without_system_locks(monkeypatch):
    """A disk that knows no locks, as some network disks: the system's answer is ENOLCK."""
    monkeypatch.setattr(locking, "try_lock", lambda _file: "unsupported")


def test_24_without_system_locks_the_record_decides(folder, monkeypatch):
    without_system_locks(monkeypatch)
    first, second = ProjectLock(folder), ProjectLock(folder)
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()
    second.release()


def test_24_a_recycled_process_id_is_no_holder(folder, monkeypatch):
    """The same number, another process: it was started at another time."""
    without_system_locks(monkeypatch)
    record = left_behind(folder, silent=0.0)
    assert record.is_alive()
    assert not ProjectLock(folder).acquire()
    left_behind(folder, silent=0.0, born=str(int(record.born) - 1))
    lock = ProjectLock(folder)
    assert lock.acquire()
    lock.release()


def test_a_refused_lock_is_told_from_one_that_is_not_known():
    from kitsdesk.project.system_lock import answer_to

    assert answer_to(OSError(errno.EWOULDBLOCK, "")) == "refused"
    assert answer_to(OSError(errno.ENOLCK, "")) == "unsupported"


def test_24_who_lost_the_lock_writes_no_more(project, monkeypatch):
    """A laptop that slept: another computer took the project, this one must not write on."""
    monkeypatch.setattr(locking, "SIGN_SECONDS", 0.02)
    lock = ProjectLock(project.folder)
    project._lock.release()
    assert lock.acquire()
    project._lock = lock
    left_behind(project.folder, silent=0.0, **ELSEWHERE)
    deadline = time.monotonic() + 30
    while lock.held and time.monotonic() < deadline:
        time.sleep(0.01)
    with pytest.raises(ReadOnlyProject, match="Another computer took this project over"):
        project.store.set_fact("a", "b")
    lock.release()
    assert "ws-2" in (project.folder / LOCK_NAME).read_text(), "the other's record stays"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', "\x00\x00"])
def test_a_strange_record_is_nobodys(folder, text):
    (folder / LOCK_NAME).write_text(text)
    assert record_from_text(text) is None
    lock = ProjectLock(folder)
    assert lock.acquire()
    lock.release()


def test_24_a_second_workspace_reads_and_says_why(project):
    with Workspace.open(project.folder) as second:
        assert second.read_only
        assert second.barrier is not None
        assert "is open elsewhere" in second.barrier.happened
        assert f"process {os.getpid()}" in second.holder


def test_moments_are_said_as_a_person_says_them():
    assert clock_words(time.time()) == time.strftime("%H:%M")
    assert "since" not in clock_words("2001-02-03T04:05:06+00:00")
    assert clock_words("2001-02-03T12:05:06+00:00").endswith("February 2001")
    assert clock_words("nonsense") == "nonsense"


def test_birth_is_known_of_a_live_process_only():
    assert birth_of(os.getpid()) == birth_of(os.getpid()) != ""
    assert birth_of(2**22 - 1) == ""
