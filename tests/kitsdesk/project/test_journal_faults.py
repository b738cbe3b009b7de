"""Journals after a crash, cut, damaged or of another mask: what comes back, what is set aside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from kitsdesk.project.journal import Journal, JournalNotWritten
from tests.kitsdesk.project.journal_edits import opened, reference, stroke
from trainer.imaging.hashing import array_hash


def test_a_crash_between_the_revision_and_its_mark_keeps_everything(tmp_path):
    path, base = tmp_path / "case.journal", reference()
    _, mask, history = opened(path, base)
    history.commit(stroke(mask, 0))
    token, copy = history.begin_save(), mask.copy()
    history.commit(stroke(mask, 1))
    history.announce_save(array_hash(copy), token)
    _, again, history = opened(path, copy)
    assert np.array_equal(again, mask)
    assert history.unsaved == 1
    assert [entry.saved_as for entry in history.entries()] == [None, None]


def test_edits_before_a_restored_reference_are_not_replayed_over_it(tmp_path):
    path, base = tmp_path / "case.journal", reference()
    journal, mask, history = opened(path, base)
    history.commit(stroke(mask, 0))
    history.mark_saved(1, array_hash(mask))
    history.commit(stroke(mask, 1))
    journal.close()
    journal, again, history = opened(path, base)
    assert np.array_equal(again, base)
    assert history.entries() == []
    assert journal.recovery.refused is not None


def test_a_journal_of_another_mask_is_kept_aside(tmp_path):
    path, base = tmp_path / "case.journal", reference()
    for attempt in ("case.journal.refused", "case.journal.refused-2"):
        journal, mask, history = opened(path, base)
        history.commit(stroke(mask, 0))
        journal.close()
        other = base.copy()
        other[0, 0, 0] = 3
        journal, mask, history = opened(path, other)
        assert journal.recovery.refused == tmp_path / attempt
        assert journal.recovery.refused.exists()
        assert not path.exists()
        assert history.entries() == []
        assert np.array_equal(mask, other)
    history.commit(stroke(mask, 1))
    journal.close()
    assert opened(path, other)[2].unsaved == 1


def test_a_wrong_mask_behind_the_right_hash_is_found_out(tmp_path):
    path, base = tmp_path / "case.journal", reference()
    journal, mask, history = opened(path, base)
    history.commit(stroke(mask, 0))
    journal.close()
    journal = Journal.open(path, array_hash(base), base.shape)
    wrong = np.full_like(base, 3)
    history = journal.history(wrong)
    assert (wrong == 3).all()
    assert journal.recovery.refused is not None
    assert history.entries() == []
    history.commit(stroke(wrong, 0))
    journal.close()
    assert path.exists()


def test_a_cut_tail_is_cut_and_the_rest_is_kept(tmp_path):
    path, base = tmp_path / "case.journal", reference()
    journal, mask, history = opened(path, base)
    states, ends = [mask.copy()], [0]
    for number in range(4):
        history.commit(stroke(mask, number))
        states.append(mask.copy())
        ends.append(journal.size)
    journal.close()
    whole = path.read_bytes()
    for size in range(0, len(whole) + 1, 7):
        path.write_bytes(whole[:size])
        journal, again, history = opened(path, base)
        kept = sum(end <= size for end in ends[1:])
        assert len(history.entries()) == kept
        assert np.array_equal(again, states[kept])
        assert journal.recovery.damaged is None
        history.commit(stroke(again, 30, structure=3))
        journal.close()
        assert len(opened(path, base)[2].entries()) == kept + 1


def test_a_damaged_record_is_kept_aside_with_what_follows(tmp_path):
    path, base = tmp_path / "case.journal", reference()
    journal, mask, history = opened(path, base)
    history.commit(stroke(mask, 0))
    first, end = mask.copy(), journal.size
    history.commit(stroke(mask, 1))
    history.commit(stroke(mask, 2))
    journal.close()
    data = bytearray(path.read_bytes())
    data[end + 30] ^= 0x10
    path.write_bytes(data)
    journal, again, history = opened(path, base)
    assert np.array_equal(again, first)
    assert journal.recovery.damaged.read_bytes() == bytes(data[end:])


@pytest.mark.parametrize("byte", range(1, 17, 3))
def test_a_damaged_length_is_not_taken_for_a_crash(tmp_path, byte):
    path, base = tmp_path / "case.journal", reference()
    journal, mask, history = opened(path, base)
    history.commit(stroke(mask, 0))
    end = journal.size
    history.commit(stroke(mask, 1))
    history.commit(stroke(mask, 2))
    journal.close()
    data = bytearray(path.read_bytes())
    for at, kept in ((end, 1), (19, 0)):
        damaged = data.copy()
        damaged[at + byte] ^= 0x40
        path.write_bytes(damaged)
        journal, _, history = opened(path, base)
        assert len(history.entries()) == kept
        journal.close()
        aside = journal.recovery.damaged or journal.recovery.refused
        assert aside.read_bytes() in bytes(damaged)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_keeps_the_edit_and_says_so(tmp_path):
    path, base = tmp_path / "case.journal", reference()
    journal, mask, history = opened(path, base)
    history.commit(stroke(mask, 0))
    good = journal._file
    journal._file = open("/dev/full", "r+b", buffering=0)  # noqa: SIM115, PTH123
    with pytest.raises((JournalNotWritten, OSError)):
        history.commit(stroke(mask, 1))
    journal._file.close()
    journal._file = good
    assert history.position == 2
    history.commit(stroke(mask, 2))
    journal.close()
    assert np.array_equal(opened(path, base)[1], mask)


WRITER = """
import sys
from pathlib import Path
import numpy as np
from tests.kitsdesk.project.journal_edits import opened, reference, stroke
from trainer.imaging.hashing import array_hash
journal, mask, history = opened(Path(sys.argv[1]), reference())
rng = np.random.default_rng(int(sys.argv[2]))
while True:
    patch = stroke(mask, int(rng.integers(0, 1000)), int(rng.integers(0, 4)))
    if patch is not None:
        history.commit(patch)
    if rng.random() < 0.3:
        history.undo()
    print(array_hash(mask), flush=True)
"""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_kill_9_loses_no_edit(tmp_path, seed):
    path = tmp_path / "case.journal"
    root = Path(__file__).resolve().parents[3]
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(seed)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    first = [process.stdout.readline().strip() for _ in range(20 + 7 * seed)]
    time.sleep(0.05 * seed)
    process.send_signal(signal.SIGKILL)
    printed = [*first, *process.stdout.read().split()]
    process.wait()
    process.stdout.close()
    # The pipe may hold half a line, and the edit after the last line may be on disk already.
    complete = [line for line in printed if len(line) == 64]
    journal, mask, history = opened(path, reference())
    assert len(complete) >= 20
    states = set(complete[-2:])
    reached = {array_hash(mask)}
    for position in (history.position - 1, history.position + 1):
        if 0 <= position <= len(history.entries()):
            back = history.position
            history.go_to(position)
            reached.add(array_hash(mask))
            history.go_to(back)
    assert states & reached
    journal.close()
